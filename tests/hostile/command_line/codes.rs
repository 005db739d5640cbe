//! CL8: the table of exit codes, one situation a line.

use std::sync::Mutex;
use std::thread;

use crate::evil::Evil;
use crate::home::{Home, OTHER_IDENTITY, private_file, provider_toml};

/// What is connected before the command runs.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    Nothing,
    Fresh,
    Expired,
    Both,
}
use Given::{Both, Expired, Fresh, Nothing};

type Situation = (Given, &'static [(&'static str, &'static str)], &'static [&'static str], i32, &'static str);

/// Given, the provider's modes, the command, the code, the kind of the error document (empty: not asked for).
const SITUATIONS: &[Situation] = &[
    (Nothing, &[], &["--version"], 0, ""),
    (Nothing, &[], &["--help"], 0, ""),
    (Nothing, &[], &["status"], 0, ""),
    (Nothing, &[], &["refresh", "--all"], 0, ""),
    (Nothing, &[], &["token", "evil"], 3, "not_connected"),
    (Nothing, &[], &["refresh", "evil"], 3, "not_connected"),
    (Nothing, &[], &["test", "evil"], 3, ""),
    (Nothing, &[], &["disconnect", "evil", "--yes"], 3, "not_connected"),
    (Nothing, &[], &["api", "evil", "/api/x"], 3, "not_connected"),
    (Nothing, &[], &["run", "--with", "evil", "--", "/bin/true"], 3, "not_connected"),
    (Nothing, &[], &["connect", "evil"], 3, "interaction_needed"),
    (Nothing, &[], &["connect", "nowhere", "--no-browser"], 2, "usage"),
    (Nothing, &[], &["connect", "evil", "--no-browser", "--timeout", "1"], 3, ""),
    (Nothing, &[], &["token"], 2, "usage"),
    (Nothing, &[], &["frobnicate"], 2, "usage"),
    (Nothing, &[], &["status", "--frob"], 2, "usage"),
    (Nothing, &[], &["token", "../x"], 2, "usage"),
    (Nothing, &[], &["providers", "nowhere"], 2, "usage"),
    (Nothing, &[], &["config", "set", "no.such.key", "1"], 2, ""),
    (Fresh, &[], &["token", "evil"], 0, ""),
    (Fresh, &[], &["test", "evil"], 0, ""),
    (Fresh, &[], &["api", "evil", "/api/x"], 0, ""),
    (Fresh, &[], &["run", "--with", "evil", "--", "/bin/true"], 0, ""),
    (Fresh, &[], &["run", "--with", "evil", "--", "/bin/sh", "-c", "exit 3"], 3, ""),
    (Fresh, &[], &["disconnect", "evil"], 2, "usage"),
    (Fresh, &[], &["disconnect", "evil", "--yes"], 0, ""),
    (Fresh, &[("revoke", "http-503")], &["disconnect", "evil", "--yes"], 4, "unavailable"),
    (Fresh, &[("me", "http-503")], &["test", "evil"], 4, ""),
    (Fresh, &[("me", "429")], &["test", "evil"], 4, ""),
    (Fresh, &[("me", "401"), ("token", "http-400-invalid_grant")], &["test", "evil"], 3, ""),
    (Fresh, &[("me", "redirect-other")], &["test", "evil"], 6, ""),
    (Fresh, &[("api", "http-404")], &["api", "evil", "/api/x"], 1, ""),
    (Fresh, &[("api", "http-503")], &["api", "evil", "/api/x"], 4, ""),
    (Fresh, &[("api", "redirect-other")], &["api", "evil", "/api/x"], 6, ""),
    (Fresh, &[], &["api", "evil", "https://elsewhere.invalid/x"], 6, "unsafe"),
    (Fresh, &[], &["api", "evil", "http://127.0.0.1:1/x"], 6, "unsafe"),
    (Fresh, &[], &["api", "evil", "//elsewhere.invalid/x"], 1, ""),
    (Fresh, &[], &["rename", "evil", "evil/../b"], 2, "usage"),
    (Fresh, &[], &["export", "evil", "--to", "age1nothing"], 2, ""),
    (Expired, &[], &["token", "evil"], 0, ""),
    (Expired, &[("token", "http-503")], &["token", "evil"], 4, "unavailable"),
    (Expired, &[("token", "http-429-huge")], &["token", "evil"], 4, "rate_limited"),
    (Expired, &[("token", "close-before")], &["token", "evil"], 4, ""),
    (Expired, &[("token", "http-400-invalid_grant")], &["token", "evil"], 3, "needs_reauth"),
    (Expired, &[("token", "invalid_client")], &["token", "evil"], 1, "client_misconfigured"),
    (Expired, &[("token", "error-unknown")], &["token", "evil"], 1, "provider_error"),
    (Expired, &[("token", "redir-302-other")], &["token", "evil"], 6, "unsafe"),
    (Expired, &[("token", "http-400-invalid_grant")], &["status", "--check"], 3, ""),
    (Both, &[("token", "http-503")], &["refresh", "--all", "--force"], 4, ""),
    (Both, &[("token", "invalid_client")], &["refresh", "--all", "--force"], 1, ""),
];

#[test]
fn cl08_every_situation_has_its_code() {
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for lane in SITUATIONS.chunks(8) {
            let wrong = &wrong;
            scope.spawn(move || {
                for situation in lane {
                    wrong.lock().unwrap().extend(try_out(situation));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with it.
fn try_out((given, modes, args, code, kind): &Situation) -> Vec<String> {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("3s");
    match given {
        Nothing => {}
        Fresh => drop(home.fresh(&evil, "evil")),
        Expired => drop(home.expired(&evil, "evil")),
        Both => drop((home.expired(&evil, "evil"), home.expired(&evil, "evil/b"))),
    }
    for (endpoint, mode) in *modes {
        evil.mode(endpoint, mode);
    }
    let mut wrong = Vec::new();
    let plain = home.run(args);
    if plain.code != *code {
        wrong.push(format!("{modes:?}: {code} expected\n{}", plain.transcript()));
    }
    if !kind.is_empty() {
        let document = home.run(&[&["--json"], *args].concat());
        if document.code != *code || document.kind() != *kind {
            wrong.push(format!("{modes:?}: {code} {kind} expected\n{}", document.transcript()));
        }
    }
    wrong
}

#[test]
fn cl08_some_failed_is_a_code_of_its_own() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil/a");
    home.expired(&evil, "evil/b");
    evil.queue("token", &["invalid_client"]);
    home.run(&["refresh", "--all", "--force"]).exits(&[8]);
}

#[test]
fn cl08_trouble_with_configuration_is_usage() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("broken", "title = \"x\"\napi-url = \"http://127.0.0.1:1\"\nno-such-key = 1\n");
    let output = home.run(&["connect", "broken", "--no-browser"]);
    output.exits(&[2]).says("broken.toml").says("no-such-key").says("3");
    home.provider("plain", "title = \"x\"\napi-url = \"http://api.example.com\"\n");
    home.run(&["connect", "plain", "--no-browser"]).exits(&[2, 6]);
    private_file(&home.config().join("config.toml"), b"[limits]\ndeadline = \"banana\"\n");
    home.run(&["status"]).exits(&[2]).says("config.toml");
    private_file(&home.config().join("config.toml"), b"not toml at all");
    home.run(&["status"]).exits(&[2]).says("config.toml");
    private_file(&home.config().join("config.toml"), b"");
    home.call(&["status"]).env("INTEG_VAULT", "banana").run().exits(&[2]).says("INTEG_VAULT");
}

#[test]
fn cl08_trouble_with_the_vault_is_five() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    home.call(&["token", "evil"]).without("INTEG_VAULT_KEY_FILE").run().exits(&[5]).says("vault init");
    let missing = home.path("no-such-key");
    home.call(&["token", "evil"]).env("INTEG_VAULT_KEY_FILE", missing).run().exits(&[5]).says("no-such-key");
    private_file(&home.path("key"), OTHER_IDENTITY.as_bytes());
    home.run(&["token", "evil"]).exits(&[5]);
    private_file(&home.path("key"), b"this is no key");
    home.run(&["token", "evil"]).exits(&[5]).never_says("this is no key");
}

#[test]
fn cl08_a_sign_in_can_end_in_each_way() {
    let cases: &[(&str, &[&str], i32)] = &[
        ("ok", &["evil"], 0),
        ("denied", &["evil"], 1),
        ("code-unknown", &["evil"], 1),
        ("ok", &["evil", "--expect", "somebody@example.com"], 6),
        ("ok", &["evil", "--expect", "ada@example.com"], 0),
    ];
    for (mode, args, code) in cases {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("authorize", mode);
        home.connect(args).0.exits(&[*code]);
        assert_eq!(home.vault_files().len(), usize::from(*code == 0), "{args:?}");
    }
}

#[test]
fn cl08_no_client_is_named() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("evil", &provider_toml(&evil, &[("client-id", "")]));
    let output = home.run(&["connect", "evil", "--no-browser", "--json"]);
    assert_eq!(output.exits(&[3]).kind(), "no_client");
    output.says("integ setup evil");
}

#[test]
fn cl08_another_account_needs_a_word() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.connect(&["evil"]).0.exits(&[0]);
    evil.state().grants.account = ("sub-9".into(), "eve@example.com".into(), "Other".into());
    home.connect(&["evil"]).0.exits(&[6]).says("--replace");
    assert_eq!(home.status("evil")["account"], "ada@example.com");
    home.connect(&["evil", "--replace"]).0.exits(&[0]);
    assert_eq!(home.status("evil")["account"], "eve@example.com");
}
