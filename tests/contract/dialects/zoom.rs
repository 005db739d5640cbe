use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let answer = json!({"access_token": "ACCESS", "token_type": "bearer", "refresh_token": "REFRESH", "expires_in": 3599,
        "scope": "meeting:write:meeting user:read:user", "api_url": "https://api.zoom.us"});
    Dialect {
        name: "zoom",
        browser: Some(Browser {
            authorize: "zoom.us/oauth/authorize",
            scope: None,
            redirect: &["http://localhost:53196/callback"],
            token: "zoom.us/oauth/token",
            auth: Auth::Basic,
            answer: answer.clone(),
            renewed: answer,
            ..Browser::default()
        }),
        device: None,
        paste: None,
        machine: None,
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[],
        me: Me {
            at: "GET api.zoom.us/v2/users/me",
            body: None,
            answer: json!({"id": "KDcuGIm1QgePTO8WbOqwIQ", "email": "alice@example.com", "display_name": "Alice", "account_id": "a-1"}),
            id: "KDcuGIm1QgePTO8WbOqwIQ",
            account: "alice@example.com",
            workspace: Some("a-1"),
        },
        others: vec![],
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            at: "POST zoom.us/oauth/revoke?token={token}",
            auth: RevokeAuth::Client,
            param: None,
            refresh_token: false,
            answer: (200, json!({"status": "success"})),
        }),
        introspect: None,
        codes: codes(&["124"], &[], &[]),
        refusal: |code| (400, json!({"code": code.parse::<u32>().unwrap(), "message": "no"})),
        dead: (401, json!({"code": 124, "message": "Invalid access token."})),
        limited: retry_after(
            10,
            429,
            json!({"code": 429, "message": "You have reached the maximum per-second rate limit"}),
        ),
        also_limited: vec![],
        refusals: vec![
            refusal(
                "refresh",
                At::Refresh,
                400,
                json!({"reason": "Invalid Token!", "error": "invalid_grant"}),
                3,
                "Invalid Token",
            ),
            refusal(
                "scope",
                At::Api,
                400,
                json!({"code": 4711, "message": "Invalid access token, does not contain scopes:[user:read:user]."}),
                1,
                "does not contain scopes",
            ),
            refusal(
                "code",
                At::Code,
                400,
                json!({"reason": "Invalid authorization code", "error": "invalid_request"}),
                1,
                "Invalid authorization code",
            ),
        ],
    }
}
