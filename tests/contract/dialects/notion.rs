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
        elsewhere: &[],
        nowhere: &[],
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
        also_limited: vec![Limited {
            status: 429,
            headers: vec![],
            body: json!({"object": "error", "status": 429, "code": "rate_limited", "message": "slow", "additional_data": {"rate_limit_reason": "public_api_request_rate_limit", "retry_after": "21"}}),
            after: Some(21),
        }],
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
            refusal(
                "oauth_shape_at_the_token_endpoint",
                At::Refresh,
                400,
                oauth("invalid_grant", "Invalid refresh token."),
                3,
                "Invalid refresh token",
            ),
            refusal("code", At::Code, 400, oauth("invalid_grant", "Invalid code."), 1, "Invalid code"),
            refusal(
                "client",
                At::Code,
                401,
                oauth("invalid_client", "Client not found"),
                1,
                "integ setup notion",
            ),
            refusal(
                "other",
                At::Api,
                400,
                error(400, "validation_error", "body failed validation"),
                1,
                "body failed validation",
            ),
        ],
    }
}
