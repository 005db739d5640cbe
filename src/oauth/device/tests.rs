use super::*;
use crate::http::Budget;
use crate::http::scripted::{reply, reply_with, run};
use crate::oauth::stage::Stage;

const CODE: &str = r#"{"device_code":"dc-secret","user_code":"ABCD-EFGH",
    "verification_uri":"https://acme.example/device","expires_in":600,"interval":7}"#;
const TOKENS: &str = r#"{"access_token":"a","token_type":"Bearer"}"#;

fn server(stage: &Stage) -> Server {
    Server {
        device: Some(stage.server.url("device")),
        token: Some(stage.server.url("token")),
        ..Server::default()
    }
}

fn begin(stage: &Stage, scopes: &[&str]) -> Result<DeviceSignIn, OauthError> {
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    run(DeviceSignIn::begin(&stage.context(), &server(stage), &scopes))
}

fn begun(status: u16, body: &str) -> Result<DeviceSignIn, OauthError> {
    begin(&Stage::new("", [reply(status, body)]), &[])
}

fn refusal(outcome: Result<DeviceSignIn, OauthError>) -> OauthError {
    outcome.map(|_| "a sign-in").unwrap_err()
}

#[test]
fn a_code_is_asked_for_and_what_came_is_told() {
    let stage = Stage::new("resource = \"https://r.example\"\nscope-separator = \",\"", [reply(200, CODE)]);
    let signin = begin(&stage, &["a", "b"]).unwrap();
    let asked = stage.only();
    assert_eq!((asked.line.as_str(), asked.header("accept")), ("POST /device", "application/json"));
    let form = asked.form();
    assert_eq!(form["client_id"], "cid");
    assert_eq!(form["client_secret"], "s3cret-of-client");
    assert_eq!((form["scope"].as_str(), form["resource"].as_str()), ("a,b", "https://r.example"));
    assert_eq!(signin.user_code, "ABCD-EFGH");
    assert_eq!(signin.shortest_way().as_str(), "https://acme.example/device");
    assert_eq!(signin.pace.seconds(), 7);
    assert!((500..=600).contains(&signin.life().as_secs()), "{:?}", signin.life());
}

#[test]
fn nothing_is_asked_that_was_not_wanted() {
    let stage = Stage::new("scope-param = \"user_scope\"", [reply(200, CODE), reply(200, CODE)]).public();
    begin(&stage, &[]).unwrap();
    begin(&stage, &["a"]).unwrap();
    let [without, with] = &stage.server.asked()[..] else { panic!() };
    assert_eq!(without.body, "client_id=cid");
    assert_eq!(with.body, "client_id=cid&user_scope=a");
}

#[test]
fn an_answer_is_read_leniently_and_bounded() {
    let of = |life: &str, interval: &str| {
        let body = format!(
            r#"{{"device_code":"d","user_code":"u","verification_url":"https://acme.example/d"{life}{interval}}}"#
        );
        begun(200, &body).unwrap()
    };
    let longest = of("", "");
    assert!((800..=900).contains(&longest.life().as_secs()));
    assert_eq!(longest.pace.seconds(), 5);
    let bounded = of(r#","expires_in":86400"#, r#","interval":"8""#);
    assert!((800..=900).contains(&bounded.life().as_secs()));
    assert_eq!(bounded.pace.seconds(), 8);
    assert!((500..=600).contains(&of(r#","expires_in":"600""#, "").life().as_secs()));
    assert!((800..=900).contains(&of(r#","expires_in":[]"#, "").life().as_secs()));
    assert_eq!(of("", r#","interval":{}"#).pace.seconds(), 5);
}

#[test]
fn the_page_with_the_code_is_the_shortest_way_where_it_is_safe() {
    let of = |complete: &str| {
        let body = CODE.replace(
            "\"expires_in\"",
            &format!("\"verification_uri_complete\":\"{complete}\",\"expires_in\""),
        );
        begun(200, &body).unwrap().shortest_way().to_string()
    };
    assert_eq!(of("https://acme.example/device?c=1"), "https://acme.example/device?c=1");
    assert_eq!(of("javascript:alert(1)"), "https://acme.example/device");
    assert_eq!(of("http://acme.example/d"), "https://acme.example/device");
    for bad in ["http://acme.example/device", "nonsense", "file:///etc/passwd"] {
        let error = refusal(begun(200, &CODE.replace("https://acme.example/device", bad)));
        assert!(matches!(error, OauthError::Unsafe(_)), "{bad} {error:?}");
    }
}

/// What GitHub says with status 200 is a no like any other.
#[test]
fn a_refusal_is_told_apart_from_an_outage() {
    for status in [200, 400, 401] {
        let error = refusal(begun(status, r#"{"error":"unauthorized_client","error_description":"no"}"#));
        let OauthError::Refused { code, words, .. } = error else { panic!("{status} {error:?}") };
        assert_eq!((code.as_str(), words.as_str()), ("unauthorized_client", "unauthorized_client: no"));
    }
    for status in [408, 429, 500, 503] {
        let error = refusal(begun(status, "{}"));
        assert!(
            matches!(error, OauthError::Unavailable { refused: true, at: None, .. }),
            "{status} {error:?}"
        );
    }
    let stage = Stage::new("", [reply_with(429, "retry-after: 90\r\n", "")]);
    let error = refusal(begin(&stage, &[]));
    assert!(matches!(error.retry_after(), Some(30..=90)), "{error:?}");
    let silent = refusal(begun(404, "<html>"));
    assert!(matches!(&silent, OauthError::Refused { code, .. } if code == "no device code"), "{silent:?}");
    let fine = CODE.replace("\"expires_in\"", "\"error\":null,\"expires_in\"");
    assert!(begun(200, &fine).is_ok(), "no error is no error");
}

#[test]
fn what_is_no_code_is_a_broken_server() {
    for body in [r#"{"user_code":"u"}"#, "<html>"] {
        assert!(matches!(refusal(begun(200, body)), OauthError::Malformed(_)), "{body}");
    }
    let nowhere = Stage::new("", [""; 0]);
    let outcome = run(DeviceSignIn::begin(&nowhere.context(), &Server::default(), &[]));
    assert!(matches!(refusal(outcome), OauthError::Unsupported(_)));
}

#[test]
fn a_kept_sign_in_goes_on_where_it_was() {
    let body = CODE
        .replace("\"expires_in\"", "\"verification_uri_complete\":\"https://acme.example/c\",\"expires_in\"");
    let kept = serde_json::to_string(&begun(200, &body).unwrap().keep()).unwrap();
    let again = serde_json::from_str::<KeptDevice>(&kept).unwrap().resume(Duration::from_secs(100));
    assert_eq!((again.code.expose(), again.user_code.as_str()), ("dc-secret", "ABCD-EFGH"));
    assert_eq!((again.page.path(), again.shortest_way().path()), ("/device", "/c"));
    assert_eq!(again.pace.seconds(), 7);
    assert!((40..=100).contains(&again.life().as_secs()));
}

fn wait(answers: &[String], life: Duration) -> (Result<Tokens, OauthError>, Stage) {
    wait_with(Duration::from_millis(2), answers, life)
}

fn wait_with(interval: Duration, answers: &[String], life: Duration) -> (Result<Tokens, OauthError>, Stage) {
    let stage = Stage::new("", answers.iter().map(String::as_str));
    let signin = DeviceSignIn {
        code: Secret::new("dc-secret"),
        user_code: "U".into(),
        page: "https://acme.example/d".parse().unwrap(),
        page_with_code: None,
        ends: Instant::now() + life,
        pace: Pace::every(interval),
    };
    // Each question has its own time: a person takes longer than any request may.
    let spent = Context { budget: Budget::starting_now(Duration::ZERO), ..stage.context() };
    let outcome = run(signin.wait(&spent, &server(&stage)));
    (outcome, stage)
}

#[test]
fn it_is_asked_until_somebody_has_answered() {
    let (long, error) =
        (Duration::from_secs(60), |code: &str| reply(400, &format!(r#"{{"error":"{code}"}}"#)));
    let pending = || error("authorization_pending");
    let (outcome, stage) = wait(&[pending(), pending(), reply(200, TOKENS)], long);
    assert_eq!(outcome.unwrap().access_token.expose(), "a");
    assert_eq!(stage.server.asked().len(), 3);
    // A server that is down for a moment has not said no.
    let (outcome, _) = wait(&[reply(503, ""), reply(200, TOKENS)], long);
    assert!(outcome.is_ok());
    for code in ["expired_token", "token_expired", "code_expired"] {
        let (outcome, _) = wait(&[pending(), error(code)], long);
        assert!(matches!(outcome, Err(OauthError::TimedOut(_))), "{code}");
    }
    for code in ["access_denied", "authorization_declined"] {
        let (outcome, _) = wait(&[error(code)], long);
        assert!(matches!(outcome, Err(OauthError::Denied { .. })), "{code}");
    }
    let (outcome, _) = wait(&[error("invalid_grant")], long);
    assert!(matches!(outcome, Err(OauthError::Refused { .. })));
    let (outcome, stage) = wait(&[], Duration::ZERO);
    assert!(matches!(outcome, Err(OauthError::TimedOut(_))));
    assert!(stage.server.asked().is_empty(), "a dead code is not presented");
}

/// RFC 8628 knows no rule that a code must outlive its interval.
#[test]
fn a_code_that_dies_before_the_next_question_is_asked_about_once_more() {
    let (minute, little) = (Duration::from_secs(60), Duration::from_millis(1_050));
    let (outcome, stage) = wait_with(minute, &[reply(200, TOKENS)], little);
    assert_eq!(outcome.unwrap().access_token.expose(), "a");
    assert_eq!(stage.server.asked().len(), 1);
    let pending = reply(400, r#"{"error":"authorization_pending"}"#);
    let (outcome, stage) = wait_with(minute, &[pending, reply(200, TOKENS)], little);
    assert!(matches!(outcome, Err(OauthError::TimedOut(_))));
    assert_eq!(stage.server.asked().len(), 1, "it was the last time");
}
