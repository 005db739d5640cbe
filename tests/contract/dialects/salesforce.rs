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
        elsewhere: &[
            (
                "host=production",
                "login.salesforce.com/services/oauth2/authorize",
                "login.salesforce.com/services/oauth2/token",
            ),
            (
                "host=sandbox",
                "test.salesforce.com/services/oauth2/authorize",
                "test.salesforce.com/services/oauth2/token",
            ),
            (
                "host=https://acme.my.salesforce.com",
                "acme.my.salesforce.com/services/oauth2/authorize",
                "acme.my.salesforce.com/services/oauth2/token",
            ),
            (
                "host=https://acme--sbx.sandbox.my.salesforce.com",
                "acme--sbx.sandbox.my.salesforce.com/services/oauth2/authorize",
                "acme--sbx.sandbox.my.salesforce.com/services/oauth2/token",
            ),
        ],
        nowhere: &[
            "host=https://acme.lightning.force.com",
            "host=https://salesforce.com.evil.example",
            "host=http://acme.my.salesforce.com",
        ],
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
            &["INVALID_SESSION_ID", "inactive_user", "inactive_org", "OAUTH_APP_BLOCKED"],
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
        also_limited: vec![],
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
            refusal(
                "no_such_org",
                At::Refresh,
                400,
                oauth("inactive_org", "organization is inactive"),
                3,
                "not active",
            )
            .because("deactivated"),
            refusal(
                "expired",
                At::Refresh,
                400,
                oauth("invalid_grant", "expired access/refresh token"),
                3,
                "expired access/refresh token",
            ),
            refusal(
                "too_new",
                At::Code,
                400,
                oauth("invalid_client_id", "client identifier invalid"),
                1,
                "10 minutes",
            ),
            refusal("redirect", At::Consent, 0, json!("redirect_uri_mismatch"), 1, "not registered"),
            refusal("blocked", At::Consent, 0, json!("OAUTH_APP_BLOCKED"), 1, "blocked"),
            refusal(
                "blocked_later",
                At::Refresh,
                400,
                oauth("OAUTH_APP_BLOCKED", "this app is blocked by admin"),
                3,
                "blocked",
            )
            .because("admin_policy"),
            refusal(
                "not_for_rest",
                At::Api,
                401,
                error("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
                3,
                "not valid for use",
            ),
            refusal("maintenance", At::Api, 503, json!("<html>Down For Maintenance</html>"), 4, "503"),
            refusal(
                "no_such_user",
                At::Machine,
                400,
                oauth("invalid_grant", "user hasn't approved this consumer"),
                1,
                "approved",
            ),
        ],
    }
}
