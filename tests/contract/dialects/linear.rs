use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |code: &str, words: &str| json!({"errors": [{"message": words, "extensions": {"code": code, "type": "x", "userPresentableMessage": words}}]});
    Dialect {
        name: "linear",
        browser: Some(Browser {
            authorize: "linear.app/oauth/authorize",
            scope: Some(("scope", ",")),
            scopes: &["read", "write"],
            redirect: &["http://localhost:53193/callback", "http://localhost:53293/callback"],
            secret: Secret::Optional,
            token: "api.linear.app/oauth/token",
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["lin_api_abc"],
            stranger: Some("abc_lin_api"),
            authorization: "{token}",
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
            at: "POST api.linear.app/graphql",
            body: Some(json!({"query": "{viewer{id name email} organization{id name urlKey}}"})),
            answer: json!({"data": {"viewer": {"id": "u-1", "name": "Alice", "email": "alice@example.com"},
                "organization": {"id": "o-1", "name": "Example Inc", "urlKey": "example"}}}),
            id: "u-1",
            account: "alice@example.com",
            workspace: Some("Example Inc"),
        },
        others: vec![],
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            at: "POST api.linear.app/oauth/revoke",
            auth: RevokeAuth::Token,
            param: None,
            refresh_token: false,
            answer: (200, json!({})),
        }),
        introspect: None,
        codes: codes(&["AUTHENTICATION_ERROR"], &[], &["RATELIMITED"]),
        refusal: |code| (200, json!({"errors": [{"message": "no", "extensions": {"code": code}}]})),
        dead: (401, error("AUTHENTICATION_ERROR", "Authentication required")),
        limited: Limited {
            status: 400,
            headers: vec![
                ("X-RateLimit-Requests-Remaining", "0".into()),
                ("X-RateLimit-Requests-Reset", "EPOCH-MS+30".into()),
            ],
            body: error("RATELIMITED", "Rate limit exceeded"),
            after: Some(30),
        },
        also_limited: vec![],
        refusals: vec![
            refusal(
                "other",
                At::Api,
                400,
                error("INPUT_ERROR", "Argument Validation Error"),
                1,
                "Argument Validation Error",
            ),
            refusal(
                "with_200",
                At::Api,
                200,
                json!({"data": null, "errors": [{"message": "no", "extensions": {"code": "AUTHENTICATION_ERROR", "userPresentableMessage": "You need to authenticate"}}]}),
                3,
                "You need to authenticate",
            ),
            refusal(
                "code",
                At::Code,
                400,
                oauth("invalid_grant", "authorization code is invalid"),
                1,
                "code is invalid",
            ),
        ],
    }
}
