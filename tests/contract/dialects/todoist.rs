use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |status: u16, tag: &str, words: &str| json!({"error": words, "error_code": 477, "error_extra": {}, "error_tag": tag, "http_code": status});
    Dialect {
        name: "todoist",
        browser: Some(Browser {
            authorize: "todoist.com/oauth/authorize",
            scope: Some(("scope", ",")),
            scopes: &["data:read_write"],
            redirect: &["http://localhost:53194/callback"],
            token: "todoist.com/oauth/access_token",
            answer: json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "REFRESH"}),
            renewed: json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "REFRESH"}),
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["0123456789abcdef"],
            stranger: None,
            authorization: "Bearer {token}",
            arguments: &[],
            me: None,
            warns: None,
        }),
        machine: None,
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[],
        me: Me {
            at: "GET api.todoist.com/api/v1/user",
            body: None,
            answer: json!({"id": "2671355", "email": "alice@example.com", "full_name": "Alice"}),
            id: "2671355",
            account: "alice@example.com",
            workspace: None,
        },
        others: vec![(
            "GET api.todoist.com/api/v1/projects?limit=1",
            json!({"results": [], "next_cursor": null}),
        )],
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            at: "POST todoist.com/oauth/revoke",
            auth: RevokeAuth::Basic,
            param: Some(("token", false)),
            refresh_token: true,
            answer: (200, json!({})),
        }),
        introspect: None,
        codes: codes(&["401", "403"], &[], &[]),
        refusal: |code| (400, json!({"error": "no", "http_code": code.parse::<u16>().unwrap()})),
        dead: (401, error(401, "UNAUTHORIZED", "Unauthorized")),
        limited: Limited {
            status: 429,
            headers: vec![],
            body: json!({"error": "Too many requests", "error_extra": {"retry_after": 17}, "error_tag": "LIMITS_REACHED", "http_code": 429}),
            after: Some(17),
        },
        also_limited: vec![],
        refusals: vec![
            refusal("forbidden", At::Api, 403, error(403, "FORBIDDEN", "Forbidden"), 3, "Forbidden"),
            refusal(
                "code",
                At::Code,
                400,
                json!({"error": "bad_authorization_code"}),
                1,
                "bad_authorization_code",
            ),
            refusal(
                "refresh",
                At::Refresh,
                400,
                oauth("invalid_grant", "the refresh token was used"),
                3,
                "was used",
            ),
            refusal(
                "other",
                At::Api,
                400,
                error(400, "ARGUMENT_INVALID", "Invalid argument value"),
                1,
                "Invalid argument value",
            ),
        ],
    }
}
