//! Dynamic client registration (RFC 7591): where a server offers it, a person needs no console.

use ::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{Client, OauthError, Server};
use crate::http::{self, Budget, Request};
use crate::output::sanitise;
use crate::providers::ClientAuth;
use crate::vault::Secret;

/// The client, and when its secret ends (Unix seconds).
#[derive(Debug)]
pub(crate) struct Registered {
    pub client: Client,
    /// How it authenticates from now on.
    pub auth: ClientAuth,
    pub secret_expires_at: Option<i64>,
}

#[derive(Deserialize)]
struct Answer {
    client_id: Option<String>,
    client_secret: Option<Secret>,
    client_secret_expires_at: Option<i64>,
    redirect_uris: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
}

/// Registers a native client with these redirect URIs, a public one where the server takes that. What the server
/// changes is honoured if the sign-in can work with it, and refused otherwise.
pub(crate) async fn register(
    http: &http::Client,
    endpoint: &Url,
    server: &Server,
    redirect_uris: &[String],
    scopes: &[String],
    budget: Budget,
) -> Result<Registered, OauthError> {
    let host = endpoint.host_str().unwrap_or_default();
    let mut grant_types = vec!["authorization_code", "refresh_token"];
    if server.device.is_some() {
        grant_types.push("urn:ietf:params:oauth:grant-type:device_code");
    }
    // A resource's own scopes need not be the server's to list, and some servers refuse what they do not list.
    let all_known = server.scopes.is_empty() || scopes.iter().all(|scope| server.scopes.contains(scope));
    let scope = (all_known && !scopes.is_empty()).then(|| scopes.join(" "));
    let mut wanted = json!({
        "client_name": "integ",
        "application_type": "native",
        "redirect_uris": redirect_uris,
        "grant_types": grant_types,
        "response_types": ["code"],
        "token_endpoint_auth_method": method(server)?,
    });
    if let (Some(scope), Some(wanted)) = (scope, wanted.as_object_mut()) {
        wanted.insert("scope".into(), scope.into());
    }
    let request =
        Request::new(Method::POST, endpoint.clone()).header("accept", "application/json").json(&wanted);
    let answer = http.send(request, budget.left()).await?;
    let status = answer.status;
    if status.is_redirection() {
        return Err(OauthError::Unsafe(format!(
            "the registration endpoint of {host} redirects; that is never followed"
        )));
    }
    if let Some(later) = OauthError::not_now(host, &answer) {
        return Err(later);
    }
    if !status.is_success() {
        let why = refusal(status, &answer.json().unwrap_or_default());
        return Err(OauthError::NotRegistered(format!("{host} registers no client: {why}")));
    }
    let answer = serde_json::from_slice(&answer.body)
        .map_err(|_| OauthError::NotRegistered(format!("what {host} answers to a registration is none")))?;
    accept(answer, host, server, redirect_uris)
}

/// A native client keeps no secret, so `none` goes before the others.
fn method(server: &Server) -> Result<&'static str, OauthError> {
    const KNOWN: [&str; 3] = ["none", "client_secret_basic", "client_secret_post"];
    let Some(offered) = &server.auth_methods else { return Ok("none") };
    KNOWN.into_iter().find(|known| offered.iter().any(|method| method == known)).ok_or_else(|| {
        let issuer = server.issuer.as_deref().unwrap_or_default();
        OauthError::Unsupported(format!("{issuer} wants clients that sign with a key of their own"))
    })
}

fn refusal(status: StatusCode, body: &Value) -> String {
    let text = |name: &str| sanitise::excerpt(body.get(name).and_then(Value::as_str).unwrap_or_default());
    match (text("error"), text("error_description")) {
        (code, _) if code.is_empty() => match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "only those it knows may register".to_owned(),
            _ => format!("status {}", status.as_u16()),
        },
        (code, words) if words.is_empty() => code,
        (code, words) => format!("{code}: {words}"),
    }
}

fn accept(
    answer: Answer,
    host: &str,
    server: &Server,
    redirect_uris: &[String],
) -> Result<Registered, OauthError> {
    let refuse = |what: &str| Err(OauthError::Unsafe(format!("{host} registered {what}")));
    let sound = |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    let Some(id) = answer.client_id.filter(|id| sound(id)) else {
        return Err(OauthError::NotRegistered(format!("{host} registered a client without an id")));
    };
    let kept = |uris: &Vec<String>| redirect_uris.iter().all(|wanted| uris.contains(wanted));
    if answer.redirect_uris.is_some_and(|uris| !kept(&uris)) {
        return refuse("another redirect URI");
    }
    let secret = answer.client_secret.filter(|secret| !secret.expose().is_empty());
    let auth = match (answer.token_endpoint_auth_method.as_deref(), &secret) {
        // A secret that came unasked is used: a server that gives one may want to see it.
        (None | Some("none"), _) => server.client_auth(secret.is_some())?,
        (Some("client_secret_basic"), Some(_)) => ClientAuth::Basic,
        (Some("client_secret_post"), Some(_)) => ClientAuth::Body,
        (Some("client_secret_basic" | "client_secret_post"), None) => {
            return refuse("a client that needs a secret, and gave none");
        }
        (Some(_), _) => return refuse("another way to authenticate"),
    };
    if secret.as_ref().is_some_and(|secret| secret.expose().chars().any(char::is_control)) {
        return refuse("a secret that cannot be sent");
    }
    // 0: never (RFC 7591 §3.2.1).
    let ends = answer.client_secret_expires_at.filter(|at| secret.is_some() && *at != 0);
    if ends.is_some_and(|at| at <= crate::clock::now()) {
        return refuse("a secret that has expired already");
    }
    Ok(Registered { client: Client { id, secret }, auth, secret_expires_at: ends })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "http://127.0.0.1:4/callback";

    fn of(body: Value) -> Result<Registered, OauthError> {
        let answer = serde_json::from_value(body).map_err(|e| OauthError::NotRegistered(e.to_string()))?;
        accept(answer, "as.example", &Server::default(), &[URI.to_owned()])
    }

    #[test]
    fn what_the_server_adds_is_honoured() {
        assert!(of(json!({"client_id": "c"})).unwrap().client.secret.is_none());
        let given = of(json!({"client_id": "c", "client_secret": "s", "client_secret_expires_at": 0,
            "token_endpoint_auth_method": "client_secret_post", "redirect_uris": [URI, "http://x.example/"]}));
        assert!(given.is_ok_and(|r| r.secret_expires_at.is_none() && r.auth == ClientAuth::Body));
        let ends = crate::clock::now() + 60;
        let given = of(json!({"client_id": "c", "client_secret": "s", "client_secret_expires_at": ends}));
        assert_eq!(given.unwrap().secret_expires_at, Some(ends));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for bad in [
            json!({}),
            json!([]),
            json!({"client_id": ""}),
            json!({"client_id": null}),
            json!({"client_id": 7}),
            json!({"client_id": "a b"}),
            json!({"client_id": "a\u{1b}[2J"}),
            json!({"client_id": "c", "redirect_uris": []}),
            json!({"client_id": "c", "redirect_uris": ["http://127.0.0.1:5/callback"]}),
            json!({"client_id": "c", "redirect_uris": "http://127.0.0.1:4/callback"}),
            json!({"client_id": "c", "token_endpoint_auth_method": "private_key_jwt"}),
            json!({"client_id": "c", "token_endpoint_auth_method": "client_secret_basic"}),
            json!({"client_id": "c", "client_secret": "a\nb"}),
            json!({"client_id": "c", "client_secret": "s", "client_secret_expires_at": 1}),
            json!({"client_id": "c", "client_secret": "s", "client_secret_expires_at": -1}),
            json!({"client_id": "c", "client_secret": "s", "client_secret_expires_at": "soon"}),
        ] {
            assert!(of(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_words() {
        let of = |status, body: Value| refusal(status, &body);
        assert_eq!(
            of(StatusCode::BAD_REQUEST, json!({"error": "invalid_redirect_uri"})),
            "invalid_redirect_uri"
        );
        assert_eq!(of(StatusCode::BAD_REQUEST, json!({"error": "a", "error_description": "b"})), "a: b");
        assert_eq!(of(StatusCode::UNAUTHORIZED, json!(null)), "only those it knows may register");
        assert_eq!(of(StatusCode::NOT_FOUND, json!({"error": {"no": 1}})), "status 404");
    }

    const GOOD: &str = r#"{"client_id":"new-client"}"#;

    fn ask(server: &Server, scopes: &[&str], answer: String) -> (Result<Registered, OauthError>, Value) {
        use crate::http::scripted::{Scripted, client, run};
        let scripted = Scripted::new([answer]);
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let (http, endpoint) = (client(), scripted.url("register"));
        let budget = Budget::starting_now(http.limits().deadline);
        let outcome = run(register(&http, &endpoint, server, &[URI.to_owned()], &scopes, budget));
        let asked = scripted.only();
        assert_eq!((asked.line.as_str(), asked.header("accept")), ("POST /register", "application/json"));
        (outcome, serde_json::from_str(&asked.body).unwrap())
    }

    #[test]
    fn a_native_client_is_registered() {
        use crate::http::scripted::reply;
        let server = Server { device: "https://as.example/d".parse().ok(), ..Server::default() };
        let (registered, asked) = ask(&server, &["a", "b"], reply(201, GOOD));
        assert_eq!(registered.unwrap().client.id, "new-client");
        let device = "urn:ietf:params:oauth:grant-type:device_code";
        let expected = json!({
            "client_name": "integ",
            "application_type": "native",
            "redirect_uris": [URI],
            "grant_types": ["authorization_code", "refresh_token", device],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "scope": "a b",
        });
        assert_eq!(asked, expected);
        // What the server does not list may be refused, so nothing is said of it.
        let listing = Server { scopes: vec!["a".into()], ..Server::default() };
        for (scopes, expected) in [(&["a"][..], json!("a")), (&["a", "b"], Value::Null), (&[], Value::Null)] {
            let (_, asked) = ask(&listing, scopes, reply(201, GOOD));
            assert_eq!(asked["scope"], expected);
            assert_eq!(asked["grant_types"], json!(["authorization_code", "refresh_token"]));
        }
    }

    #[test]
    fn every_answer_but_a_registration_is_an_error_of_its_kind() {
        use crate::http::scripted::{reply, reply_with};
        let of = |answer| ask(&Server::default(), &[], answer).0.unwrap_err();
        let redirected = of(reply_with(302, "location: https://evil.example/\r\n", ""));
        assert!(matches!(redirected, OauthError::Unsafe(_)), "{redirected:?}");
        assert!(matches!(of(reply(503, "")), OauthError::Unavailable { .. }));
        let refused = of(reply(400, r#"{"error":"invalid_client_metadata"}"#));
        assert_eq!(refused.to_string(), "127.0.0.1 registers no client: invalid_client_metadata");
        assert!(matches!(of(reply(200, "<html>")), OauthError::NotRegistered(_)));
    }

    #[test]
    fn the_way_to_authenticate_is_the_safest_that_is_offered() {
        let of = |offered: Option<&[&str]>| {
            let auth_methods = offered.map(|list| list.iter().map(|m| (*m).to_owned()).collect());
            method(&Server { auth_methods, ..Server::default() }).ok()
        };
        assert_eq!(of(None), Some("none"));
        assert_eq!(of(Some(&["client_secret_post", "none"])), Some("none"));
        assert_eq!(of(Some(&["client_secret_post", "client_secret_basic"])), Some("client_secret_basic"));
        assert_eq!(of(Some(&["client_secret_post"])), Some("client_secret_post"));
        assert_eq!(of(Some(&["private_key_jwt"])), None);
    }

    #[test]
    fn a_secret_is_used_as_the_server_says() {
        let with = |method: Value, secret: &str| {
            of(json!({"client_id": "c", "client_secret": secret, "token_endpoint_auth_method": method}))
        };
        for (method, secret, expected) in [
            (json!("client_secret_basic"), "s", ClientAuth::Basic),
            (json!("client_secret_post"), "s", ClientAuth::Body),
            (json!("none"), "s", ClientAuth::Basic),
            (json!(null), "s", ClientAuth::Basic),
            (json!("none"), "", ClientAuth::None),
        ] {
            let registered = with(method.clone(), secret).unwrap();
            assert_eq!(registered.auth, expected, "{method} {secret}");
            assert_eq!(registered.client.secret.is_some(), !secret.is_empty());
        }
        assert!(with(json!("client_secret_post"), "").is_err());
        // The end of a secret that there is not.
        let given = of(json!({"client_id": "c", "client_secret": "", "client_secret_expires_at": 1}));
        assert_eq!(given.unwrap().secret_expires_at, None);
        let now = crate::clock::now();
        assert!(
            of(json!({"client_id": "c", "client_secret": "s", "client_secret_expires_at": now})).is_err()
        );
    }

    #[test]
    fn a_refusal_without_words_says_what_is_known() {
        let of = |status, body: Value| refusal(status, &body);
        assert_eq!(of(StatusCode::FORBIDDEN, json!({})), "only those it knows may register");
        assert_eq!(of(StatusCode::FORBIDDEN, json!({"error": "x"})), "x");
        assert_eq!(of(StatusCode::IM_A_TEAPOT, json!({"error_description": "b"})), "status 418");
    }
}
