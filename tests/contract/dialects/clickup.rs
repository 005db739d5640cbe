use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |code: &str, words: &str| json!({"err": words, "ECODE": code});
    Dialect {
        name: "clickup",
        browser: Some(Browser {
            authorize: "app.clickup.com/api",
            scope: None,
            pkce: false,
            redirect: &["http://localhost:53189/callback", "http://localhost:53289/callback"],
            untyped: true,
            token: "api.clickup.com/api/v2/oauth/token",
            answer: json!({"access_token": "ACCESS"}),
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["pk_123_ABCDEF"],
            stranger: Some("abc123"),
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
            at: "GET api.clickup.com/api/v2/user",
            body: None,
            answer: json!({"user": {"id": 183, "username": "Alice", "email": "alice@example.com", "color": "#fff"}}),
            id: "183",
            account: "alice@example.com",
            workspace: None,
        },
        others: vec![(
            "GET api.clickup.com/api/v2/team",
            json!({"teams": [{"id": "1", "name": "Example Inc"}]}),
        )],
        refresh: Refresh::Never,
        revoke: None,
        introspect: None,
        codes: codes(
            &["OAUTH_018", "OAUTH_019", "OAUTH_021", "OAUTH_025", "OAUTH_077"],
            &["OAUTH_023", "OAUTH_026", "OAUTH_027"],
            &[],
        )
        .and_missing((29..=45).map(|n| format!("OAUTH_0{n}"))),
        refusal: |code| (400, json!({"err": "no", "ECODE": code})),
        dead: (401, error("OAUTH_025", "Token not found")),
        limited: Limited {
            status: 429,
            headers: vec![
                ("X-RateLimit-Limit", "100".into()),
                ("X-RateLimit-Remaining", "0".into()),
                ("X-RateLimit-Reset", "EPOCH+40".into()),
            ],
            body: error("APP_002", "Rate limit reached"),
            after: Some(40),
        },
        also_limited: vec![],
        refusals: vec![
            refusal(
                "redirect",
                At::Code,
                400,
                error("OAUTH_007", "Redirect mismatch"),
                1,
                "redirect URI is not registered",
            ),
            refusal(
                "workspace",
                At::Api,
                401,
                error("OAUTH_027", "Team not authorized"),
                3,
                "not chosen in the consent page",
            ),
            refusal(
                "workspace_range",
                At::Api,
                401,
                error("OAUTH_041", "Team not authorized"),
                3,
                "OAUTH_041",
            ),
        ],
    }
}
