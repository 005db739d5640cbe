use serde_json::json;

use super::*;
use crate::http::Budget;
use crate::http::scripted::{Asked, reply, run};
use crate::oauth::stage::{Stage, grant, provider};
use crate::vault::Secret;

/// `cid:s3cret-of-client`
const BASIC: &str = "Basic Y2lkOnMzY3JldC1vZi1jbGllbnQ=";

/// What comes of asking with this `[introspect]`, and what was asked.
fn ask_with(
    head: &str,
    shape: &str,
    answer: (u16, &str),
    client: bool,
) -> (Result<Introspection, String>, Asked) {
    let file = format!("api-url = \"BASE/api\"\n{head}\n[introspect]\n{shape}");
    let stage = Stage::new(&file, [reply(answer.0, answer.1)]);
    let token = Secret::new("the-token");
    let api = Api {
        provider: &stage.provider,
        http: &stage.http,
        token: &token,
        authorization: None,
        named_base: None,
        budget: Budget::starting_now(stage.http.limits().deadline),
    };
    let shape = stage.provider.introspect.as_ref().unwrap();
    let told = run(introspect(&api, shape, client.then_some(&stage.client)));
    (told, stage.only())
}

fn ask(shape: &str, status: u16, body: &str) -> Result<Introspection, String> {
    ask_with("", &format!("url = \"BASE/introspect\"\n{shape}"), (status, body), true).0
}

#[test]
fn a_living_token_is_described() {
    let now = clock::now();
    let body =
        json!({"active": true, "exp": now + 600, "scope": "a b", "user": "ada", "org": {"name": "Acme"}});
    let told = ask("account = \"user\"\nworkspace = \"org.name\"", 200, &body.to_string()).unwrap();
    assert!(told.ended.is_none());
    assert_eq!(told.expires_at, Some(now + 600));
    assert_eq!(told.scopes, Some(vec!["a".into(), "b".into()]));
    assert_eq!((told.account.as_deref(), told.workspace.as_deref()), (Some("ada"), Some("Acme")));
}

#[test]
fn a_dead_token_is_told_from_a_question_that_failed() {
    let told = ask("", 200, r#"{"active":false}"#).unwrap();
    assert!(told.ended.is_some());
    let told = ask("active = \"valid\"", 200, r#"{"valid":false,"active":true}"#).unwrap();
    assert!(told.ended.is_some(), "the provider's own field counts");
    assert!(ask("", 200, r#"{"active":"yes"}"#).unwrap().ended.is_none());
    let error = ask("", 401, r#"{"active":false}"#).unwrap_err();
    assert_eq!(error, "status 401: no reason given");
    assert_eq!(ask("", 200, "<html>").unwrap_err(), "the answer is not JSON (status 200)");
    let with_field = |body: &str| {
        let head = "ok-field = \"ok\"\n[error]\nmessage = \"why\"\n";
        ask_with(head, "url = \"BASE/introspect\"\nactive = \"ok\"", (200, body), true).0
    };
    assert!(with_field(r#"{"ok":false,"why":"revoked"}"#).unwrap().ended.is_some(), "that is the answer");
    let (told, _) = ask_with(
        "ok-field = \"ok\"\n[error]\nmessage = \"why\"\n",
        "url = \"BASE/introspect\"",
        (200, r#"{"ok":false,"why":"the-token is odd"}"#),
        true,
    );
    assert_eq!(told.unwrap_err(), "status 200: *** is odd", "and what was sent is not repeated");
}

#[test]
fn only_an_end_that_lies_ahead_says_something() {
    let of = |shape: &str, body: serde_json::Value| {
        let shape: Introspect = toml::from_str(shape).unwrap();
        read(&shape, &body, None).expires_at
    };
    let now = clock::now();
    let near = |told: Option<i64>, expected: i64| told.is_some_and(|at| (0..=30).contains(&(at - expected)));
    assert!(near(of("expires-in = \"ttl\"", json!({"ttl": 600})), now + 600));
    assert!(
        near(of("expires-in = \"ttl\"", json!({"ttl": 1000, "exp": now + 600})), now + 600),
        "`exp` first"
    );
    assert!(near(of("expires-at = \"end\"", json!({"end": now + 60, "exp": now + 600})), now + 60));
    let century = 100 * 365 * 86_400;
    assert!(near(of("", json!({"exp": now + century - 60})), now + century - 60));
    for nothing in [
        json!({"exp": 0}),
        json!({"exp": now - 1}),
        json!({"exp": now + century + 60}),
        json!({"exp": (now + 60) * 1000}),
        json!({"exp": "soon"}),
        json!({}),
        json!({"ttl": 0}),
        json!({"ttl": -600}),
    ] {
        assert_eq!(of("expires-in = \"ttl\"", nothing.clone()), None, "{nothing}");
    }
}

#[test]
fn what_is_empty_names_nobody() {
    let shape: Introspect = toml::from_str("account = \"a\"\nworkspace = \"w\"\nscopes = \"s\"").unwrap();
    let told = read(&shape, &json!({"a": " ", "w": "", "s": ["x"], "scope": "y"}), None);
    assert_eq!((told.account, told.workspace, told.scopes), (None, None, Some(vec!["x".into()])));
}

/// Who asks, by which proof, and where the token stands in the request.
#[test]
fn the_question_is_put_as_the_provider_file_says() {
    let of = |head: &str, shape: &str, client: bool| {
        let shape = format!("url = \"BASE/i/{{client-id}}\"\n{shape}");
        ask_with(head, &shape, (200, r#"{"active":true}"#), client).1
    };
    let shown = |asked: &Asked| format!("{}|{}|{}", asked.line, asked.header("authorization"), asked.body);
    let both = "token=the-token&client_id=cid&client_secret=s3cret-of-client";
    for (head, shape, client, expected) in [
        ("", "", true, format!("POST /i/cid||{both}")),
        ("client-auth = \"basic\"", "", true, format!("POST /i/cid|{BASIC}|token=the-token")),
        ("client-auth = \"none\"", "", true, "POST /i/cid||token=the-token&client_id=cid".into()),
        ("", "auth = \"basic\"", true, format!("POST /i/cid|{BASIC}|token=the-token")),
        ("", "method = \"GET\"", true, format!("GET /i/cid?token=the-token|{BASIC}|")),
        ("", "body = \"none\"", true, format!("POST /i/cid?token=the-token|{BASIC}|")),
        ("", "param = \"t\"", false, "POST /i/||t=the-token".into()),
        ("", "auth = \"none\"", true, "POST /i/cid||token=the-token".into()),
        ("", "auth = \"bearer\"", true, "POST /i/cid|Bearer the-token|token=the-token".into()),
        ("", "auth = \"none\"\nbody = \"json\"", true, r#"POST /i/cid||{"token":"the-token"}"#.into()),
        ("token-body = \"json\"", "auth = \"none\"", true, r#"POST /i/cid||{"token":"the-token"}"#.into()),
        (
            "token-body = \"json\"",
            "auth = \"none\"\nbody = \"form\"",
            true,
            "POST /i/cid||token=the-token".into(),
        ),
    ] {
        assert_eq!(shown(&of(head, shape, client)), expected, "{head} {shape}");
    }
    let asked = of("api-headers = { x-version = \"7\" }", "", true);
    assert_eq!((asked.header("x-version"), asked.header("accept")), ("7", "application/json"));
}

#[test]
fn a_path_is_below_the_api() {
    let (told, asked) = ask_with("", "url = \"/who\"\nauth = \"bearer\"", (200, "{}"), false);
    assert!(told.is_ok());
    assert_eq!(asked.line, "POST /api/who");
    let (told, asked) = ask_with("", "url = \"/who\"", (200, "{}"), true);
    assert!(told.is_ok());
    assert_eq!(asked.line, "POST /api/who");
}

#[test]
fn a_gap_is_what_could_be_told_and_is_not_known() {
    let full = json!({"verified": true, "scopes": ["a"], "identity": {"id": null, "account": "a", "workspace": "w"}});
    let gaps = |shape: &str, change: serde_json::Value| {
        let mut text = full.clone();
        text.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        has_gaps(&provider(shape), &grant(text))
    };
    let all = "[introspect]\naccount = \"a\"\nworkspace = \"w\"\nscopes = \"s\"";
    let nobody = json!({"identity": {"id": null, "account": null, "workspace": "w"}});
    let nowhere = json!({"identity": {"id": null, "account": "a", "workspace": null}});
    for (shape, change, expected) in [
        (all, json!({}), false),
        (all, json!({"verified": false}), true),
        (all, json!({"expires_at": null}), true),
        (all, json!({"scopes": []}), true),
        (all, nobody.clone(), true),
        (all, nowhere.clone(), true),
        ("[introspect]", json!({"scopes": []}), false),
        ("[introspect]", nobody, false),
        ("[introspect]", nowhere, false),
        ("", json!({"verified": false}), false),
    ] {
        assert_eq!(gaps(shape, change.clone()), expected, "{shape} {change}");
    }
}

#[test]
fn a_grant_learns_what_it_does_not_know_better() {
    let told = |change: serde_json::Value| Introspection {
        ended: None,
        expires_at: change["at"].as_i64(),
        scopes: change["scopes"]
            .as_array()
            .map(|list| list.iter().map(|s| s.as_str().unwrap().to_owned()).collect()),
        account: change["account"].as_str().map(str::to_owned),
        workspace: change["workspace"].as_str().map(str::to_owned),
    };
    // A life that was told stands, unless the token dies a minute before it.
    for (known, at, expected) in [
        (json!(2_000), 1_939, 1_939),
        (json!(2_000), 1_940, 2_000),
        (json!(2_000), 3_000, 2_000),
        (json!(null), 3_000, 3_000),
    ] {
        let mut grant = grant(json!({"expires_at": known, "verified": true}));
        let changed = grant.learn(&told(json!({"at": at})));
        assert_eq!((grant.expires_at, changed), (Some(expected), json!(expected) != known), "{known} {at}");
    }
    let known = json!({"verified": true, "scopes": ["a"], "identity": {"id": null, "account": "ada", "workspace": null}});
    for (change, expected) in [
        (json!({}), false),
        (json!({"scopes": ["a"], "account": "eve"}), false),
        (json!({"scopes": ["b"]}), true),
        (json!({"workspace": "Acme"}), true),
    ] {
        let mut grant = grant(known.clone());
        assert_eq!(grant.learn(&told(change.clone())), expected, "{change}");
        assert_eq!(grant.identity.account.as_deref(), Some("ada"), "what is known stays");
        assert_eq!(grant.identity.workspace.as_deref(), change["workspace"].as_str());
    }
    let mut unverified = grant(json!({"identity": {"id": null, "account": "ada", "workspace": null}}));
    assert!(!unverified.learn(&told(json!({"workspace": null}))) && !unverified.verified);
    assert!(unverified.learn(&told(json!({"account": "ada"}))) && unverified.verified);
}

/// With the client's proof the question goes where the provider file says; the token as its own proof stays with the API.
#[test]
fn a_token_that_proves_itself_goes_to_the_api_alone() {
    let of = |auth: &str| {
        let file = format!(
            "api-url = \"https://api.acme.example\"\n[introspect]\nurl = \"BASE/introspect\"\nauth = \"{auth}\""
        );
        let stage = Stage::new(&file, [reply(200, r#"{"active":true}"#)]);
        let grant = grant(json!({}));
        let api = Api::new(
            &stage.provider,
            &stage.http,
            &grant,
            Budget::starting_now(stage.http.limits().deadline),
        );
        let told = run(introspect(&api, stage.provider.introspect.as_ref().unwrap(), Some(&stage.client)));
        (told.is_ok(), stage.server.asked().len())
    };
    for auth in ["client", "basic", "none"] {
        assert_eq!(of(auth), (true, 1), "{auth}");
    }
    assert_eq!(of("bearer"), (false, 0));
}
