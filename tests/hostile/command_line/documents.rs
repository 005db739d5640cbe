//! CL11: with `--json`, exactly one document on stdout, also for every failure.

use crate::evil::Evil;
use crate::home::{Home, Output, private_file};

/// One document, and one that says how the command ended.
#[track_caller]
pub(crate) fn one_document(output: &Output) {
    let document = output.json();
    assert_eq!(document["v"], 1, "{}", output.transcript());
    if document.get("error").is_some() {
        assert!(!output.kind().is_empty(), "{}", output.transcript());
        assert_ne!(output.code, 0);
    } else {
        let plural = document.as_object().unwrap().iter().any(|(key, value)| key != "v" && value.is_array());
        let single = output.args.first().is_some_and(|a| a == "vault" || a == "config" || a == "rename");
        assert!(plural || single, "no list in the document\n{}", output.transcript());
    }
}

#[test]
fn cl11_every_failure_is_one_document() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("3s");
    let check = |args: &[&str]| one_document(&home.run(&[args, &["--json"]].concat()));
    // Nothing is connected.
    for args in [
        &["status"][..],
        &["test"],
        &["test", "--all"],
        &["refresh", "--all"],
        &["refresh", "--due"],
        &["token", "evil"],
        &["test", "evil"],
        &["refresh", "evil"],
        &["disconnect", "evil", "--yes"],
        &["connect", "evil"],
        &["connect", "nowhere", "--no-browser"],
        &["import", "-"],
        &["export", "evil", "--to", "age1nothing"],
        &["providers"],
        &["providers", "evil"],
        &["providers", "nowhere"],
        &["config", "list"],
        &["config", "set", "x", "y"],
        &["doctor"],
        &["rename", "evil", "evil/b"],
        &["token"],
        &["token", "../x"],
        &["frobnicate"],
        &["status", "--frob"],
    ] {
        check(args);
    }
    home.expired(&evil, "evil");
    home.fresh(&evil, "evil/b");
    for mode in [
        "http-503",
        "http-400-invalid_grant",
        "invalid_client",
        "redir-302-other",
        "reset",
        "json-deep",
        "error-ansi",
    ] {
        evil.mode("token", mode);
        for args in
            [&["refresh", "evil", "--force"][..], &["refresh", "--all", "--force"], &["token", "evil"]]
        {
            check(args);
        }
    }
    for mode in ["401", "http-503", "429", "hostile", "echo-auth", "redirect-other", "html"] {
        evil.mode("me", mode);
        check(&["test", "evil/b"]);
        check(&["test", "--all"]);
        check(&["status", "--check"]);
    }
    evil.mode("revoke", "http-503");
    check(&["disconnect", "evil", "--yes"]);
    check(&["disconnect", "evil"]);
    private_file(&home.vault_files()[0], b"damaged");
    for args in [&["token", "evil"][..], &["status"], &["test", "--all"], &["refresh", "--all"], &["doctor"]]
    {
        check(args);
    }
    private_file(&home.config().join("config.toml"), b"this is = = no toml");
    for args in [&["token", "evil"][..], &["status"], &["config", "list"], &["connect", "evil"]] {
        check(args);
    }
}

#[test]
fn cl11_a_failed_sign_in_is_objects_line_by_line() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("authorize", "denied");
    let (output, _) = home.connect(&["evil", "--json"]);
    output.exits(&[1]);
    let lines: Vec<serde_json::Value> =
        output.out().lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!(lines[0]["event"], "authorize");
    assert_eq!(lines.last().unwrap()["error"]["kind"], "denied");
    assert_eq!(lines.len(), 2);
}
