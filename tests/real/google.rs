//! The built-in Google against an emulated one that is as strict as the real one.
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Connected, Emulate, Sealed, needs, request};

fn start(env: &[(&str, &str)]) -> Option<(Emulate, Sealed)> {
    needs("google", &["emulate"]).then(|| {
        let (server, mut home) = (Emulate::start("google", env), Sealed::new());
        server.known_to(&mut home);
        (server, home)
    })
}

fn connection(home: &Sealed) -> Value {
    home.integ(&["status", "--json"]).run().ok().json()["connections"][0].clone()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

fn scopes_asked(signed_in: &Connected) -> String {
    let query = signed_in.url.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix("scope=")).unwrap().to_owned()
}

#[test]
fn a_service_connects_as_the_provider_with_its_capability() {
    let Some((_server, home)) = start(&[]) else { return };
    home.connect(&["gmail"]).out.ok();
    let google = connection(&home);
    assert_eq!(
        (&google["name"], &google["state"], &google["account"]),
        (&"google".into(), &"connected".into(), &"alice@example.com".into()),
        "{google}"
    );
    assert_eq!(strings(&google["capabilities"]), ["messages"], "{google}");
    assert_eq!(google["missing_scopes"], json!([]), "{google}");
    let by_service = home.integ(&["token", "gmail"]).reveals().run().ok().stdout;
    assert_eq!(home.integ(&["token", "google"]).reveals().run().ok().stdout, by_service);
    let test = home.integ(&["test", "gmail", "--json"]).run().ok().json();
    assert_eq!(
        (&test["tests"][0]["outcome"], &test["tests"][0]["account"]),
        (&"ok".into(), &"alice@example.com".into()),
        "{test}"
    );
}

#[test]
fn the_api_is_called_with_the_connection() {
    let Some((server, home)) = start(&[]) else { return };
    home.connect(&["google", "--can", "calendars"]).out.ok();
    let out = home.integ(&["api", "google", "/calendar/v3/users/me/calendarList"]).run().ok();
    let calendars: Value = serde_json::from_str(&out.stdout).unwrap();
    assert_eq!(calendars["items"][0]["id"], "primary", "{out}");
    home.integ(&["api", "google", "/drive/v3/files"]).run().exits(3);
    for elsewhere in ["http://127.0.0.2:9/steal", "https://evil.example/"] {
        let out = home.integ(&["api", "google", elsewhere]).run();
        assert!([2, 6].contains(&out.code), "{out}");
    }
    // Two slashes name no other host: whatever becomes of it, it goes to the provider or nowhere.
    assert_ne!(home.integ(&["api", "google", "//evil.example/x"]).run().code, 0);
    assert_eq!(server.requests("GET", "/steal"), 0);
}

/// It has pages of 250 at most, no sync tokens, and a strict idea of times.
#[test]
fn a_calendar_is_mirrored_page_by_page() {
    let Some((server, home)) = start(&[]) else { return };
    home.connect(&["google", "--can", "calendars"]).out.ok();
    let token = home.integ(&["token", "google"]).reveals().run().ok().stdout;
    let bearer = format!("Bearer {}", token.trim());
    let url = format!("{}/calendar/v3/calendars/primary/events", server.url);
    let tomorrow = jiff::Timestamp::now() + jiff::Span::new().hours(24);
    for number in 0..260_i64 {
        let start = tomorrow + jiff::Span::new().minutes(number * 30);
        let end = start + jiff::Span::new().minutes(30);
        let body = json!({"summary": format!("Number {number}"), "start": {"dateTime": start.to_string()},
            "end": {"dateTime": end.to_string()}});
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        let made = request("POST", &url, &body.to_string(), &headers).unwrap();
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let asked = || server.requests("GET", "/calendar/v3/calendars/primary/events");
    let first = home.integ(&["sync", "--json"]).run().ok().json()["calendars"][0].clone();
    assert_eq!(
        (&first["added"], &first["full"], &first["unreadable"]),
        (&json!(260), &json!(true), &json!(0)),
        "{first}"
    );
    assert_eq!(asked(), 2);
    let second = home.integ(&["sync", "--json"]).run().ok().json()["calendars"][0].clone();
    assert_eq!((&second["outcome"], &second["unchanged"]), (&json!("unchanged"), &json!(260)), "{second}");
    let calendar = connection(&home)["calendars"][0].clone();
    assert_eq!((&calendar["id"], &calendar["events"]), (&json!("primary"), &json!(260)), "{calendar}");
}

#[test]
fn more_is_asked_for_step_by_step() {
    let Some((_server, home)) = start(&[]) else { return };
    home.connect(&["google-calendar"]).out.ok();
    let more = home.connect(&["google", "--can", "+files"]);
    more.out.clone().ok();
    assert!(scopes_asked(&more).contains("drive"), "{}", more.url);
    let google = connection(&home);
    let mut can = strings(&google["capabilities"]);
    can.sort_unstable();
    assert_eq!(can, ["calendars", "files"], "{google}");
}

#[test]
fn an_unticked_box_is_noticed_and_named() {
    let Some((server, home)) = start(&[]) else { return };
    let all = home.connect(&["google", "--can", "calendars,messages"]);
    let asked = scopes_asked(&all);
    let gmail = asked
        .split(['+', ' '])
        .flat_map(|part| part.split("%20"))
        .find(|scope| scope.contains("gmail") || scope.contains("mail.google"))
        .unwrap();
    let gmail = gmail.replace("%3A", ":").replace("%2F", "/");
    server.tell("untick", &json!({ "scopes": [gmail] }));
    let partial = home.connect(&["google", "--can", "calendars,messages", "--replace"]);
    let event = partial
        .out
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|event| event["event"] == "connected");
    let event = event.unwrap_or_else(|| panic!("what was granted is lost\n{}", partial.out));
    assert!(strings(&event["missing_scopes"]).contains(&gmail.as_str()), "{}", partial.out);
    let google = connection(&home);
    assert!(strings(&google["missing_scopes"]).contains(&gmail.as_str()), "{google}");
    assert!(!strings(&google["scopes"]).contains(&gmail.as_str()), "{google}");
    home.integ(&["api", "google", "/calendar/v3/users/me/calendarList"]).run().ok();
}

#[test]
fn an_expired_token_is_refreshed_and_the_refresh_token_stays() {
    let Some((server, home)) = start(&[("ACCESS_TTL", "5")]) else { return };
    home.connect(&["google-calendar"]).out.ok();
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(5100));
        home.integ(&["api", "google", "/calendar/v3/users/me/calendarList"]).run().ok();
    }
    let refreshes = server.events().iter().filter(|event| event["grant_type"] == "refresh_token").count();
    assert_eq!(refreshes, 2, "{:?}", server.events());
}

#[test]
fn what_was_revoked_at_google_needs_the_person() {
    let Some((server, home)) = start(&[]) else { return };
    server.tell("ttl", &json!({ "says": 1 }));
    home.connect(&["google-calendar"]).out.ok();
    server.tell("ttl", &json!({}));
    server.tell("revoke", &json!({ "account": "alice@example.com" }));
    std::thread::sleep(Duration::from_millis(1100));
    // The emulator itself does not know of the revocation: the gate answers as Google does.
    let body = json!({ "error": "invalid_grant", "error_description": "Token has been expired or revoked." });
    server.tell("faults", &json!({ "path": "/oauth2/token", "fail": 1000, "status": 400, "body": body }));
    assert_eq!(home.integ(&["token", "google", "--json"]).run().exits(3).error(), "needs_reauth");
    server.tell("faults", &json!({}));
    home.connect(&["google-calendar"]).out.ok();
    assert_eq!(connection(&home)["state"], "connected");
}

#[test]
fn disconnecting_revokes_there() {
    let Some((server, home)) = start(&[]) else { return };
    home.connect(&["gmail"]).out.ok();
    let out = home.integ(&["disconnect", "google", "--yes", "--json"]).run().ok();
    assert_eq!(out.json()["disconnected"][0]["revoked"], true, "{out}");
    assert_eq!(server.noted("revoked"), 1);
    assert_eq!(home.vault_files().len(), 0, "{:?}", home.vault_files());
}

#[test]
fn a_denial_is_exit_1() {
    let Some((_server, home)) = start(&[]) else { return };
    let denied = home.connect_as(&["gmail"], &["--deny"]);
    assert_eq!(denied.out.exits(1).error(), "denied");
}
