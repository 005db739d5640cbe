use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |code: &str, message: &str| json!([{"message": message, "errorCode": code, "fields": []}]);
    let answer = json!({"access_token": "ACCESS", "refresh_token": "REFRESH", "signature": "s", "scope": "SCOPE",
        "instance_url": "BASE/acme.my.salesforce.com", "id": "https://login.salesforce.com/id/00D/005", "token_type": "Bearer",
        "issued_at": "1278448832702"});
    Dialect {
        name: "salesforce",
        browser: Some(Browser {
            authorize: "login.salesforce.com/services/oauth2/authorize",
            scopes: &["refresh_token", "openid", "api"],
            redirect: &["http://localhost:53191/callback", "http://localhost:53291/callback"],
            secret: Secret::Optional,
            token: "login.salesforce.com/services/oauth2/token",
            renewed: json!({"access_token": "ACCESS", "signature": "s", "scope": "SCOPE", "instance_url": "BASE/acme.my.salesforce.com",
                "id": "https://login.salesforce.com/id/00D/005", "token_type": "Bearer", "issued_at": "1278448832703"}),
            answer,
            ..Browser::default()
        }),
        device: None,
        paste: None,
        machine: Some(Machine {
            issuer: crate::server::CLIENT,
            subject: Some("alice@example.com"),
            audience: "login.salesforce.com",
            scopes: None,
            life: 180,
            document: false,
        }),
        arguments: &[],
        headers: &[],
        me: Me {
            at: "GET acme.my.salesforce.com/services/oauth2/userinfo",
            body: None,
            answer: json!({"sub": "https://login.salesforce.com/id/00D/005", "user_id": "005", "organization_id": "00D",
                "preferred_username": "alice@example.com", "name": "Alice", "email": "alice@example.com"}),
            id: "005",
            account: "alice@example.com",
            workspace: Some("00D"),
        },
        others: vec![],
        refresh: Refresh::Stays,
        revoke: Some(Revoke {
            at: "POST login.salesforce.com/services/oauth2/revoke",
            auth: RevokeAuth::Nothing,
            param: Some(("token", false)),
            refresh_token: true,
            answer: (200, json!("")),
        }),
        introspect: Some(Introspect {
            at: "POST login.salesforce.com/services/oauth2/introspect",
            by_token: false,
            param: ("token", false),
            answer: json!({"active": "ACTIVE", "scope": "SCOPE", "username": "alice@example.com", "token_type": "access_token"}),
        }),
        codes: codes(
            &["INVALID_SESSION_ID", "inactive_user", "inactive_org"],
            &[],
            &["REQUEST_LIMIT_EXCEEDED"],
        ),
        refusal: |code| (400, json!([{"message": "no", "errorCode": code}])),
        dead: (401, error("INVALID_SESSION_ID", "Session expired or invalid")),
        limited: Limited {
            status: 403,
            headers: vec![],
            body: error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            after: None,
        },
        refusals: vec![
            refusal(
                "deactivated",
                At::Refresh,
                400,
                oauth("inactive_user", "user is inactive"),
                3,
                "deactivated",
            ),
            refusal(
                "no_api",
                At::Api,
                403,
                error("API_DISABLED_FOR_ORG", "API is disabled for this User"),
                1,
                "no API",
            ),
            refusal(
                "not_installed",
                At::Consent,
                0,
                json!("OAUTH_APPROVAL_ERROR_GENERIC"),
                1,
                "not installed",
            ),
        ],
    }
}
