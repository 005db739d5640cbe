use super::*;
use crate::http::scripted::{reply, run};
use crate::oauth::stage::Stage;

const TOKENS: &str = r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r"}"#;
const FILE: &str = "resource = \"https://r.example\"\ntoken-params = { access_type = \"offline\" }\n";
/// `cid:s3cret-of-client`
const BASIC: &str = "Basic Y2lkOnMzY3JldC1vZi1jbGllbnQ=";

fn code(stage: &Stage, verifier: Option<&str>) -> Result<Tokens, OauthError> {
    let verifier = verifier.map(|text| PkceCodeVerifier::new(text.to_owned()));
    let (token, code) = (stage.server.url("token"), Secret::new("the-code"));
    run(stage.context().exchange_code(&token, &code, "http://127.0.0.1:4/callback", verifier))
}

fn refresh(stage: &Stage, resource: Option<&str>) -> Result<Tokens, OauthError> {
    run(stage.context().refresh(&stage.server.url("token"), &Secret::new("the-refresh"), resource))
}

#[test]
fn a_code_is_presented_with_all_that_belongs_to_it() {
    let stage = Stage::new(FILE, [reply(200, TOKENS)]);
    assert_eq!(code(&stage, Some("the-verifier")).unwrap().access_token.expose(), "a");
    let form = stage.only().form();
    for (name, expected) in [
        ("grant_type", "authorization_code"),
        ("code", "the-code"),
        ("redirect_uri", "http://127.0.0.1:4/callback"),
        ("code_verifier", "the-verifier"),
        ("resource", "https://r.example"),
        ("access_type", "offline"),
        ("client_id", "cid"),
        ("client_secret", "s3cret-of-client"),
    ] {
        assert_eq!(form.get(name).map(String::as_str), Some(expected), "{name}");
    }
    let stage = Stage::new("", [reply(200, TOKENS)]);
    code(&stage, None).unwrap();
    let form = stage.only().form();
    assert!(!form.contains_key("code_verifier") && !form.contains_key("resource"));
}

#[test]
fn a_refresh_says_for_what_it_is_and_no_more() {
    let stage = Stage::new(FILE, [reply(200, TOKENS), reply(200, TOKENS)]);
    assert_eq!(refresh(&stage, Some("https://r.example")).unwrap().refresh_token, Some(Secret::new("r")));
    refresh(&stage, None).unwrap();
    let [with, without] = [0, 1].map(|at| stage.server.asked()[at].form());
    assert_eq!(
        (with["grant_type"].as_str(), with["refresh_token"].as_str()),
        ("refresh_token", "the-refresh")
    );
    assert_eq!((with["resource"].as_str(), with["access_type"].as_str()), ("https://r.example", "offline"));
    assert!(!without.contains_key("resource"));
}

/// By Basic, in the body, or not at all: for the library's requests and for ours.
#[test]
fn the_client_proves_itself_as_the_provider_wants_it() {
    for (auth, header, in_body) in [("basic", BASIC, false), ("body", "", true), ("none", "", false)] {
        let file = format!("client-auth = \"{auth}\"");
        let stage = Stage::new(&file, [reply(200, TOKENS), reply(200, TOKENS)]);
        refresh(&stage, None).unwrap();
        let asked = run(stage.context().exchange_device_code(&stage.server.url("token"), &Secret::new("dc")));
        assert!(matches!(asked, Ok(Polled::Tokens(_))), "{auth}");
        for asked in stage.server.asked() {
            assert_eq!(asked.header("authorization"), header, "{auth}");
            assert_eq!(asked.form().contains_key("client_secret"), in_body, "{auth}");
        }
    }
    let stage = Stage::new("client-auth = \"body\"", [reply(200, TOKENS)]).public();
    refresh(&stage, None).unwrap();
    assert!(!stage.only().form().contains_key("client_secret"), "there is none");
}

#[test]
fn a_question_of_the_device_flow_has_four_answers() {
    let ask = |status, body: &str| {
        let stage = Stage::new("resource = \"https://r.example\"", [reply(status, body)]);
        let polled =
            run(stage.context().exchange_device_code(&stage.server.url("token"), &Secret::new("dc")));
        (polled, stage.only().form())
    };
    let (polled, form) = ask(200, TOKENS);
    assert!(matches!(polled, Ok(Polled::Tokens(tokens)) if tokens.access_token.expose() == "a"));
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!((form["device_code"].as_str(), form["client_id"].as_str()), ("dc", "cid"));
    assert_eq!(form["resource"], "https://r.example");
    assert!(matches!(ask(400, r#"{"error":"authorization_pending"}"#).0, Ok(Polled::Pending)));
    let slow = ask(400, r#"{"error":"slow_down","interval":9}"#).0;
    assert!(matches!(slow, Ok(Polled::TooFast { interval: Some(9) })));
    assert!(matches!(ask(400, r#"{"error":"access_denied"}"#).0, Err(OauthError::Refused { .. })));
    assert!(matches!(ask(200, "{}").0, Err(OauthError::Malformed(_))));
}

#[test]
fn what_is_no_token_answer_is_not_quoted() {
    for body in [r#"{"token":"hunter2-hunter2"}"#, r#"{"access_token":["hunter2-hunter2"]}"#] {
        let error = code(&Stage::new("", [reply(200, body)]), None).unwrap_err();
        assert!(matches!(error, OauthError::Malformed(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    let error = refresh(&Stage::new("", [reply(400, r#"{"error":"invalid_grant"}"#)]), None).unwrap_err();
    assert!(
        matches!(&error, OauthError::Refused { code, title, .. } if code == "invalid_grant" && title == "Acme")
    );
    let stage = Stage::new("", [""; 0]);
    let outcome =
        run(stage.context().exchange_code(&stage.server.url("token"), &Secret::new("c"), "no url", None));
    assert!(matches!(outcome, Err(OauthError::Unsafe(_))));
}

#[test]
fn a_request_of_our_own_is_read_like_the_librarys() {
    let ask = |status, body: &str| {
        let stage = Stage::new("", [reply(status, body)]);
        let request = Request::new(::http::Method::POST, stage.server.url("token"));
        run(stage.context().token_answer(request)).and_then(|answer| answer.accept(&stage.provider))
    };
    assert_eq!(ask(200, TOKENS).unwrap().access_token.expose(), "a");
    assert!(matches!(ask(200, "{}"), Err(OauthError::Malformed(_))));
    assert!(matches!(ask(401, r#"{"error":"invalid_client"}"#), Err(OauthError::Refused { .. })));
    assert!(matches!(ask(204, ""), Err(OauthError::Malformed(_))), "no token, no answer");
    assert!(matches!(ask(400, ""), Err(OauthError::Malformed(_))));
}
