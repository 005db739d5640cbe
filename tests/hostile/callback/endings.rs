//! CB16 to CB20, CB23 to CB27: how a sign-in ends, and what the person is shown.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::authorization::discovered;
use crate::evil::{Evil, browser};
use crate::home::Home;

#[test]
fn cb16_odd_codes_end_cleanly() {
    for mode in ["code-long", "code-crlf", "code-unknown"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("authorize", mode);
        home.connect(&["evil", "--timeout", "2"]).0.exits(&[1, 3]);
        assert!(evil.log("token").iter().all(|r| r.header("x-injected").is_none()), "{mode}");
        assert!(evil.log("token").len() <= 1, "{mode}: a code was sent twice");
        assert_eq!(home.vault_files().len(), 0, "{mode}: something was stored");
    }
}

#[test]
fn cb17_the_issuer_in_the_callback_is_compared_as_it_stands() {
    for (mode, codes) in [
        ("iss-right", &[0][..]),
        ("iss-wrong", &[6]),
        ("iss-missing", &[6]),
        ("iss-dup", &[3, 6]),
        ("iss-slash", &[6]),
    ] {
        let evil = Evil::start();
        let home = discovered(&evil);
        evil.mode("discovery", "iss-announced").mode("authorize", mode);
        home.connect(&["evil", "--timeout", "3"]).0.exits(codes);
        assert_eq!(evil.log("token").len(), usize::from(mode == "iss-right"), "{mode}");
    }
}

#[test]
fn cb18_two_callbacks_make_one_exchange() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("authorize", "double-callback");
    evil.hold("token");
    let mut running = home.start(&["connect", "evil", "--no-browser"]);
    let url = running.url();
    let visitor = thread::spawn(move || browser::visit(&url));
    evil.wait_for("token", 1);
    thread::sleep(Duration::from_millis(200));
    evil.release("token");
    visitor.join().unwrap();
    running.wait().exits(&[0]);
    assert_eq!(evil.count("token", "authorization_code"), 1);
}

#[test]
fn cb19_a_browser_that_looks_ahead_does_not_spoil_it() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("authorize", "prefetch-callback");
    home.connect(&["evil"]).0.exits(&[0]);
}

#[test]
fn cb20_answers_in_the_wrong_shape_are_refused_and_the_right_one_still_counts() {
    for mode in ["fragment", "form-post", "callback-post", "wrong-path", "code-missing"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("authorize", mode);
        let (output, pages) = home.connect(&["evil"]);
        output.exits(&[0]);
        assert!((400..500).contains(&pages[0].status), "{mode}: {}", pages[0].head);
    }
}

#[test]
fn cb23_the_page_is_sealed_and_says_who_is_connected() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let (output, pages) = home.connect(&["evil"]);
    output.exits(&[0]);
    let page = &pages[0];
    assert_eq!(page.status, 200);
    let has = |name: &str, text: &str| {
        let value = page.header(name).unwrap_or_default().to_lowercase();
        assert!(value.contains(text), "{name}: {value:?}\n{}", page.head);
    };
    has("content-security-policy", "default-src 'none'");
    has("x-content-type-options", "nosniff");
    has("referrer-policy", "no-referrer");
    has("cache-control", "no-store");
    assert!(page.body.contains("ada@example.com"), "{}", page.body);
    for outside in ["CANARY", "src=\"http", "src='http", "url(http", "<script src", "rel=\"stylesheet\""] {
        assert!(!page.body.contains(outside), "{outside}\n{}", page.body);
    }
    let state = evil.log("authorize")[0].param("state").unwrap().to_owned();
    assert!(!page.body.contains(&state), "the state is on the page");
}

#[test]
fn cb23_the_page_of_a_failed_exchange_does_not_claim_success() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("token", "http-400-invalid_grant");
    let (output, pages) = home.connect(&["evil"]);
    output.exits(&[1]);
    let body = pages[0].body.to_lowercase();
    assert!(!body.contains("ada@example.com") && !body.contains("you can close"), "{body}");
    assert!(pages[0].header("content-security-policy").is_some());
}

#[test]
fn cb24_what_the_provider_says_is_shown_as_text() {
    // Text with control characters is no error of the protocol: it may also be refused, and the wait goes on.
    for (mode, codes) in [("denied", &[1][..]), ("error-xss", &[1]), ("error-ansi", &[1, 3])] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("authorize", mode);
        let (output, pages) = home.connect(&["evil", "--timeout", "3"]);
        output.exits(codes);
        let body = &pages[0].body;
        assert!(!body.contains("<script>alert") && !body.contains("<img src=x"), "{mode}\n{body}");
        assert!(!body.contains('\u{1b}'), "{mode}");
        assert_eq!(evil.log("token").len(), 0, "{mode}");
    }
}

#[test]
fn cb25_a_sign_in_nobody_finishes_ends_with_advice() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let waiting = home.waiting(&["evil", "--timeout", "2"]);
    let host = waiting.host.clone();
    waiting.running.wait().exits(&[3]).says("integ connect evil");
    assert!(browser::connect(&host).is_none(), "the port is still open");
}

#[test]
fn cb26_the_port_closes_when_it_is_over() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let waiting = home.waiting(&["evil"]);
    let host = waiting.host.clone();
    waiting.finishes();
    assert!(browser::connect(&host).is_none(), "the port is still open");
}

#[test]
fn cb27_a_signal_ends_the_wait_and_leaves_nothing() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let waiting = home.waiting(&["evil"]);
        let host = waiting.host.clone();
        waiting.running.signal(signal);
        waiting.running.wait().exits(&[code]);
        assert!(browser::connect(&host).is_none(), "{signal}: the port is still open");
        assert_eq!(home.vault_files().len(), 0, "{signal}: something was stored");
    }
}
