use super::client::{CLIENT, post, refresh, sign_in, with_token};
use super::sandbox;

#[test]
fn refresh_tokens_rotate() {
    let sandbox = sandbox(true);
    let first = sign_in(&sandbox);
    let second = refresh(&sandbox, &first.text("refresh_token"));
    assert_eq!(second.outcome(), "200");
    assert_ne!(second.text("refresh_token"), first.text("refresh_token"));
    assert_ne!(second.text("access_token"), first.text("access_token"));
    assert_eq!(refresh(&sandbox, &second.text("refresh_token")).outcome(), "200");
    assert_eq!(with_token(&sandbox, "/me", &first.text("access_token")).status, 200);
}

#[test]
fn using_a_spent_token_ends_the_family() {
    let sandbox = sandbox(true);
    let first = sign_in(&sandbox);
    let other = sign_in(&sandbox);
    let second = refresh(&sandbox, &first.text("refresh_token"));
    assert_eq!(refresh(&sandbox, &first.text("refresh_token")).outcome(), "400 invalid_grant");
    assert_eq!(refresh(&sandbox, &second.text("refresh_token")).outcome(), "400 invalid_grant");
    assert_eq!(with_token(&sandbox, "/me", &second.text("access_token")).outcome(), "401 invalid_token");
    assert_eq!(
        refresh(&sandbox, &other.text("refresh_token")).outcome(),
        "200",
        "another sign-in is not touched"
    );
}

#[test]
fn a_refresh_may_narrow_but_not_widen() {
    let sandbox = sandbox(true);
    let token = sign_in(&sandbox).text("refresh_token");
    let ask = |scope| {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("refresh_token", &token),
            ("scope", scope),
        ];
        post(&sandbox, "/token", &form)
    };
    assert_eq!(ask("profile tasks.write").outcome(), "400 invalid_scope");
    let narrow = ask("profile");
    assert_eq!(narrow.text("scope"), "profile");
    let items = with_token(&sandbox, "/api/items", &narrow.text("access_token"));
    assert_eq!(items.outcome(), "403 insufficient_scope");
    assert!(items.header("www-authenticate").unwrap().contains("insufficient_scope"));
    assert_eq!(
        refresh(&sandbox, &narrow.text("refresh_token")).text("scope"),
        "profile items.read calendars.read"
    );
}

#[test]
fn access_expires_and_refresh_cures_it() {
    let sandbox = sandbox(true);
    let first = sign_in(&sandbox);
    post(&sandbox, "/_sandbox/advance?seconds=3600", &[]);
    assert_eq!(with_token(&sandbox, "/me", &first.text("access_token")).outcome(), "401 invalid_token");
    let second = refresh(&sandbox, &first.text("refresh_token"));
    assert_eq!(with_token(&sandbox, "/me", &second.text("access_token")).status, 200);
    sandbox.expire();
    assert_eq!(with_token(&sandbox, "/me", &second.text("access_token")).outcome(), "401 invalid_token");
}

#[test]
fn either_token_revokes_everything() {
    let sandbox = sandbox(true);
    for kind in ["access_token", "refresh_token"] {
        let answer = sign_in(&sandbox);
        let form = [("client_id", CLIENT), ("token", &answer.text(kind)), ("token_type_hint", kind)];
        assert_eq!(post(&sandbox, "/revoke", &form).status, 200);
        assert_eq!(with_token(&sandbox, "/me", &answer.text("access_token")).status, 401);
        assert_eq!(refresh(&sandbox, &answer.text("refresh_token")).outcome(), "400 invalid_grant");
        assert_eq!(post(&sandbox, "/revoke", &form).status, 200, "revoking twice is fine");
    }
    assert_eq!(post(&sandbox, "/revoke", &[("client_id", CLIENT)]).outcome(), "400 invalid_request");
    assert_eq!(post(&sandbox, "/revoke", &[("token", "x")]).outcome(), "401 invalid_client");
}

#[test]
fn a_person_who_forgets_the_app_ends_their_own_sign_ins_only() {
    let sandbox = sandbox(true);
    let answer = sign_in(&sandbox);
    sandbox.forget("bob@sandbox.example");
    assert_eq!(with_token(&sandbox, "/me", &answer.text("access_token")).status, 200);
    sandbox.forget("alice@sandbox.example");
    assert_eq!(with_token(&sandbox, "/me", &answer.text("access_token")).status, 401);
    assert_eq!(refresh(&sandbox, &answer.text("refresh_token")).outcome(), "400 invalid_grant");
}

#[test]
fn introspection_tells_what_a_token_is_worth() {
    let sandbox = sandbox(true);
    let answer = sign_in(&sandbox);
    let ask = |token: &str| post(&sandbox, "/introspect", &[("client_id", CLIENT), ("token", token)]).json();
    let access = ask(&answer.text("access_token"));
    assert_eq!((&access["active"], &access["username"]), (&true.into(), &"alice@sandbox.example".into()));
    assert_eq!(ask(&answer.text("refresh_token"))["active"], true);
    refresh(&sandbox, &answer.text("refresh_token"));
    assert_eq!(ask(&answer.text("refresh_token"))["active"], false, "spent");
    assert_eq!(ask("unknown")["active"], false);
}
