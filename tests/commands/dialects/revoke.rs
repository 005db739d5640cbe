//! Revocation in each provider's own shape.

use super::*;

const SECRET: &str = "CANARY-secret";

fn connected(desk: &Desk, more: &str) -> Home {
    let home = Home::new();
    home.provider("x", &file(desk, more));
    home.run_with_input(&["setup", "x", "--client-id", "c/1", "--client-secret-stdin"], SECRET).expect(0);
    sign_in(&home, &["x"]).0.expect(0);
    home
}

fn disconnect(home: &Home, desk: &Desk) -> Asked {
    let ended = home.run(&["-vv", "disconnect", "x", "--yes", "--json"]).expect(0).without("CANARY");
    assert_eq!(ended.json()["disconnected"][0]["revoked"], true);
    desk.last()
}

fn basic() -> String {
    use base64::Engine;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("c%2F1:{SECRET}")))
}

#[test]
fn github_deletes_with_a_body() {
    let desk = desk(json!({"access_token": "CANARY-at", "token_type": "bearer"}));
    let url = desk.url.clone();
    let more = format!(
        "api-url = \"{url}\"\nrevoke-url = \"{url}/applications/{{client-id}}/grant\"\nrevoke-method = \"DELETE\"\n\
         revoke-auth = \"basic\"\nrevoke-body = \"json\"\nrevoke-param = \"access_token\""
    );
    let home = connected(&desk, &more);
    let asked = disconnect(&home, &desk);
    assert!(asked.is("DELETE", "/applications/c%2F1/grant"), "{asked:?}");
    assert_eq!(asked.header("authorization"), Some(basic().as_str()));
    assert_eq!(asked.json(), json!({"access_token": "CANARY-at"}));
}

#[test]
fn zoom_wants_it_in_the_query() {
    let desk = desk(tokens());
    let url = desk.url.clone();
    let more = format!(
        "api-url = \"{url}\"\nclient-auth = \"basic\"\nrevoke-url = \"{url}/revoke?token={{token}}\"\nrevoke-body = \"none\""
    );
    let home = connected(&desk, &more);
    let asked = disconnect(&home, &desk);
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/revoke?token=CANARY-at"));
    assert_eq!((asked.header("authorization"), asked.body.as_str()), (Some(basic().as_str()), ""));
}

#[test]
fn trello_wants_it_in_the_path_and_no_log_shows_it() {
    let desk = Desk::open(|_| answer(200, "{}"));
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "x",
        &format!(
            "title = \"T\"\napi-url = \"{url}\"\nauthorization = \"OAuth t={{token}}\"\nrevoke-method = \"DELETE\"\n\
             revoke-auth = \"bearer\"\nrevoke-body = \"none\"\nrevoke-url = \"{url}/tokens/{{token}}\"\n"
        ),
    );
    home.paste("x", "CANARY/t?");
    let asked = disconnect(&home, &desk);
    assert!(asked.is("DELETE", "/tokens/CANARY%2Ft%3F"), "{asked:?}");
    assert_eq!(asked.header("authorization"), Some("OAuth t=CANARY/t?"));
}

#[test]
fn a_token_that_is_gone_already_is_revoked() {
    let desk = Desk::open(|_| answer(404, "invalid token"));
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "x",
        &format!(
            "title = \"T\"\napi-url = \"{url}\"\nrevoke-method = \"DELETE\"\nrevoke-auth = \"bearer\"\n\
             revoke-body = \"none\"\nrevoke-url = \"{url}/tokens/{{token}}\"\n"
        ),
    );
    home.paste("x", "CANARY-t");
    disconnect(&home, &desk);
}

/// Its sign-in gives an access token that has ended when it is to be revoked; `renewed`: what the refresh comes to.
fn ended_token(renewed: (u16, Value)) -> (Desk, Home) {
    let desk = Desk::open(move |asked| {
        let is_dead = asked.header("authorization") == Some("Bearer CANARY-at");
        match asked.target.as_str() {
            "/token" if asked.body.contains("refresh_token") => answer(renewed.0, renewed.1.to_string()),
            "/token" => answer(
                200,
                json!({"access_token": "CANARY-at", "token_type": "Bearer",
                "refresh_token": "CANARY-rt", "expires_in": 1})
                .to_string(),
            ),
            "/revoke" if is_dead => answer(200, r#"{"ok":false,"error":"token_expired"}"#),
            _ => answer(200, r#"{"ok":true}"#),
        }
    });
    let url = desk.url.clone();
    let more = format!(
        "api-url = \"{url}\"\nok-field = \"ok\"\nrevoke-url = \"{url}/revoke\"\nrevoke-auth = \"bearer\"\n\
         refresh = \"rotating\"\n[error]\ncode = \"error\"\nreconnect = [\"token_expired\"]"
    );
    let home = connected(&desk, &more);
    // It lives for a second.
    std::thread::sleep(std::time::Duration::from_secs(2));
    (desk, home)
}

#[test]
fn slack_revokes_with_an_access_token_that_is_renewed_first() {
    let fresh = json!({"ok": true, "access_token": "CANARY-at2", "token_type": "Bearer", "refresh_token": "CANARY-rt2", "expires_in": 3600});
    let (desk, home) = ended_token((200, fresh));
    let asked = disconnect(&home, &desk);
    assert_eq!(asked.header("authorization"), Some("Bearer CANARY-at2"));
}

#[test]
fn what_cannot_be_renewed_is_not_called_revoked() {
    let (desk, home) = ended_token((503, json!({})));
    let kept = home.run(&["disconnect", "x", "--yes"]).expect(4);
    assert!(kept.stderr.contains("x was kept") && kept.stderr.contains("--force"), "{}", kept.stderr);
    assert_eq!(desk.count("POST", "/revoke"), 0);
    let gone = home.run(&["disconnect", "x", "--yes", "--force", "--json"]).expect(0).json();
    assert_eq!(gone["disconnected"][0]["revoked"], false);
}

#[test]
fn a_refresh_token_that_was_refused_needs_no_end() {
    let (desk, home) = ended_token((400, json!({"error": "invalid_grant"})));
    disconnect(&home, &desk);
}

#[test]
fn the_rfc_is_still_the_usual_shape() {
    let desk = desk(tokens());
    let url = desk.url.clone();
    let home = connected(&desk, &format!("api-url = \"{url}\"\nrevoke-url = \"{url}/revoke\""));
    let asked = disconnect(&home, &desk);
    let expected =
        format!("token=CANARY-rt&token_type_hint=refresh_token&client_id=c%2F1&client_secret={SECRET}");
    assert_eq!(asked.body, expected);
}

#[test]
fn without_a_way_a_person_is_shown_where() {
    for (more, page) in [
        ("manage-url = \"https://x.example/apps\"", "https://x.example/apps"),
        (
            "manage-url = \"https://x.example/{client-id}\"\nrevoke-auth = \"basic\"\nrevoke-url = \"https://x.example/revoke\"",
            "https://x.example/cid",
        ),
    ] {
        let desk = desk(tokens());
        let home = Home::new();
        let own = format!("api-url = \"{}\"\n{more}", desk.url);
        home.provider("x", &file(&desk, &own));
        sign_in(&home, &["x"]).0.expect(0);
        sign_in(&home, &["x/b"]).0.expect(0);
        let document = home.run(&["disconnect", "x", "--yes", "--json"]).expect(0).json();
        assert_eq!(document["disconnected"][0]["revoked"], Value::Null);
        assert_eq!(document["disconnected"][0]["manage_url"], page);
        let ended = home.run(&["disconnect", "x/b", "--yes"]).expect(0);
        assert!(ended.stderr.contains(page), "{}", ended.stderr);
        assert_eq!(desk.count("POST", "/revoke"), 0);
    }
}
