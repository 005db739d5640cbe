use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |message: &str| json!({"errors": [{"message": message, "help": "For more…"}]});
    Dialect {
        name: "asana",
        browser: Some(Browser {
            authorize: "app.asana.com/-/oauth_authorize",
            scopes: &[
                "users:read",
                "projects:read",
                "workspaces:read",
                "tags:read",
                "tasks:read",
                "tasks:write",
            ],
            redirect: &["urn:ietf:wg:oauth:2.0:oob"],
            token: "app.asana.com/-/oauth_token",
            answer: json!({"access_token": "ACCESS", "expires_in": 3600, "token_type": "bearer", "refresh_token": "REFRESH",
                "data": {"id": 4673218951u64, "gid": "4673218951", "name": "Alice", "email": "alice@example.com"}}),
            renewed: json!({"access_token": "ACCESS", "expires_in": 3600, "token_type": "bearer",
                "data": {"id": 4673218951u64, "gid": "4673218951"}}),
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["2/12345/67890:abcdef"],
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
            at: "GET app.asana.com/api/1.0/users/me",
            body: None,
            answer: json!({"data": {"gid": "4673218951", "name": "Alice", "email": "alice@example.com",
                "workspaces": [{"gid": "1", "name": "Example Inc"}]}}),
            id: "4673218951",
            account: "alice@example.com",
            workspace: Some("Example Inc"),
        },
        others: vec![("GET app.asana.com/api/1.0/workspaces?limit=1", json!({"data": []}))],
        refresh: Refresh::Stays,
        revoke: Some(Revoke {
            at: "POST app.asana.com/-/oauth_revoke",
            auth: RevokeAuth::Client,
            param: Some(("token", false)),
            refresh_token: true,
            answer: (200, json!({})),
        }),
        introspect: None,
        codes: codes(&[], &[], &[]),
        refusal: |code| (400, json!({"errors": [{"message": code}]})),
        dead: (401, error("Not Authorized")),
        limited: retry_after(30, 429, error("You have made too many requests recently.")),
        also_limited: vec![],
        refusals: vec![
            refusal("paid", At::Api, 402, error("Payment Required"), 1, "Payment Required"),
            refusal(
                "code",
                At::Code,
                400,
                oauth("invalid_grant", "The code was used before"),
                1,
                "used before",
            ),
            refusal("forbidden", At::Api, 403, error("Forbidden"), 3, "Forbidden"),
            refusal(
                "refresh",
                At::Refresh,
                400,
                oauth("invalid_grant", "The refresh token is no longer valid"),
                3,
                "no longer valid",
            ),
            refusal(
                "client",
                At::Refresh,
                401,
                oauth("invalid_client", "The client secret is wrong"),
                1,
                "integ setup asana",
            ),
        ],
    }
}
