use serde_json::{Value, json};

use super::client::{Reply, authorize, exchange, get, post, send};
use super::{Sandbox, sandbox};

fn register(sandbox: &Sandbox, body: &Value) -> Reply {
    send(sandbox, "POST", "/register", &[("Content-Type", "application/json")], &body.to_string())
}

#[test]
fn every_endpoint_can_be_found() {
    let sandbox = sandbox(true);
    for path in ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"] {
        let document = get(&sandbox, path).json();
        assert_eq!(document["issuer"], sandbox.url());
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        for (key, url) in document.as_object().unwrap().iter().filter(|(key, _)| key.ends_with("_endpoint")) {
            let target = url.as_str().unwrap().strip_prefix(sandbox.url()).unwrap();
            assert_ne!(get(&sandbox, target).status, 404, "{key}");
        }
    }
}

#[test]
fn a_registered_client_can_sign_in() {
    let sandbox = sandbox(true);
    let asked = json!({
        "client_name": "<b>Own</b>",
        "redirect_uris": ["http://localhost/back"],
        "token_endpoint_auth_method": "none",
    });
    let reply = register(&sandbox, &asked);
    assert_eq!(reply.status, 201);
    assert_eq!(reply.json()["grant_types"], json!(["authorization_code"]));
    let id = reply.text("client_id");
    let redirect = "http://localhost:4711/back";
    let own =
        [("client_id", id.as_str()), ("redirect_uri", redirect), ("scope", "openid email"), ("nonce", "n-1")];
    let code = authorize(&sandbox, &own).returned("code").unwrap();
    let answer = exchange(&sandbox, &code, &own[..2]);
    assert_eq!(answer.outcome(), "200");
    assert_eq!(answer.text("refresh_token"), "", "it did not register for refreshing");
    assert_eq!(answer.text("id_token").split('.').count(), 3);
    let other = authorize(&sandbox, &[]).returned("code").unwrap();
    assert_eq!(
        exchange(&sandbox, &other, &own[..1]).outcome(),
        "400 invalid_grant",
        "a code of another client"
    );
    let form = [("client_id", id.as_str()), ("grant_type", "refresh_token"), ("refresh_token", "x")];
    assert_eq!(post(&sandbox, "/token", &form).outcome(), "400 unauthorized_client");
}

#[test]
fn only_public_native_clients_can_register() {
    let sandbox = sandbox(true);
    let good = json!({ "redirect_uris": ["http://127.0.0.1/x"], "token_endpoint_auth_method": "none" });
    assert_eq!(register(&sandbox, &good).status, 201);
    for (key, value, outcome) in [
        ("token_endpoint_auth_method", Value::Null, "400 invalid_client_metadata"),
        ("application_type", json!("web"), "400 invalid_client_metadata"),
        ("grant_types", json!(["password"]), "400 invalid_client_metadata"),
        ("grant_types", json!("refresh_token"), "400 invalid_client_metadata"),
        ("response_types", json!(["token"]), "400 invalid_client_metadata"),
        ("redirect_uris", json!([]), "400 invalid_redirect_uri"),
        ("redirect_uris", json!(["https://example.com/"]), "400 invalid_redirect_uri"),
    ] {
        let mut asked = good.clone();
        asked[key] = value;
        assert_eq!(register(&sandbox, &asked).outcome(), outcome, "{asked}");
    }
}

#[test]
fn the_provider_file_leads_here() {
    let sandbox = sandbox(true);
    let file = sandbox.provider_file();
    for line in file.lines().filter(|line| line.contains("-url ")) {
        let url = line.split('"').nth(1).unwrap();
        let target = url.strip_prefix(sandbox.url()).unwrap();
        assert_ne!(get(&sandbox, if target.is_empty() { "/" } else { target }).status, 404, "{line}");
    }
}
