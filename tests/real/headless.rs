//! Machines without a person: what one hands over and the other takes in.
use serde_json::json;

use crate::harness::{Oidc, Output, Sealed, needs};

fn start() -> Option<(Oidc, Sealed)> {
    needs("headless", &["oidc-provider"]).then(|| {
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
        server.known_to(&home);
        (server, home)
    })
}

fn key(home: &Sealed) -> String {
    let text = std::fs::read_to_string(home.home().join(".config/integ/vault.key")).unwrap();
    text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap().to_owned()
}

fn recipient(home: &Sealed) -> String {
    let out = home.integ(&["vault", "recipient"]).run().ok();
    assert!(out.text().starts_with("age1"), "{out}");
    out.text().to_owned()
}

/// A sealed bundle of `acme` for `to`, in a file.
fn export(from: &Sealed, to: &Sealed, more: &[&str]) -> Output {
    let file = to.outside().join("bundle.age").display().to_string();
    from.integ(&[&["export", "acme", "--to", &recipient(to), "--output", &file], more].concat()).run()
}

#[test]
fn two_variables_and_one_command_in_an_empty_environment() {
    let Some((server, laptop)) = start() else { return };
    laptop.connect(&["acme"]).out.ok();
    let token = laptop.integ(&["token", "acme"]).reveals().run().ok();

    let ci = Sealed::empty();
    server.known_to(&ci);
    let (secret, grant) = (
        key(&laptop),
        json!({ "provider": "acme", "name": "acme", "access_token": token.text(), "expires_in": 3600 }),
    );
    ci.secrets().plant(&secret);
    let home = ci.home().display().to_string();
    let bare = |args: &[&str]| {
        ci.integ(args)
            .bare()
            .env("HOME", &home)
            .env("INTEG_VAULT_KEY", &secret)
            .env("INTEG_IMPORT", &grant.to_string())
    };
    let imported = bare(&["import", "--json"]).run().ok().json();
    assert_eq!(
        (&imported["imported"][0]["name"], &imported["imported"][0]["account"]),
        (&"acme".into(), &"alice@example.com".into()),
        "{imported}"
    );
    assert_eq!(bare(&["token", "acme"]).reveals().run().ok().stdout, token.stdout);
    assert_eq!(bare(&["test", "acme", "--json"]).run().ok().json()["tests"][0]["outcome"], "ok");
    let inherited = bare(&["run", "--with", "acme", "--", "/usr/bin/env"]).reveals().run().ok();
    inherited.never_says("INTEG_VAULT_KEY").never_says("INTEG_IMPORT").never_says("AGE-SECRET-KEY");
}

#[test]
fn a_bundle_carries_everything_that_a_refresh_needs() {
    let Some((server, laptop)) = start() else { return };
    laptop.connect(&["acme"]).out.ok();
    let server_home = Sealed::new();
    server.known_to(&server_home);
    export(&laptop, &server_home, &[]).ok().says("one machine");
    let file = server_home.outside().join("bundle.age").display().to_string();
    assert!(
        std::fs::read_to_string(&file)
            .map_or(true, |text| laptop.secrets().found_in(text.as_bytes()).is_none()),
        "the bundle is readable"
    );
    server_home.integ(&["import", &file]).run().ok();
    server_home.integ(&["refresh", "acme", "--force"]).run().ok();
    server_home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_bundle_carries_the_clients_secret() {
    if !needs("headless", &["oidc-provider"]) {
        return;
    }
    let (server, laptop, elsewhere) = (Oidc::start(&[]), Sealed::new(), Sealed::new());
    let secret = "basic:100%+sure/& =canary-7f3a9c";
    for home in [&laptop, &elsewhere] {
        server.known_as(home, "acme", "client-auth = \"basic\"");
        home.secrets().plant(secret);
    }
    laptop
        .integ(&["setup", "acme", "--client-id", "desk-basic", "--client-secret-stdin"])
        .stdin(secret)
        .run()
        .ok();
    laptop.connect(&["acme"]).out.ok();
    export(&laptop, &elsewhere, &[]).ok();
    elsewhere.integ(&["import", &elsewhere.outside().join("bundle.age").display().to_string()]).run().ok();
    elsewhere.integ(&["refresh", "acme", "--force"]).run().ok();
}

#[test]
fn moving_leaves_nothing_behind() {
    let Some((server, laptop)) = start() else { return };
    laptop.connect(&["acme"]).out.ok();
    let elsewhere = Sealed::new();
    server.known_to(&elsewhere);
    export(&laptop, &elsewhere, &["--move"]).exits(2).says("--yes");
    laptop.integ(&["token", "acme"]).reveals().run().ok();
    export(&laptop, &elsewhere, &["--move", "--yes"]).ok();
    assert_eq!(laptop.integ(&["token", "acme", "--json"]).run().exits(3).error(), "not_connected");
    assert!(server.any_alive(), "moving must not revoke");
    elsewhere.integ(&["import", &elsewhere.outside().join("bundle.age").display().to_string()]).run().ok();
    elsewhere.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_bundle_for_somebody_else_or_a_damaged_one_stores_nothing() {
    let Some((server, laptop)) = start() else { return };
    laptop.connect(&["acme"]).out.ok();
    let (right, wrong) = (Sealed::new(), Sealed::new());
    server.known_to(&wrong);
    server.known_to(&right);
    export(&laptop, &right, &[]).ok();
    let file = right.outside().join("bundle.age");
    let whole = std::fs::read(&file).unwrap();
    let refused = |home: &Sealed| {
        let out = home.integ(&["import", &file.display().to_string()]).run();
        assert!([2, 5].contains(&out.code), "{out}");
        assert_eq!(home.vault_files().len(), 0, "something was stored\n{out}");
    };
    refused(&wrong);
    for (from, to) in [(0, whole.len() / 2), (0, whole.len() - 2), (1, whole.len()), (0, 0)] {
        std::fs::write(&file, &whole[from..to]).unwrap();
        refused(&right);
    }
    for at in (0..whole.len()).step_by(97) {
        let mut bent = whole.clone();
        bent[at] ^= 1;
        std::fs::write(&file, &bent).unwrap();
        refused(&right);
    }
    std::fs::write(&file, &whole).unwrap();
    right.integ(&["import", &file.display().to_string()]).run().ok();
}

#[test]
fn an_import_does_not_overwrite_somebody_else() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["acme"]).out.ok();
    home.connect_as(&["acme/bob"], &["--user", "bob"]).out.ok();
    let bobs = home.integ(&["token", "acme/bob"]).reveals().run().ok();
    let before = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    let grant =
        json!({ "provider": "acme", "name": "acme", "access_token": bobs.text(), "expires_in": 3600 })
            .to_string();
    assert_eq!(
        home.integ(&["import", "-", "--json"]).stdin(&grant).run().exits(6).error(),
        "account_mismatch"
    );
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, before);
    home.integ(&["import", "-", "--replace"]).stdin(&grant).run().ok();
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, bobs.stdout);
}

#[test]
fn a_bare_token_and_a_refresh_token_with_its_client() {
    let Some((server, home)) = start() else { return };
    home.connect(&["acme"]).out.ok();
    let token = home.integ(&["token", "acme"]).reveals().run().ok();
    let ci = Sealed::new();
    server.known_to(&ci);
    ci.integ(&["import", "acme", "-"]).stdin(&format!("{}\n", token.text())).run().ok();
    assert_eq!(ci.integ(&["token", "acme"]).reveals().run().ok().stdout, token.stdout);

    let live = server.live_refresh_token();
    let grant = json!({ "provider": "acme", "name": "acme/only-refresh", "refresh_token": live, "client_id": "desk" }).to_string();
    ci.integ(&["import"]).stdin(&grant).run().ok();
    ci.integ(&["token", "acme/only-refresh"]).reveals().run().ok();
}

#[test]
fn what_is_no_grant_is_refused() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["acme"]).out.ok();
    let token = home.integ(&["token", "acme"]).reveals().run().ok();
    // The same way in takes what is a grant: a refusal below is about what was handed over.
    let good =
        json!({ "provider": "acme", "name": "acme/good", "access_token": token.text(), "expires_in": 3600 });
    home.integ(&["import", "-"]).stdin(&good.to_string()).run().ok();
    let before = home.vault_files();
    for bad in [
        "",
        "{",
        "[]",
        "null",
        "{\"provider\":\"acme\"}",
        "{\"provider\":\"nobody\",\"access_token\":\"canary-abcdefghijkl\"}",
        "[{\"provider\":\"../../etc\",\"name\":\"../x\",\"access_token\":\"canary-abcdefghijkl\"}]",
    ] {
        let out = home.integ(&["import", "-"]).stdin(bad).run();
        assert!([2, 3, 5].contains(&out.code), "{bad}\n{out}");
        assert_eq!(home.vault_files(), before, "something was stored for {bad}\n{out}");
    }
}
