use serde_json::json;

use crate::dialect::*;

const SCOPES: &[&str] = &[
    "openid",
    "email",
    "profile",
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/gmail.send",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/drive.file",
    "https://www.googleapis.com/auth/tasks",
];

pub(crate) fn dialect() -> Dialect {
    let error = |code: u16, status: &str, reason: &str, message: &str| {
        json!({"error": {"code": code, "message": message, "status": status,
            "errors": [{"domain": "global", "reason": reason, "message": message}]}})
    };
    Dialect {
        name: "google",
        browser: Some(Browser {
            authorize: "accounts.google.com/o/oauth2/v2/auth",
            params: &[("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "true")],
            scopes: SCOPES,
            redirect: &["http://127.0.0.1:*/callback"],
            token: "oauth2.googleapis.com/token",
            answer: json!({"access_token": "ACCESS", "expires_in": 3599, "refresh_token": "REFRESH", "scope": "SCOPE",
                "token_type": "Bearer", "id_token": "e30.eyJzdWIiOiIxMDciLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUuY29tIn0.c2ln"}),
            renewed: json!({"access_token": "ACCESS", "expires_in": 3599, "scope": "SCOPE", "token_type": "Bearer"}),
            ..Browser::default()
        }),
        device: None,
        paste: None,
        machine: Some(Machine {
            issuer: "robot@project.iam.gserviceaccount.com",
            subject: None,
            audience: "oauth2.googleapis.com/token",
            scopes: Some(SCOPES),
            life: 3600,
            document: true,
        }),
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[],
        me: Me {
            at: "GET openidconnect.googleapis.com/v1/userinfo",
            body: None,
            answer: json!({"sub": "107", "email": "alice@example.com", "name": "Alice", "hd": "example.com"}),
            id: "107",
            account: "alice@example.com",
            workspace: Some("example.com"),
        },
        others: vec![
            ("GET www.googleapis.com/calendar/v3/users/me/calendarList?maxResults=1", json!({"items": []})),
            (
                "GET gmail.googleapis.com/gmail/v1/users/me/profile",
                json!({"emailAddress": "alice@example.com"}),
            ),
            ("GET www.googleapis.com/drive/v3/about?fields=user", json!({"user": {}})),
            ("GET tasks.googleapis.com/tasks/v1/users/@me/lists?maxResults=1", json!({"items": []})),
        ],
        refresh: Refresh::Stays,
        revoke: Some(Revoke {
            at: "POST oauth2.googleapis.com/revoke",
            auth: RevokeAuth::Nothing,
            param: Some(("token", false)),
            refresh_token: true,
            answer: (200, json!({})),
        }),
        introspect: None,
        codes: codes(
            &["invalid_rapt", "deleted_client", "admin_policy_enforced", "UNAUTHENTICATED"],
            &["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"],
            &[
                "rateLimitExceeded",
                "userRateLimitExceeded",
                "quotaExceeded",
                "dailyLimitExceeded",
                "RESOURCE_EXHAUSTED",
            ],
        ),
        refusal: |code| (400, json!({"error": {"code": 400, "message": "no", "status": code}})),
        dead: (401, error(401, "UNAUTHENTICATED", "authError", "Invalid Credentials")),
        limited: Limited {
            status: 403,
            headers: vec![],
            body: error(403, "PERMISSION_DENIED", "userRateLimitExceeded", "User Rate Limit Exceeded"),
            after: None,
        },
        also_limited: vec![
            Limited {
                status: 429,
                headers: vec![],
                body: error(
                    429,
                    "RESOURCE_EXHAUSTED",
                    "rateLimitExceeded",
                    "Too many concurrent requests for user",
                ),
                after: None,
            },
            Limited {
                status: 403,
                headers: vec![],
                body: error(403, "PERMISSION_DENIED", "dailyLimitExceeded", "Daily Limit Exceeded"),
                after: None,
            },
        ],
        refusals: vec![
            refusal(
                "disabled_api",
                At::Api,
                403,
                error(403, "PERMISSION_DENIED", "accessNotConfigured", "Gmail API has not been used"),
                1,
                "not enabled",
            ),
            refusal(
                "scope",
                At::Api,
                403,
                error(403, "PERMISSION_DENIED", "insufficientPermissions", "Insufficient Permission"),
                3,
                "insufficientPermissions",
            ),
            refusal(
                "session_policy",
                At::Refresh,
                400,
                json!({"error": "invalid_grant", "error_subtype": "invalid_rapt", "error_description": "reauth related error (invalid_rapt)"}),
                3,
                "session policy",
            ),
            refusal(
                "deleted_client",
                At::Refresh,
                401,
                oauth("deleted_client", "The OAuth client was deleted."),
                3,
                "client was deleted",
            ),
            refusal("test_user", At::Consent, 0, json!("access_denied"), 1, "test users"),
            refusal("admin", At::Code, 400, oauth("admin_policy_enforced", "…"), 1, "administrator"),
            refusal(
                "disabled_service",
                At::Api,
                403,
                json!({"error": {"code": 403, "message": "Gmail API has not been used in project 1", "status": "PERMISSION_DENIED", "details": [
                    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED", "domain": "googleapis.com"},
                    {"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": "Google developers console", "url": "https://console.developers.google.com/apis/x"}]}]}}),
                1,
                "https://console.developers.google.com/apis/x",
            ),
            refusal(
                "scope_insufficient",
                At::Api,
                403,
                json!({"error": {"code": 403, "message": "Request had insufficient authentication scopes.", "status": "PERMISSION_DENIED", "details": [
                    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}]}}),
                3,
                "insufficient authentication scopes",
            ),
            refusal(
                "policy_at_refresh",
                At::Refresh,
                400,
                oauth("admin_policy_enforced", "…"),
                3,
                "administrator",
            )
            .because("admin_policy"),
            refusal(
                "no_delegation",
                At::Machine,
                401,
                oauth("unauthorized_client", "Client is unauthorized"),
                1,
                "unauthorized_client",
            ),
            refusal(
                "no_such_robot",
                At::Machine,
                400,
                oauth("invalid_grant", "Invalid grant: account not found"),
                1,
                "account not found",
            ),
        ],
    }
}
