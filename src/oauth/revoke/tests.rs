use serde_json::json;

use super::*;
use crate::http::scripted::{Asked, reply, reply_with, run};
use crate::oauth::stage::{Stage, grant};

/// `cid:s3cret-of-client`
const BASIC: &str = "Basic Y2lkOnMzY3JldC1vZi1jbGllbnQ=";

fn end(stage: &Stage, change: serde_json::Value) -> Result<Revoked, OauthError> {
    run(revoke(&stage.context(), &grant(change)))
}

fn asked(file: &str, change: serde_json::Value) -> Asked {
    let stage = Stage::new(&format!("revoke-url = \"BASE/revoke\"\n{file}"), [reply(200, "")]);
    assert_eq!(end(&stage, change).unwrap(), Revoked::Yes);
    stage.only()
}

#[test]
fn the_refresh_token_is_given_up_and_with_it_the_rest() {
    let of = |file: &str, change| {
        let asked = asked(file, change);
        format!("{}|{}|{}", asked.line, asked.header("authorization"), asked.body)
    };
    let client = "client_id=cid&client_secret=s3cret-of-client";
    let none = || json!({"refresh_token": null});
    for (file, change, expected) in [
        ("", json!({}), format!("POST /revoke||token=old-refresh&token_type_hint=refresh_token&{client}")),
        ("", none(), format!("POST /revoke||token=old-access&{client}")),
        (
            "client-auth = \"basic\"",
            json!({}),
            format!("POST /revoke|{BASIC}|token=old-refresh&token_type_hint=refresh_token"),
        ),
        ("client-auth = \"none\"", none(), "POST /revoke||token=old-access&client_id=cid".into()),
        ("revoke-auth = \"basic\"", json!({}), format!("POST /revoke|{BASIC}|token=old-refresh")),
        ("revoke-auth = \"none\"", json!({}), "POST /revoke||token=old-refresh".into()),
        ("revoke-auth = \"bearer\"", json!({}), "POST /revoke|Bearer old-access|".into()),
        (
            "revoke-param = \"access_token\"",
            json!({}),
            format!("POST /revoke||access_token=old-access&{client}"),
        ),
        (
            "revoke-auth = \"none\"\nrevoke-body = \"json\"",
            json!({}),
            r#"POST /revoke||{"token":"old-refresh"}"#.into(),
        ),
        (
            "revoke-auth = \"none\"\ntoken-body = \"json\"",
            json!({}),
            r#"POST /revoke||{"token":"old-refresh"}"#.into(),
        ),
        (
            "revoke-auth = \"none\"\ntoken-body = \"json\"\nrevoke-body = \"form\"",
            json!({}),
            "POST /revoke||token=old-refresh".into(),
        ),
        ("revoke-auth = \"none\"\nrevoke-body = \"none\"", json!({}), "POST /revoke||".into()),
        (
            "revoke-auth = \"none\"\nrevoke-method = \"DELETE\"",
            json!({}),
            "DELETE /revoke||token=old-refresh".into(),
        ),
    ] {
        assert_eq!(of(file, change), expected, "{file}");
    }
    // The hint is a form's.
    let body = asked("token-body = \"json\"", json!({})).body;
    assert!(!body.contains("hint") && body.contains("client_secret"), "{body}");
    let request = asked("api-headers = { x-version = \"7\" }", json!({}));
    assert_eq!((request.header("x-version"), request.header("accept")), ("7", "application/json"));
}

#[test]
fn an_address_is_filled_and_its_token_stands_nowhere_else() {
    let stage = Stage::new(
        "revoke-url = \"BASE/apps/{client-id}/tokens/{token}\"\nrevoke-auth = \"none\"\n",
        [reply(200, "")],
    );
    assert_eq!(end(&stage, json!({"access_token": "a/b c+"})).unwrap(), Revoked::Yes);
    let asked = stage.only();
    assert_eq!((asked.line.as_str(), asked.body.as_str()), ("POST /apps/cid/tokens/a%2Fb%20c%2B", ""));
    assert_eq!(filled("https://x.example/{client-id}", "a b", &Secret::new("t")).unwrap().path(), "/a%20b");
    assert!(filled("nonsense", "c", &Secret::new("t")).is_none());
}

#[test]
fn nobody_is_asked_where_there_is_no_way() {
    let of = |file: &str, public: bool, change: serde_json::Value| {
        let stage = Stage::new(file, [reply(200, "")]);
        let stage = if public { stage.public() } else { stage };
        let outcome = end(&stage, change).unwrap();
        assert_eq!(stage.server.asked().len(), usize::from(outcome == Revoked::Yes), "{file}");
        outcome
    };
    let url = "revoke-url = \"BASE/revoke\"\n";
    assert_eq!(of("", false, json!({})), Revoked::Unsupported);
    let basic = format!("{url}revoke-auth = \"basic\"");
    assert_eq!(of(&basic, true, json!({})), Revoked::Unsupported);
    assert_eq!(of(&basic, false, json!({})), Revoked::Yes);
    assert_eq!(of(url, true, json!({})), Revoked::Yes, "a public client is one");
    assert_eq!(of(url, false, json!({"pasted": true})), Revoked::Yes, "somebody asks");
    let nobody = |file: &str, change| {
        let mut stage = Stage::new(&format!("{url}{file}"), [reply(200, "")]).public();
        stage.client.id = String::new();
        end(&stage, change).unwrap()
    };
    assert_eq!(nobody("", json!({"pasted": true})), Revoked::Unsupported);
    assert_eq!(nobody("", json!({})), Revoked::Yes);
    assert_eq!(nobody("revoke-auth = \"none\"", json!({"pasted": true})), Revoked::Yes);
    // Where the provider file has no address, what was found at connect time counts.
    let stage = Stage::new("", [reply(200, "")]);
    let pinned = json!({"endpoints": {"issuer": null, "token": null, "whoami": null, "revoke": stage.server.url("gone")}});
    assert_eq!(end(&stage, pinned).unwrap(), Revoked::Yes);
    assert_eq!(stage.only().line, "POST /gone");
    for bad in ["revoke-url = \"nonsense\"", "revoke-url = \"BASE/\"\nrevoke-method = \"NO WAY\""] {
        assert!(
            matches!(end(&Stage::new(bad, [""; 0]), json!({})), Err(OauthError::Unsupported(_))),
            "{bad}"
        );
    }
}

#[test]
fn what_is_gone_is_revoked_and_a_no_is_a_no() {
    let fresh = || json!({"expires_at": 32_503_680_000_i64});
    let of = |file: &str, status: u16, body: &str| {
        let stage = Stage::new(&format!("{file}revoke-url = \"BASE/revoke\"\n"), [reply(status, body)]);
        end(&stage, fresh())
    };
    let in_url = |status: u16| {
        let stage = Stage::new("revoke-url = \"BASE/{token}\"", [reply(status, "{}")]);
        end(&stage, fresh())
    };
    let yes = |outcome: Result<Revoked, OauthError>| matches!(outcome, Ok(Revoked::Yes));
    let no = |outcome: Result<Revoked, OauthError>| matches!(outcome, Err(OauthError::Refused { .. }));
    assert!(yes(of("", 200, "")) && yes(of("", 204, "")) && yes(of("", 400, r#"{"error":"invalid_token"}"#)));
    assert!(
        no(of("", 400, r#"{"error":"invalid_client"}"#)) && no(of("", 404, "{}")) && no(of("", 401, "{}"))
    );
    let known = "revoke-param = \"token\"\nerror.reconnect = [\"dead\"]\nerror.code = \"why\"\n";
    assert!(yes(of(known, 400, r#"{"why":"dead"}"#)) && no(of(known, 400, r#"{"why":"other"}"#)));
    let field = "ok-field = \"ok\"\n";
    assert!(yes(of(field, 200, r#"{"ok":true}"#)) && no(of(field, 200, r#"{"ok":false}"#)));
    assert!(yes(of(field, 401, r#"{"ok":false}"#)) && no(of(field, 401, r#"{"ok":true}"#)));
    let bearer = "revoke-auth = \"bearer\"\n";
    assert!(yes(of(bearer, 401, "{}")) && no(of(bearer, 404, "{}")) && no(of(bearer, 403, "{}")));
    assert!(yes(in_url(404)) && no(in_url(401)) && no(in_url(400)));
}

#[test]
fn an_access_token_that_had_ended_does_not_speak_for_the_refresh_token() {
    let dead = || [reply(401, r#"{"error":"invalid_token"}"#)];
    let of = |file: &str, change| {
        end(&Stage::new(&format!("{file}\nrevoke-url = \"BASE/revoke\"\n"), dead()), change)
    };
    let reauth = json!({"kind": "needs_reauth", "at": 1, "code": "x"});
    for file in ["revoke-auth = \"bearer\"", "revoke-param = \"access_token\""] {
        assert!(matches!(of(file, json!({})), Err(OauthError::Refused { .. })), "{file}");
        for nothing_left in [json!({"refresh_token": null}), json!({"trouble": reauth})] {
            assert_eq!(of(file, nothing_left).unwrap(), Revoked::Yes, "{file}");
        }
    }
    assert_eq!(of("", json!({})).unwrap(), Revoked::Yes, "it was the refresh token that was sent");
}

#[test]
fn an_outage_and_a_redirect_are_no_answer() {
    let of = |answer: String| end(&Stage::new("revoke-url = \"BASE/revoke\"", [answer]), json!({}));
    assert!(matches!(of(reply(503, "")), Err(OauthError::Unavailable { .. })));
    assert!(matches!(of(reply(429, "")), Err(OauthError::Unavailable { .. })));
    let elsewhere = of(reply_with(302, "location: https://evil.example/\r\n", ""));
    assert!(matches!(elsewhere, Err(OauthError::Unsafe(_))));
}

#[test]
fn a_refusal_is_in_the_servers_words_without_the_token() {
    let body = r#"{"error":"bad old-refresh","why":"old-refresh is not yours"}"#;
    let stage = Stage::new("revoke-url = \"BASE/revoke\"\nerror.message = \"why\"", [reply(400, body)]);
    let Err(OauthError::Refused { code, words, .. }) = end(&stage, json!({})) else { panic!() };
    assert_eq!((code.as_str(), words.as_str()), ("bad ***", "bad ***: *** is not yours"));
    let stage = Stage::new("revoke-url = \"BASE/revoke\"", [reply(418, "")]);
    assert!(matches!(end(&stage, json!({})), Err(OauthError::Refused { code, .. }) if code == "status 418"));
}
