//! HI5, HI6, HI8: plain forms, honest and not.

use serde_json::json;

use crate::evil::Evil;
use crate::evil::api::HOSTILE;
use crate::home::{GrantText, Home, walk};

#[test]
fn hi05_another_account_is_not_replaced_unasked() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.connect(&["evil"]).0.exits(&[0]);
    let before = home.run(&["token", "evil"]).out();
    evil.state().grants.account = ("sub-9".into(), "eve@example.com".into(), "Other".into());
    let (grant, text) = GrantText::new(&evil, "evil", 4_000_000_000);
    home.run_with(&["import", "-"], text.0.to_string()).exits(&[2, 6]).says("--replace");
    assert_eq!(home.run(&["token", "evil"]).out(), before);
    home.run_with(&["import", "--replace", "-"], text.0.to_string()).exits(&[0]);
    assert_eq!(home.run(&["token", "evil"]).out().trim(), grant.access);
}

#[test]
fn hi05_every_plain_form_works() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mint = || evil.state().grants.mint("openid");
    let (bare, _) = mint();
    home.run_with(&["import", "evil/bare", "-"], format!("{bare}\n")).exits(&[0]);
    assert_eq!(home.run(&["token", "evil/bare"]).exits(&[0]).out().trim(), bare);
    let (_, refresh) = mint();
    let only_refresh = json!({"provider": "evil", "refresh_token": refresh, "client_id": "client-evil"});
    home.run_with(&["import", "evil/refresh", "-"], only_refresh.to_string()).exits(&[0]);
    // Asked first: what a run must keep is checked under the same lock.
    let token = home.run(&["token", "evil/refresh"]).exits(&[0]).out();
    assert!(evil.state().grants.is_live(token.trim()));
    let list = json!([
        GrantText::new(&evil, "evil/x", 4_000_000_000).1.0,
        GrantText::new(&evil, "evil/y", 4_000_000_000).1.0,
    ]);
    let output = home.run_with(&["import", "--json", "-"], list.to_string());
    assert_eq!(output.exits(&[0]).json()["imported"].as_array().map(Vec::len), Some(2));
    home.run(&["token", "evil/x"]).exits(&[0]);
    home.run(&["token", "evil/y"]).exits(&[0]);
}

#[test]
fn hi06_odd_documents_are_refused_and_nothing_is_written_elsewhere() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = |name: &str| GrantText::new(&evil, name, 4_000_000_000).1.0;
    let with = |key: &str, value: serde_json::Value| {
        let mut document = grant("evil");
        document[key] = value;
        document.to_string()
    };
    let many: String = (0..200_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let cases = [
        ("nothing", String::new()),
        ("an empty list", "[]".into()),
        ("a number", "12".into()),
        ("null", "null".into()),
        ("cut", grant("evil").to_string()[..60].to_owned()),
        ("deep", "[".repeat(100_000)),
        ("a path for a name", grant("../../../escape").to_string()),
        ("an absolute path", grant("/tmp/escape").to_string()),
        ("a name with a line break", grant("evil\n::set-output name=x::y").to_string()),
        ("an option for a name", grant("--json").to_string()),
        ("an unknown provider", with("provider", json!("../evil"))),
        ("a number for a token", with("access_token", json!(5))),
        ("an empty token", {
            let mut d = grant("evil");
            d["access_token"] = json!("");
            d["refresh_token"] = json!("");
            d.to_string()
        }),
        ("a token with a line break", with("access_token", json!("CANARY-at-x\r\nX-Injected: 1"))),
        (
            "a token twice",
            grant("evil").to_string().replacen('{', "{\"access_token\":\"CANARY-at-other\",", 1),
        ),
        ("a lifetime that is none", with("expires_in", json!("soon"))),
    ];
    let outside = walk(&home.path("")).len();
    for (what, text) in cases {
        let output = home.run_with(&["import", "-"], text);
        assert!([2, 5].contains(&output.code), "{what}\n{}", output.transcript());
        assert_eq!(home.vault_files().len(), 0, "{what}: something was stored");
    }
    for text in
        [with("__proto__", json!({"provider": "x"})), format!("{{{many}{}", &grant("evil").to_string()[1..])]
    {
        home.run_with(&["import", "--replace", "-"], text).exits(&[0, 2]);
    }
    let strays = walk(&home.path("")).len() - outside;
    assert!(strays < 12, "{strays} new files");
    assert!(!std::path::Path::new("/tmp/escape.age").exists());
}

#[test]
fn hi08_a_pipelines_log_is_not_given_commands() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("me", "hostile");
    let (_, text) = GrantText::new(&evil, "evil", 4_000_000_000);
    let mut document = text.0;
    document["extra"] = json!({"note": HOSTILE});
    // That no line starts like a command is a standing invariant.
    home.run_with(&["import", "-"], document.to_string()).exits(&[0]);
    home.run(&["status"]).exits(&[0]);
    home.run(&["test", "evil"]).exits(&[0]);
}
