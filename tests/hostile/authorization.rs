//! Group AR: the authorization request, and what a provider's metadata can do to it.

use std::fs;

use crate::evil::{Evil, browser};
use crate::home::{Home, provider_toml};

/// A provider file that only names the issuer: discovery fills in the rest.
pub(crate) fn discovered(evil: &Evil) -> Home {
    let home = Home::new(evil);
    let issuer = format!("\"{}\"", evil.base);
    let keys = [("issuer", issuer.as_str()), ("authorize-url", ""), ("token-url", ""), ("revoke-url", "")];
    home.provider("evil", &provider_toml(evil, &keys));
    home
}

#[test]
fn ar01_requests_are_well_formed_and_never_alike() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let names = ["evil", "evil/a", "evil/b"];
    let mut waiting = names.map(|name| home.start(&["connect", name, "--no-browser"]));
    // All three wait before the first one goes on.
    for url in waiting.each_mut().map(|one| one.url()) {
        browser::visit(&url);
    }
    for one in waiting {
        one.wait().exits(&[0]);
    }
    assert_eq!(evil.state().problems, Vec::<String>::new());
    for field in ["state", "code_challenge", "redirect_uri"] {
        let mut seen: Vec<_> =
            evil.log("authorize").iter().map(|r| r.param(field).unwrap().to_owned()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 3, "{field} repeats");
    }
}

#[test]
fn ar01_a_localhost_redirect_is_well_formed_too() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("evil", &provider_toml(&evil, &[("redirect", "\"localhost\"")]));
    home.connect(&["evil"]).0.exits(&[0]);
    assert_eq!(evil.state().problems, Vec::<String>::new());
}

#[test]
fn ar02_two_sign_ins_cannot_be_swapped() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut first = home.start(&["connect", "evil/a", "--no-browser"]);
    let mut second = home.start(&["connect", "evil/b", "--no-browser"]);
    let back = |url: &str| browser::fetch("GET", url, "").header("location").unwrap().to_owned();
    let (to_first, to_second) = (back(&first.url()), back(&second.url()));
    let query = |url: &str| url.split_once('?').unwrap().1.to_owned();
    let swapped = format!("{}?{}", to_second.split_once('?').unwrap().0, query(&to_first));
    let page = browser::fetch("GET", &swapped, "");
    assert!((400..500).contains(&page.status), "{page:?}");
    assert!(!first.is_over() && !second.is_over());
    assert_eq!(evil.log("token").len(), 0);
    browser::fetch("GET", &to_first, "");
    browser::fetch("GET", &to_second, "");
    first.wait().exits(&[0]);
    second.wait().exits(&[0]);
}

#[test]
fn ar03_s256_is_sent_whatever_is_announced() {
    for mode in ["disc-no-s256", "disc-plain-only"] {
        let evil = Evil::start();
        let home = discovered(&evil);
        evil.mode("discovery", mode);
        let (output, _) = home.connect(&["evil"]);
        output.exits(&[0]).says("does not announce PKCE with S256");
        assert_eq!(evil.state().problems, Vec::<String>::new(), "{mode}");
    }
    let evil = Evil::start();
    discovered(&evil).connect(&["evil"]).0.exits(&[0]).never_says("announce PKCE");
}

#[test]
fn ar04_another_issuer_in_the_metadata_ends_it_there() {
    let evil = Evil::start();
    let home = discovered(&evil);
    evil.mode("discovery", "disc-issuer-mismatch");
    home.connect(&["evil", "--timeout", "5"]).0.exits(&[6]);
    assert_eq!(evil.requests(), evil.log("discovery").len(), "asked for more than metadata");
}

#[test]
fn ar04_metadata_that_is_none_is_named() {
    for (mode, codes) in [("disc-html", &[2]), ("disc-404", &[2]), ("disc-redirect-other", &[6])] {
        let evil = Evil::start();
        let home = discovered(&evil);
        evil.mode("discovery", mode);
        home.connect(&["evil", "--timeout", "5"]).0.exits(codes);
        assert_eq!(evil.log("authorize").len(), 0, "{mode}");
    }
}

/// A browser that writes down how it was called.
fn recorder(home: &Home) -> String {
    let log = home.path("opened");
    let script = format!("echo \"$#\" >> '{0}'; for a; do echo \"$a\" >> '{0}'; done", log.display());
    home.program("recorder", &script).to_str().unwrap().to_owned()
}

fn opened(home: &Home) -> Vec<String> {
    fs::read_to_string(home.path("opened")).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn ar05_only_plain_web_addresses_reach_the_browser() {
    for mode in ["disc-authz-js", "disc-authz-file", "disc-authz-flag", "disc-authz-userinfo"] {
        let evil = Evil::start();
        let mut home = discovered(&evil);
        let browser = recorder(&home);
        home.set("BROWSER", &browser);
        evil.mode("discovery", mode);
        home.run(&["connect", "evil", "--timeout", "2"]).exits(&[1, 6]);
        assert_eq!(opened(&home), Vec::<String>::new(), "{mode}");
    }
}

#[test]
fn ar05_a_shell_in_the_address_is_one_argument() {
    let evil = Evil::start();
    let mut home = discovered(&evil);
    let browser = recorder(&home);
    home.set("BROWSER", &browser);
    evil.mode("discovery", "disc-authz-shell");
    home.run(&["connect", "evil", "--timeout", "2"]).exits(&[3, 6]);
    assert!(opened(&home).first().is_none_or(|count| count == "1"), "{:?}", opened(&home));
}

#[test]
fn ar06_quotes_and_spaces_stay_one_argument() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    let params = [("authorize-params", r#"{ hint = "a b' \" ; $(touch pwned) `touch pwned`" }"#)];
    home.provider("evil", &provider_toml(&evil, &params));
    let browser = recorder(&home);
    home.set("BROWSER", &browser);
    home.run(&["connect", "evil", "--timeout", "2"]).exits(&[3]);
    let opened = opened(&home);
    assert_eq!((opened.len(), opened[0].as_str()), (2, "1"), "{opened:?}");
    assert!(opened[1].starts_with(&evil.base) && !opened[1].contains([' ', '\'', '"', '`']), "{opened:?}");
}

#[test]
fn ar07_endpoints_away_from_the_issuer_are_refused() {
    for mode in ["disc-token-other", "disc-http-endpoints"] {
        let evil = Evil::start();
        let home = discovered(&evil);
        evil.mode("discovery", mode);
        home.connect(&["evil", "--timeout", "5"]).0.exits(&[6]);
        assert_eq!(evil.leaks(), Vec::<String>::new(), "{mode}");
    }
}

#[test]
fn ar08_a_pushed_request_leaves_nothing_in_the_address() {
    let evil = Evil::start();
    let home = discovered(&evil);
    evil.mode("discovery", "par-required");
    // The waiting line is looked at as it is printed: scope and state are not in it.
    let mut running = home.start(&["connect", "evil", "--no-browser"]);
    let url = running.url();
    assert!(!url.contains("scope=") && !url.contains("state=") && url.contains("request_uri="), "{url}");
    browser::visit(&url);
    running.wait().exits(&[0]);
    assert_eq!(evil.state().problems, Vec::<String>::new());
    assert_eq!(evil.log("par").len(), 1);
}

#[test]
fn ar09_a_registered_client_works_and_its_secret_is_kept_like_a_token() {
    for mode in ["ok", "reg-secret"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("discovery", "registration").mode("register", mode);
        home.connect(&["mine", "--issuer", &evil.base]).0.exits(&[0]);
        assert_eq!(evil.log("register").len(), 1, "{mode}");
        // The client must still be there for the next refresh.
        home.run(&["refresh", "mine", "--force"]).exits(&[0]);
    }
}

#[test]
fn ar09_a_registration_that_changes_the_terms_is_refused() {
    for (mode, code) in [
        ("reg-other-redirect", 6),
        ("reg-other-auth-method", 6),
        ("reg-no-secret", 6),
        ("reg-secret-ended", 6),
        ("reg-redirect-other", 6),
        ("reg-no-id", 3),
        ("reg-wrong-types", 3),
        ("reg-error", 3),
        ("reg-closed", 3),
        ("reg-html", 3),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("discovery", "registration").mode("register", mode);
        home.connect(&["mine", "--issuer", &evil.base, "--timeout", "5"]).0.exits(&[code]);
        assert_eq!(evil.log("authorize").len(), 0, "{mode}: a browser was sent");
        assert!(!home.config().join("config.toml").exists(), "{mode}: a client was kept");
        assert!(!home.config().join("providers/mine.toml").exists(), "{mode}: a provider was kept");
    }
}

#[test]
fn ar10_a_browser_that_is_missing_fails_or_hangs_does_not_block_the_sign_in() {
    for script in [None, Some("exit 1"), Some("exec /bin/sleep 20")] {
        let evil = Evil::start();
        let mut home = Home::new(&evil);
        let path = match script {
            Some(script) => home.program("opener", script),
            None => home.path("bin/nothing-here"),
        };
        home.set("BROWSER", path.to_str().unwrap());
        let mut running = home.start(&["connect", "evil"]);
        browser::visit(&running.url());
        running.wait().exits(&[0]);
    }
}
