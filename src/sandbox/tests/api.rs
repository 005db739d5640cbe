use super::client::{get, send, sign_in, with_token};
use super::sandbox;

#[test]
fn a_token_is_needed() {
    let sandbox = sandbox(true);
    let without = get(&sandbox, "/me");
    assert_eq!(without.status, 401);
    assert_eq!(without.header("www-authenticate"), Some("Bearer realm=\"sandbox\""));
    let wrong = with_token(&sandbox, "/me", "sandbox-at-made-up");
    assert_eq!(wrong.outcome(), "401 invalid_token");
    assert!(wrong.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
    let refresh_token = sign_in(&sandbox).text("refresh_token");
    assert_eq!(with_token(&sandbox, "/me", &refresh_token).status, 401, "a refresh token is no access token");
}

#[test]
fn pages_lead_to_the_end() {
    let sandbox = sandbox(true);
    let token = sign_in(&sandbox).text("access_token");
    let (mut target, mut ids, mut pages) = ("/api/items".to_owned(), Vec::new(), 0);
    loop {
        let reply = with_token(&sandbox, &target, &token);
        let page = reply.json();
        pages += 1;
        ids.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert_eq!(reply.header("link"), None);
            break;
        };
        let next = format!("/api/items?limit=10&cursor={cursor}");
        assert_eq!(reply.header("link").unwrap(), format!("<{}{next}>; rel=\"next\"", sandbox.url()));
        target = next;
    }
    assert_eq!((pages, ids.len()), (3, 25));
    assert_eq!(ids.last().unwrap(), "item-25");
    assert_eq!(with_token(&sandbox, "/api/items/item-25", &token).text("title"), "Item 25");
    for (target, outcome) in [
        ("/api/items?cursor=25", "400 invalid_cursor"),
        ("/api/items?cursor=after-99", "400 invalid_cursor"),
        ("/api/items?limit=0", "400 invalid_request"),
        ("/api/items/item-26", "404 not_found"),
        ("/nowhere", "404 not_found"),
    ] {
        assert_eq!(with_token(&sandbox, target, &token).outcome(), outcome);
    }
}

#[test]
fn the_echo_tells_what_arrived_but_for_the_token() {
    let sandbox = sandbox(true);
    let token = format!("Bearer {}", sign_in(&sandbox).text("access_token"));
    let headers = [("Authorization", token.as_str()), ("X-Extra", "1"), ("Content-Type", "application/json")];
    let reply = send(&sandbox, "PUT", "/api/echo?a=b", &headers, "{\"k\":[1]}");
    let echo = reply.json();
    assert_eq!(echo["method"], "PUT");
    assert_eq!(echo["query"], serde_json::json!([["a", "b"]]));
    assert_eq!(echo["headers"]["x-extra"], "1");
    assert_eq!(echo["body"]["k"][0], 1);
    assert!(!reply.body.contains("sandbox-at-"));
    let text = send(&sandbox, "POST", "/api/echo", &headers, "plain");
    assert_eq!(text.text("body"), "plain");
}
