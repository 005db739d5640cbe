//! Works, but: what will fail with a token that is good, and the provider file's further questions.

use serde_json::{Value, json};

use super::test;
use crate::evil::Evil;
use crate::evil::api::HOSTILE;
use crate::home::{Home, provider_toml};

const LINK: &str = "https://console.example/apis/enable?project=1";

/// As Google: a code, a finer one below it, a link somewhere in the details. The probe stands at `/probe`.
fn google(evil: &Evil, tables: &str) -> Home {
    let home = Home::new(evil);
    let base = provider_toml(evil, &[]).replace(
        "[capability.calendars]\n",
        "[capability.plain]\n[capability.calendars]\nprobe = \"/probe\"\n",
    );
    let error = "code = \"error.status\"\ndetail = \"error.details.0.reason\"\nlink = \"error.details.*.links.*.url\"\n\
                 needed = \"needed\"\nmissing-scope = [\"PERMISSION_DENIED\"]\n[error.words]\n\
                 SERVICE_DISABLED = \"the API is not enabled in the project of this client\"\n";
    home.provider("evil", &format!("{base}{error}{tables}"));
    home.connect(&["evil", "--can", "calendars,plain"]).0.exits(&[0]);
    home
}

fn capability<'a>(row: &'a Value, name: &str) -> &'a Value {
    row["capabilities"].as_array().unwrap().iter().find(|c| c["name"] == name).unwrap()
}

fn disabled(link: &str) -> String {
    json!({"error": {"status": "PERMISSION_DENIED", "message": "off",
        "details": [{"reason": "SERVICE_DISABLED"}, {"links": [{"description": "x"}, {"url": link}]}]}})
    .to_string()
}

#[test]
fn a_probe_that_works() {
    let evil = Evil::start();
    let home = google(&evil, "");
    evil.says("/probe", "200 OK", &[], "{}");
    let (output, row) = test(&home);
    output.exits(&[0]);
    assert_eq!(row["outcome"], "ok");
    assert_eq!(*capability(&row, "calendars"), json!({"name": "calendars", "outcome": "ok", "error": null}));
    assert_eq!(capability(&row, "plain")["outcome"], "unknown", "nobody asked, and nobody said");
    assert_eq!(row["warnings"], json!([]));
    assert!(evil.asked("/probe")[0].bearer().is_some());
}

#[test]
fn a_missing_scope_is_named_with_what_will_fail() {
    let evil = Evil::start();
    let home = google(&evil, "");
    let body =
        json!({"error": {"status": "PERMISSION_DENIED", "message": "no"}, "needed": "calendar.full,x.read"});
    evil.says("/probe", "403 Forbidden", &[], &body.to_string());
    let (output, row) = test(&home);
    output.exits(&[3]);
    assert_eq!(row["outcome"], "missing_scopes");
    assert_eq!(row["account"], "ada@example.com", "it works all the same");
    assert_eq!(row["missing_scopes"], json!(["calendar.full", "x.read"]));
    let calendars = capability(&row, "calendars");
    assert_eq!(calendars["outcome"], "missing_scopes");
    assert_eq!(calendars["error"]["missing_scopes"], json!(["calendar.full", "x.read"]));
    home.run(&["test"])
        .exits(&[3])
        .says("evil: works, but calendars will fail: Evil wants a scope that was not granted")
        .says("calendar.full, x.read")
        .says("integ connect evil --scope calendar.full --scope x.read");
    // A call says the same.
    let called = home.run(&["api", "evil", "/probe", "--json"]);
    assert_eq!(called.exits(&[3]).json()["error"]["missing_scopes"], json!(["calendar.full", "x.read"]));
}

#[test]
fn a_scope_that_was_not_granted_names_what_will_fail_without_asking() {
    let evil = Evil::start();
    let home = google(&evil, "");
    evil.mode("token", "scope-down");
    home.connect(&["evil", "--can", "calendars,plain"]);
    evil.says("/probe", "200 OK", &[], "{}");
    let (output, row) = test(&home);
    output.exits(&[3]);
    assert_eq!(row["missing_scopes"], json!(["calendar.readonly"]));
    assert_eq!(capability(&row, "calendars")["outcome"], "missing_scopes");
    home.run(&["test"]).exits(&[3]).says("works, but calendars will fail: not granted: calendar.readonly");
    assert!(evil.asked("/probe").is_empty());
}

#[test]
fn a_switched_off_api_is_told_with_its_link() {
    let evil = Evil::start();
    let home = google(&evil, "");
    evil.says("/probe", "403 Forbidden", &[], &disabled(LINK));
    let (output, row) = test(&home);
    assert_eq!(output.exits(&[1]).kind(), "provider_error");
    assert_eq!(row["outcome"], "failed");
    assert_eq!(row["account"], "ada@example.com");
    let error = &capability(&row, "calendars")["error"];
    assert_eq!(error["link"], LINK);
    assert!(error["help"].as_str().unwrap().contains(&format!("enable it at {LINK}")), "{error}");
    home.run(&["test"])
        .exits(&[1])
        .says("works, but calendars will fail: Evil refused: the API is not enabled")
        .says(&format!("enable it at {LINK}"));
    assert_eq!(home.status("evil")["last_check_ok"], true, "the connection itself is well");
    home.run(&["api", "evil", "/probe"]).exits(&[1]).says(&format!("enable it at {LINK}"));
}

#[test]
fn a_link_that_nobody_should_follow_is_not_shown() {
    for link in ["http://console.example/", "javascript:alert(1)", "https://you@console.example/", HOSTILE] {
        let evil = Evil::start();
        let home = google(&evil, "");
        evil.says("/probe", "403 Forbidden", &[], &disabled(link));
        let (output, row) = test(&home);
        output.exits(&[1]);
        assert_eq!(capability(&row, "calendars")["error"].get("link"), None, "{link}");
        home.run(&["test"]).exits(&[1]).never_says("enable it at").never_says("console.example");
    }
}

#[test]
fn needed_scopes_are_never_a_command() {
    let evil = Evil::start();
    let home = google(&evil, "");
    let body = json!({"error": {"status": "PERMISSION_DENIED"}, "needed": ["$(reboot)", "-x", "a;b", HOSTILE, "fine"]});
    evil.says("/probe", "403 Forbidden", &[], &body.to_string());
    let (_, row) = test(&home);
    assert_eq!(row["missing_scopes"], json!(["fine"]));
    home.run(&["test"]).never_says("reboot");
}

#[test]
fn what_is_unclear_is_no_failure() {
    for (status, body) in [
        ("404 Not Found", "{}"),
        ("404 Not Found", "<html>"),
        ("500 Internal Server Error", "{}"),
        ("503 Service Unavailable", ""),
        ("429 Too Many Requests", "{}"),
        ("400 Bad Request", "{\"error\": {\"status\": \"INVALID_ARGUMENT\"}}"),
        ("302 Found", ""),
    ] {
        let evil = Evil::start();
        let home = google(&evil, "");
        evil.says("/probe", status, &[], body);
        let (output, row) = test(&home);
        output.exits(&[0]);
        assert_eq!(row["outcome"], "ok", "{status}");
        assert_eq!(
            *capability(&row, "calendars"),
            json!({"name": "calendars", "outcome": "unknown", "error": null}),
            "{status}"
        );
        assert_eq!(home.status("evil")["retry_at"], Value::Null, "{status}");
    }
}

#[test]
fn a_probe_that_hangs_or_leads_away_is_unclear_too() {
    let evil = Evil::start();
    let home = google(&evil, "");
    let away = format!("{}/stolen", evil.other);
    evil.says("/probe", "302 Found", &[("Location", &away)], "");
    let (output, row) = test(&home);
    output.exits(&[0]);
    assert_eq!(capability(&row, "calendars")["outcome"], "unknown");
    let home = home.deadline("2s");
    evil.says_no_more("/probe");
    let probe = provider_toml(&evil, &[])
        .replace("[capability.calendars]\n", "[capability.calendars]\nprobe = \"/api/slow\"\n");
    home.provider("evil", &format!("[capability.plain]\n{probe}"));
    home.provider("evil", &probe);
    evil.mode("api", "hang");
    let (output, row) = test(&home);
    output.exits(&[0]);
    assert_eq!(capability(&row, "calendars")["outcome"], "unknown");
}

#[test]
fn a_check_that_does_not_hold_is_a_warning() {
    let tables = "[check.message-content]\npath = \"/app\"\nat = \"flags\"\nbits = [18, 19]\n\
                  words = \"the message content intent is off: messages arrive empty\"\n";
    for (body, warns) in [
        (json!({"flags": 0}), true),
        (json!({"flags": 1 << 17}), true),
        (json!({"flags": 1 << 18}), false),
        (json!({"flags": 1 << 19}), false),
        (json!({}), false),
        (json!({"flags": "much"}), false),
    ] {
        let evil = Evil::start();
        let home = google(&evil, tables);
        evil.says("/probe", "200 OK", &[], "{}");
        evil.says("/app", "200 OK", &[], &body.to_string());
        let (output, row) = test(&home);
        output.exits(&[0]);
        assert_eq!(row["outcome"], "ok", "a warning is no failure");
        let shown = home.run(&["test"]);
        if warns {
            assert_eq!(row["warnings"][0]["name"], "message-content", "{body}");
            shown.says("evil: the message content intent is off");
        } else {
            assert_eq!(row["warnings"], json!([]), "{body}");
        }
    }
    let evil = Evil::start();
    let home = google(&evil, tables);
    evil.says("/app", "500 Internal Server Error", &[], "");
    assert_eq!(test(&home).1["warnings"], json!([]), "no answer says nothing");
}

#[test]
fn an_optional_permission_that_was_not_given_is_told_and_is_no_failure() {
    let evil = Evil::start();
    let home = google(&evil, "");
    let without = provider_toml(&evil, &[]);
    let with = without.replace("[\"calendar.events\"]", "[\"calendar.events\", \"calendar.more\"]");
    assert_ne!(with, without);
    home.provider(
        "evil",
        &with.replace("[capability.calendars]\n", "[capability.plain]\n[capability.calendars]\n"),
    );
    let (output, row) = test(&home);
    output.exits(&[0]);
    assert_eq!((row["outcome"].as_str(), row["missing_scopes"].clone()), (Some("ok"), json!([])));
    assert_eq!(row["detail"], "works without calendar.more");
    home.run(&["test", "evil"]).exits(&[0]).says("works without calendar.more");
}
