//! Rate limits: every way to say "not so fast", until when, and what is no rate limit.

use serde_json::{Value, json};

use super::{home, now, test};
use crate::evil::Evil;
use crate::home::{Home, provider_toml};

/// Unix seconds of an RFC 3339 time as `--json` prints it.
#[track_caller]
fn seconds(time: &Value) -> i64 {
    let text = time.as_str().unwrap_or_else(|| panic!("no time: {time}"));
    text.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[test]
fn every_way_to_say_not_so_fast() {
    let far = now() + 5_000;
    let (epoch, millis) = (far.to_string(), (far * 1_000).to_string());
    // Rate table, status, headers, body, and when (`None`: the provider does not say).
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Value, Option<i64>);
    let cases: &[Case<'_>] = &[
        ("", "429 Too Many Requests", &[("Retry-After", "5000")], json!({}), Some(far)),
        ("", "429 Too Many Requests", &[], json!({}), None),
        (
            "reset-header = \"X-RateLimit-Reset\"\nremaining-header = \"X-RateLimit-Remaining\"",
            "403 Forbidden",
            &[("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", &epoch)],
            json!({"message": "API rate limit exceeded"}),
            Some(far),
        ),
        (
            "reset-header = \"X-RateLimit-Requests-Reset\"\nreset-unit = \"epoch-ms\"",
            "400 Bad Request",
            &[("X-RateLimit-Requests-Reset", &millis)],
            json!({"errors": [{"extensions": {"code": "RATELIMITED"}}]}),
            Some(far),
        ),
        (
            "reset-header = \"X-RateLimit-Reset-After\"\nreset-unit = \"seconds\"",
            "429 Too Many Requests",
            &[("X-RateLimit-Reset-After", "4999.2")],
            json!({}),
            Some(far),
        ),
        (
            "retry-after = [\"parameters.retry_after\", \"retry_after\"]",
            "429 Too Many Requests",
            &[],
            json!({"ok": false, "parameters": {"retry_after": 5000}}),
            Some(far),
        ),
        (
            "retry-after = [\"parameters.retry_after\", \"retry_after\"]",
            "429 Too Many Requests",
            &[],
            json!({"retry_after": 4999.01}),
            Some(far),
        ),
        (
            "pause = \"5000s\"",
            "403 Forbidden",
            &[],
            json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "too many"}]),
            Some(far),
        ),
        ("", "400 Bad Request", &[], json!({"error": {"code": 130429}}), None),
        ("", "403 Forbidden", &[], json!({"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}), None),
    ];
    for (rate, status, headers, body, at) in cases {
        let evil = Evil::start();
        let codes = "code = [\"errors.0.extensions.code\", \"error.errors.0.reason\", \"0.errorCode\", \"error.code\"]\n\
                     rate-limited = [\"RATELIMITED\", \"userRateLimitExceeded\", \"REQUEST_LIMIT_EXCEEDED\", \"130429\"]";
        let home = home(&evil, &[], codes, &format!("[rate]\n{rate}"));
        home.fresh(&evil, "evil");
        evil.says("/me", status, headers, &body.to_string());
        let (output, row) = test(&home);
        let what = format!("{status} {body} {row}");
        assert_eq!(output.exits(&[4]).kind(), "rate_limited", "{what}");
        assert_eq!(row["outcome"], "rate_limited", "{what}");
        evil.says("/api/x", status, headers, &body.to_string());
        let called = home.run(&["api", "evil", "/api/x", "--json", "-X", "PUT"]);
        assert_eq!(called.exits(&[4]).json()["error"]["kind"], "rate_limited", "{what}");
        match at {
            Some(at) => {
                for time in [&row["retry_at"], &row["error"]["retry_at"], &called.json()["error"]["retry_at"]]
                {
                    // The clock may go on between the answer and now, and nothing else.
                    assert!((seconds(time) - at).abs() <= 60, "{what}");
                }
                assert_eq!(home.status("evil")["retry_at"], row["retry_at"], "{what}");
                home.run(&["status"]).says("rate limited until");
                home.run(&["test"]).exits(&[4]).says("rate limited until").says("try again in 1 h");
            }
            None => {
                assert_eq!(row["retry_at"], Value::Null, "{what}");
                home.run(&["test"]).exits(&[4]).says("rate limited").never_says("until");
            }
        }
    }
}

#[test]
fn what_is_no_rate_limit() {
    let rate = "[rate]\nreset-header = \"X-Reset\"\nremaining-header = \"X-Left\"\npause = \"1h\"";
    for (status, headers, outcome, kind, code) in [
        (
            "403 Forbidden",
            &[("X-Left", "1"), ("X-Reset", "99999999999")][..],
            "missing_scopes",
            "missing_scope",
            3,
        ),
        (
            "500 Internal Server Error",
            &[("X-Left", "0"), ("X-Reset", "99999999999")],
            "down",
            "unavailable",
            4,
        ),
        ("503 Service Unavailable", &[("Retry-After", "5000")], "down", "unavailable", 4),
    ] {
        let evil = Evil::start();
        let home = home(&evil, &[], "code = \"code\"", rate);
        home.fresh(&evil, "evil");
        evil.says("/me", status, headers, "{}");
        let (output, row) = test(&home);
        assert_eq!(output.exits(&[code]).kind(), kind, "{status}");
        assert_eq!(row["outcome"], outcome, "{status}");
        assert_eq!(row["retry_at"].is_string(), status.starts_with("503"), "{row}");
        output.never_says("rate limited");
    }
}

#[test]
fn a_provider_that_cannot_be_reached_is_down() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("\"http://{}\"", listener.local_addr().unwrap())
    };
    home.provider("evil", &provider_toml(&evil, &[("api-url", &gone)]));
    let (output, row) = test(&home);
    assert_eq!(output.exits(&[4]).kind(), "unreachable");
    assert_eq!((&row["outcome"], &row["retry_at"]), (&json!("down"), &Value::Null));
}

#[test]
fn the_token_endpoint_is_heard_too_and_not_asked_again_before() {
    let evil = Evil::start();
    let home = home(
        &evil,
        &[],
        "code = \"status\"\nrate-limited = [\"TOO_MANY\"]",
        "[rate]\nretry-after = \"wait\"",
    );
    home.expired(&evil, "evil");
    evil.says("/token", "403 Forbidden", &[], "{\"status\": \"TOO_MANY\", \"wait\": \"5000\"}");
    let output = home.run(&["refresh", "evil", "--json"]);
    assert_eq!(output.exits(&[4]).kind(), "rate_limited");
    let row = &output.json()["refreshes"][0];
    assert!((seconds(&row["retry_at"]) - now() - 5_000).abs() <= 60, "{row}");
    let again = home.run(&["refresh", "evil", "--json"]);
    assert_eq!(again.exits(&[4]).kind(), "rate_limited");
    assert_eq!(again.json()["refreshes"][0]["retry_at"], row["retry_at"]);
    home.run(&["token", "evil"]).exits(&[4]).says("rate limited until");
    assert_eq!(evil.asked("/token").len(), 1, "asked again before its time");
    assert_eq!(home.status("evil")["state"], "connected", "a limit is no refusal");
    evil.says_no_more("/token");
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    assert_eq!(home.status("evil")["retry_at"], Value::Null);
}

#[test]
fn what_the_api_asks_for_keeps_no_token_from_being_renewed() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    evil.says("/me", "429 Too Many Requests", &[("Retry-After", "99999999999")], "{}");
    home.run(&["test", "evil"]).exits(&[4]).says("rate limited until");
    let before = evil.log("token").len();
    home.run(&["token", "evil", "--min-valid", "2d"]).never_says("rate limited");
    assert_eq!(evil.log("token").len(), before + 1, "the token endpoint has asked for nothing");
}

#[test]
fn no_token_endpoint_is_left_alone_for_a_year() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.says("/token", "429 Too Many Requests", &[("Retry-After", "99999999999")], "{}");
    home.run(&["refresh", "evil"]).exits(&[4]);
    home.run(&["refresh", "evil"]).exits(&[4]).says("integ refresh evil --force");
    assert_eq!(evil.asked("/token").len(), 1, "not within the hour");
    evil.says_no_more("/token");
    let index = rusqlite::Connection::open(home.index()).unwrap();
    let rest: i64 = index.query_row("SELECT renewal_at FROM connection", [], |row| row.get(0)).unwrap();
    assert!((rest - now()).abs() <= 3_600 && rest > now() + 3_000, "{rest}");
    index.execute("UPDATE connection SET renewal_at = 1", []).unwrap();
    home.run(&["token", "evil"]).exits(&[0]);
}
