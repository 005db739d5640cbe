use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let unauthorized = json!({"code": 401, "message": "Unauthorized"});
    Dialect {
        name: "jira",
        browser: Some(Browser {
            authorize: "auth.atlassian.com/authorize",
            params: &[("audience", "api.atlassian.com"), ("prompt", "consent")],
            scopes: &["offline_access", "read:jira-user", "read:jira-work", "write:jira-work"],
            pkce: false,
            redirect: &["http://localhost:53195/callback"],
            token: "auth.atlassian.com/oauth/token",
            json: true,
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["ATATT3xFfGF0"],
            stranger: None,
            authorization: "Basic alice@example.com:{token}",
            arguments: &["--option", "domain=acme", "--option", "email=alice@example.com"],
            me: Some("GET acme.atlassian.net/rest/api/3/myself"),
            warns: None,
        }),
        machine: None,
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[],
        me: Me {
            at: "GET api.atlassian.com/ex/jira/cloud-1/rest/api/3/myself",
            body: None,
            answer: json!({"accountId": "5b10a284", "displayName": "Alice", "emailAddress": "alice@example.com"}),
            id: "5b10a284",
            account: "alice@example.com",
            workspace: Some("acme"),
        },
        others: vec![
            (
                "GET api.atlassian.com/oauth/token/accessible-resources",
                json!([{"id": "cloud-1", "url": "https://acme.atlassian.net", "name": "acme", "scopes": []}]),
            ),
            (
                "GET api.atlassian.com/ex/jira/cloud-1/rest/api/3/project/search?maxResults=1",
                json!({"values": []}),
            ),
            ("GET acme.atlassian.net/rest/api/3/project/search?maxResults=1", json!({"values": []})),
        ],
        refresh: Refresh::Rotates,
        revoke: None,
        introspect: None,
        codes: codes(&["unauthorized_client"], &[], &[]),
        refusal: |code| (400, json!({"error": code, "message": "no"})),
        dead: (401, unauthorized),
        limited: retry_after(20, 429, json!({"errorMessages": ["Rate limit exceeded"]})),
        also_limited: vec![],
        refusals: vec![
            refusal(
                "refresh",
                At::Refresh,
                403,
                oauth("unauthorized_client", "refresh_token is invalid"),
                3,
                "refresh token is not valid",
            ),
            refusal(
                "refresh_again",
                At::Refresh,
                400,
                oauth("invalid_grant", "Unknown or invalid refresh token."),
                3,
                "Unknown or invalid",
            ),
            refusal(
                "field",
                At::Api,
                400,
                json!({"errorMessages": ["The value 'X' does not exist"], "errors": {}}),
                1,
                "does not exist",
            ),
            refusal(
                "scope",
                At::Api,
                403,
                json!({"code": 403, "message": "Forbidden; scope does not match"}),
                3,
                "scope does not match",
            ),
        ],
    }
}
