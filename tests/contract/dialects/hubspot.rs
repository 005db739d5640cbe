use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |category: &str, message: &str| json!({"status": "error", "message": message, "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf", "category": category});
    Dialect {
        name: "hubspot",
        browser: Some(Browser {
            authorize: "app.hubspot.com/oauth/authorize",
            params: &[(
                "optional_scope",
                "crm.objects.companies.read crm.objects.deals.read crm.objects.owners.read",
            )],
            scopes: &["oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"],
            redirect: &["http://localhost:53192/callback", "http://localhost:53292/callback"],
            untyped: true,
            token: "api.hubapi.com/oauth/v3/token",
            answer: json!({"token_type": "bearer", "token_use": "access_token", "access_token": "ACCESS", "refresh_token": "REFRESH",
                "expires_in": 1800, "hub_id": 62515, "user_id": 123, "scopes": "SCOPES"}),
            renewed: json!({"token_type": "bearer", "token_use": "access_token", "access_token": "ACCESS", "refresh_token": "REFRESH",
                "expires_in": 1800, "hub_id": 62515, "user_id": 123, "scopes": "SCOPES"}),
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["pat-na1-abc"],
            stranger: Some("abc-na1"),
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
            at: "GET api.hubapi.com/account-info/v3/details",
            body: None,
            answer: json!({"portalId": 62515, "accountType": "STANDARD", "timeZone": "UTC", "uiDomain": "app.hubspot.com"}),
            id: "62515",
            account: "62515",
            workspace: Some("app.hubspot.com"),
        },
        others: vec![
            ("GET api.hubapi.com/crm/v3/objects/tasks?limit=1", json!({"results": []})),
            ("GET api.hubapi.com/crm/v3/objects/contacts?limit=1", json!({"results": []})),
        ],
        refresh: Refresh::Renews,
        revoke: Some(Revoke {
            at: "POST api.hubapi.com/oauth/v3/token/revoke",
            auth: RevokeAuth::Client,
            param: Some(("token", false)),
            refresh_token: true,
            answer: (200, json!({})),
        }),
        introspect: Some(Introspect {
            at: "POST api.hubapi.com/oauth/v3/token/introspect",
            by_token: false,
            param: ("token", false),
            answer: json!({"active": "ACTIVE", "hub_id": 62515, "hub_domain": "example.com", "user": "alice@example.com", "user_id": 123,
                "expires_in": 1700, "scopes": "SCOPES", "token_type": "bearer"}),
        }),
        codes: codes(
            &["BAD_REFRESH_TOKEN", "INVALID_AUTHENTICATION", "EXPIRED_AUTHENTICATION"],
            &["MISSING_SCOPES"],
            &["RATE_LIMITS", "RATE_LIMIT"],
        ),
        refusal: |code| (400, json!({"status": "error", "message": "no", "category": code})),
        dead: (401, error("INVALID_AUTHENTICATION", "Authentication credentials not found.")),
        limited: Limited {
            status: 429,
            headers: vec![("X-HubSpot-RateLimit-Remaining", "0".into())],
            body: json!({"status": "error", "message": "You have reached your secondly limit.", "errorType": "RATE_LIMIT",
                "policyName": "SECONDLY", "correlationId": "x"}),
            after: Some(10),
        },
        also_limited: vec![
            retry_after(7, 429, error("RATE_LIMITS", "You have reached your ten_secondly_rolling limit.")),
            retry_after(3_600, 477, json!({"status": "error", "message": "This account is being migrated."})),
        ],
        refusals: vec![
            refusal(
                "old_refresh_error",
                At::Refresh,
                400,
                json!({"status": "BAD_REFRESH_TOKEN", "message": "missing or unknown refresh token"}),
                3,
                "uninstalled",
            ),
            refusal(
                "scopes",
                At::Api,
                403,
                error("MISSING_SCOPES", "This app hasn't been granted all required scopes"),
                3,
                "lacks a scope",
            ),
            refusal(
                "refresh_error",
                At::Refresh,
                400,
                oauth("invalid_grant", "refresh token is invalid, expired or revoked"),
                3,
                "is invalid",
            ),
            refusal(
                "expired",
                At::Api,
                401,
                error("EXPIRED_AUTHENTICATION", "The OAuth token expired"),
                3,
                "expired",
            )
            .because("expired"),
            refusal(
                "code",
                At::Code,
                400,
                json!({"status": "BAD_AUTH_CODE", "message": "missing or unknown auth code"}),
                1,
                "unknown auth code",
            ),
            refusal(
                "other",
                At::Api,
                400,
                error("VALIDATION_ERROR", "Invalid input JSON"),
                1,
                "Invalid input JSON",
            ),
        ],
    }
}
