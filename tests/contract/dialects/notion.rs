use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |status: u16, code: &str, message: &str| json!({"object": "error", "status": status, "code": code, "message": message, "request_id": "r"});
    let answer = json!({"access_token": "ACCESS", "token_type": "bearer", "refresh_token": "REFRESH", "bot_id": "b-1", "workspace_icon": null,
        "workspace_name": "Example Inc", "workspace_id": "w-1", "duplicated_template_id": null,
        "owner": {"type": "user", "user": {"object": "user", "id": "u-1"}}, "request_id": "r"});
    Dialect {
        name: "notion",
        browser: Some(Browser {
            authorize: "api.notion.com/v1/oauth/authorize",
            params: &[("owner", "user")],
            scope: None,
            pkce: false,
            redirect: &["http://localhost:53187/callback", "http://localhost:53287/callback"],
            token: "api.notion.com/v1/oauth/token",
            auth: Auth::Basic,
            json: true,
            answer: answer.clone(),
            renewed: answer,
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["ntn_abc", "secret_abc"],
            stranger: Some("abc_ntn"),
            authorization: "Bearer {token}",
            arguments: &[],
            me: None,
            warns: None,
        }),
        machine: None,
        arguments: &[],
        headers: &[("Notion-Version", "2025-09-03")],
        me: Me {
            at: "GET api.notion.com/v1/users/me",
            body: None,
            answer: json!({"object": "user", "id": "b-1", "type": "bot", "name": "integ", "bot": {"workspace_name": "Example Inc",
                "owner": {"type": "user", "user": {"object": "user", "id": "u-1", "person": {"email": "alice@example.com"}}}}}),
            id: "b-1",
            account: "alice@example.com",
            workspace: Some("Example Inc"),
        },
        others: vec![],
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            at: "POST api.notion.com/v1/oauth/revoke",
            auth: RevokeAuth::Client,
            param: Some(("token", true)),
            refresh_token: true,
            answer: (200, json!({"request_id": "r"})),
        }),
        introspect: Some(Introspect {
            at: "POST api.notion.com/v1/oauth/introspect",
            by_token: false,
            param: ("token", true),
            answer: json!({"active": "ACTIVE", "request_id": "r"}),
        }),
        codes: codes(&["unauthorized"], &["restricted_resource"], &["rate_limited", "service_overload"]),
        refusal: |code| (400, json!({"object": "error", "status": 400, "code": code, "message": "no"})),
        dead: (401, error(401, "unauthorized", "API token is invalid.")),
        limited: Limited {
            status: 529,
            headers: vec![("Retry-After", "35".into())],
            body: error(529, "service_overload", "overloaded"),
            after: Some(35),
        },
        refusals: vec![
            refusal(
                "capability",
                At::Api,
                403,
                error(403, "restricted_resource", "Insufficient permissions"),
                3,
                "lacks this capability",
            ),
            refusal(
                "api_shape_at_the_token_endpoint",
                At::Refresh,
                401,
                error(401, "unauthorized", "gone"),
                3,
                "gone",
            ),
        ],
    }
}
