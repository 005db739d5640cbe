use ::http::HeaderMap;

use super::*;
use crate::http::scripted::{client, reply, run};
use crate::oauth::stage::{Stage, provider};

const AT: &str = "https://as.example/token";

fn read(file: &str, status: u16, headers: &[(&'static str, &str)], body: &str) -> Result<String, OauthError> {
    let (http, provider) = (client(), provider(file));
    let dialect = Dialect {
        http: &http,
        provider: &provider,
        budget: Budget::starting_now(std::time::Duration::ZERO),
        client_secret: None,
    };
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.into() };
    let sent = [Zeroizing::new("hunter2-hunter2".to_owned())];
    let answer = dialect.read(&answer, &AT.parse().unwrap(), &sent)?;
    assert_eq!(answer.status().as_u16(), status);
    Ok(String::from_utf8(answer.into_body()).unwrap())
}

#[test]
fn a_redirect_is_never_followed_and_its_host_is_named() {
    for (location, expected) in [("https://evil.example/x", "evil.example"), ("/other", "as.example")] {
        let error = read("", 307, &[("location", location)], "").unwrap_err();
        assert!(matches!(&error, OauthError::Elsewhere { to, .. } if to == expected), "{error:?}");
    }
    assert!(matches!(read("", 302, &[], ""), Err(OauthError::Elsewhere { .. })));
}

#[test]
fn nothing_said_is_passed_on_as_nothing() {
    assert_eq!(read("", 204, &[], "").unwrap(), "");
    assert_eq!(read("", 204, &[], "<p>").unwrap(), "", "204 has no body, whatever comes");
    assert_eq!(read("", 200, &[], "").unwrap(), "");
}

#[test]
fn what_is_no_document_is_a_page_or_nonsense() {
    let html = [("content-type", "text/html; charset=utf-8")];
    let page = read("", 200, &html, "<html>").unwrap_err();
    assert!(matches!(page, OauthError::Page { status: 200, .. }), "{page:?}");
    for (headers, body) in [
        (&[][..], "<html>"),
        (&[("content-type", "application/json")], "{"),
        (&[], "[]"),
        (&[], "\"text\""),
        (&[], r#"{"access_token":"a","access_token":"b"}"#),
    ] {
        let error = read("", 200, headers, body).unwrap_err();
        assert!(matches!(error, OauthError::Malformed(_)), "{body} {error:?}");
        assert!(error.to_string().contains("(status 200)"), "{error}");
    }
    assert!(read("", 200, &[], r#"{"a":{"b":1,"b":2}}"#).is_ok(), "only the top level is ours");
}

#[test]
fn a_refusal_is_one_by_status_by_field_or_by_code() {
    let refused = |file: &str, status, body: &str| match read(file, status, &[], body) {
        Err(OauthError::Refused { code, words, .. }) => format!("{code}|{words}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("", 400, r#"{"error":"invalid_grant"}"#), "invalid_grant|invalid_grant");
    assert_eq!(refused("", 200, r#"{"error":"bad","error_description":"d"}"#), "bad|bad: d");
    let slack = "ok-field = \"ok\"\n[error]\ncode = \"why\"";
    assert_eq!(refused(slack, 200, r#"{"ok":false,"why":"token_revoked"}"#), "token_revoked|token_revoked");
    assert!(read(slack, 200, &[], r#"{"ok":true,"why":"x","access_token":"a"}"#).is_ok());
    assert!(read("", 200, &[], r#"{"error":null,"access_token":"a"}"#).is_ok());
    for body in [r#"{}"#, r#"{"message":"no"}"#] {
        assert!(
            matches!(read("", 400, &[], body), Err(OauthError::Malformed(_))),
            "no code, no refusal: {body}"
        );
    }
    let echo = refused("", 400, r#"{"error":"bad","error_description":"code hunter2-hunter2 is old"}"#);
    assert_eq!(echo, "bad|bad: code *** is old", "what was sent does not come back");
}

#[test]
fn slow_down_says_how_slow() {
    let of = |body| read("", 400, &[], body).unwrap_err();
    assert!(matches!(of(r#"{"error":"slow_down"}"#), OauthError::SlowDown { interval: None }));
    assert!(matches!(
        of(r#"{"error":"slow_down","interval":9}"#),
        OauthError::SlowDown { interval: Some(9) }
    ));
}

#[test]
fn nested_tokens_win_and_what_surrounds_them_stays() {
    let of = |body: &str| -> Value {
        serde_json::from_str(&read("token-at = \"user\"", 200, &[], body).unwrap()).unwrap()
    };
    let both = of(r#"{"access_token":"bot","team":"T","user":{"access_token":"person","id":"U"}}"#);
    assert_eq!(both, json!({"access_token": "person", "team": "T", "id": "U"}));
    assert_eq!(of(r#"{"access_token":"bot","user":{"id":"U"}}"#), json!({"access_token": "bot"}));
    assert_eq!(of(r#"{"access_token":"bot"}"#), json!({"access_token": "bot"}));
}

#[test]
fn an_address_of_the_api_does_not_repeat_what_was_sent() {
    let file = "api-url-at = \"base\"";
    let body = read(file, 200, &[], r#"{"access_token":"a","base":"https://x.example/hunter2-hunter2"}"#);
    assert_eq!(body.unwrap(), r#"{"access_token":"a","base":"https://x.example/***"}"#);
}

#[test]
fn who_asks_to_come_later_is_believed_and_invalid_grant_is_final() {
    let of = |file: &str, status: u16, headers: &[(&'static str, &str)], body: &str| match read(
        file, status, headers, body,
    ) {
        Err(OauthError::Unavailable { status, at, refused, .. }) => Some((status, at.is_some(), refused)),
        _ => None,
    };
    let limited = "[error]\nrate-limited = [\"slow\"]";
    for (file, status, body, expected) in [
        ("", 429, "{}", Some((429, false, true))),
        ("", 503, "", Some((503, false, true))),
        ("", 500, "", Some((500, false, false))),
        ("", 502, "<p>", Some((502, false, false))),
        ("", 408, "", Some((408, false, false))),
        ("", 425, "", Some((425, false, false))),
        ("", 499, r#"{"error":"x"}"#, None),
        ("", 400, r#"{"error":"slow"}"#, None),
        (limited, 400, r#"{"error":"slow"}"#, Some((429, false, true))),
        (limited, 200, r#"{"error":"slow"}"#, Some((429, false, true))),
        ("[error]\nrate-limited = [\"invalid_grant\"]", 400, r#"{"error":"invalid_grant"}"#, None),
    ] {
        assert_eq!(of(file, status, &[], body), expected, "{status} {body}");
    }
    assert_eq!(of("", 503, &[("retry-after", "60")], ""), Some((503, true, true)));
}

#[test]
fn a_form_becomes_json_where_the_provider_wants_that() {
    let stage = Stage::new("token-body = \"json\"\napi-headers = { x-version = \"7\" }", [reply(200, "{}")]);
    let request = Request::new(::http::Method::POST, stage.server.url("token"))
        .form(&[("grant_type", "refresh_token"), ("refresh_token", "a b&c")]);
    run(stage.context().dialect().send(request)).unwrap();
    let asked = stage.only();
    assert_eq!(asked.body, r#"{"grant_type":"refresh_token","refresh_token":"a b&c"}"#);
    assert_eq!((asked.header("content-type"), asked.header("x-version")), ("application/json", "7"));
}

#[test]
fn what_is_sent_in_confidence_is_known_in_both_shapes() {
    let stage = Stage::new("", [""; 0]);
    let json = Stage::new("token-body = \"json\"", [""; 0]);
    let of = |stage: &Stage, body: &str| -> Vec<String> {
        let context = stage.context();
        context.dialect().secrets_of(body.as_bytes()).iter().map(|text| text.to_string()).collect()
    };
    let form =
        "grant_type=refresh_token&client_id=cid&scope=a&redirect_uri=u&token_type_hint=h&refresh_token=r+1";
    assert_eq!(of(&stage, form), ["r 1", "s3cret-of-client"]);
    assert_eq!(of(&json, r#"{"grant_type":"x","code":"c","n":7}"#), ["c", "s3cret-of-client"]);
    assert_eq!(of(&stage.public(), "code=c"), ["c"]);
}
