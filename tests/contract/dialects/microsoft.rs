use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let aadsts = |error: &str, code: u32| json!({"error": error, "error_description": format!("AADSTS{code}: …"), "error_codes": [code], "trace_id": "t", "correlation_id": "c"});
    let graph = |code: &str, message: &str| json!({"error": {"code": code, "message": message, "innerError": {"date": "2026-11-21"}}});
    Dialect {
        name: "microsoft",
        browser: Some(Browser {
            authorize: "login.microsoftonline.com/common/oauth2/v2.0/authorize",
            params: &[("prompt", "select_account")],
            scopes: &[
                "openid",
                "profile",
                "email",
                "offline_access",
                "Mail.Send",
                "Calendars.ReadWrite",
                "User.Read",
                "Mail.Read",
                "Calendars.Read",
                "Tasks.ReadWrite",
            ],
            redirect: &["http://localhost:*/callback"],
            secret: Secret::Never,
            token: "login.microsoftonline.com/common/oauth2/v2.0/token",
            auth: Auth::Public,
            answer: json!({"token_type": "Bearer", "scope": "SCOPE", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "ACCESS",
                "refresh_token": "REFRESH"}),
            renewed: json!({"token_type": "Bearer", "scope": "SCOPE", "expires_in": 4711, "access_token": "ACCESS", "refresh_token": "REFRESH"}),
            ..Browser::default()
        }),
        device: Some(Device {
            at: "login.microsoftonline.com/common/oauth2/v2.0/devicecode",
            page: "https://microsoft.com/devicelogin",
            field: "verification_uri",
            status: 400,
            denied: "authorization_declined",
            expired: &["expired_token"],
            slows: None,
        }),
        paste: None,
        machine: None,
        arguments: &[],
        elsewhere: &[
            (
                "tenant=organizations",
                "login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
                "login.microsoftonline.com/organizations/oauth2/v2.0/token",
            ),
            (
                "tenant=consumers",
                "login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
                "login.microsoftonline.com/consumers/oauth2/v2.0/token",
            ),
            (
                "tenant=0f0f0f0f-1111-2222-3333-444444444444",
                "login.microsoftonline.com/0f0f0f0f-1111-2222-3333-444444444444/oauth2/v2.0/authorize",
                "login.microsoftonline.com/0f0f0f0f-1111-2222-3333-444444444444/oauth2/v2.0/token",
            ),
        ],
        nowhere: &["tenant=a/b", "tenant=..", "tenant=a?b"],
        headers: &[],
        me: Me {
            at: "GET graph.microsoft.com/v1.0/me?$select=id,displayName,mail,userPrincipalName",
            body: None,
            answer: json!({"id": "48d31887", "displayName": "Alice", "mail": null, "userPrincipalName": "alice@example.com"}),
            id: "48d31887",
            account: "alice@example.com",
            workspace: None,
        },
        others: vec![
            ("GET graph.microsoft.com/v1.0/me/messages?$top=1&$select=id", json!({"value": []})),
            ("GET graph.microsoft.com/v1.0/me/calendars?$top=1", json!({"value": []})),
            ("GET graph.microsoft.com/v1.0/me/todo/lists?$top=1", json!({"value": []})),
        ],
        refresh: Refresh::Renews,
        revoke: None,
        introspect: None,
        codes: codes(
            &["interaction_required", "consent_required", "login_required", "InvalidAuthenticationToken"],
            &["ErrorAccessDenied"],
            &["TooManyRequests"],
        ),
        refusal: |code| (400, json!({"error": {"code": code, "message": "no"}})),
        dead: (401, graph("InvalidAuthenticationToken", "Access token has expired or is not yet valid.")),
        limited: retry_after(25, 429, graph("TooManyRequests", "Please retry again later.")),
        also_limited: vec![
            Limited {
                status: 429,
                headers: vec![],
                body: graph("ApplicationThrottled", "slow"),
                after: Some(10),
            },
            Limited {
                status: 503,
                headers: vec![("Retry-After", "120".into())],
                body: graph("TooManyRequests", "slow"),
                after: Some(120),
            },
        ],
        refusals: vec![
            refusal("expired", At::Refresh, 400, aadsts("invalid_grant", 70008), 3, "sign-in has expired")
                .because("expired"),
            refusal("unused", At::Refresh, 400, aadsts("invalid_grant", 700082), 3, "unused for 90 days")
                .because("idle"),
            refusal("password", At::Refresh, 400, aadsts("invalid_grant", 50173), 3, "password was changed")
                .because("password_changed"),
            refusal(
                "second_factor",
                At::Refresh,
                400,
                aadsts("interaction_required", 50076),
                3,
                "second factor",
            ),
            refusal("one_directory", At::Code, 400, aadsts("invalid_request", 50194), 1, "tenant"),
            refusal("secret", At::Code, 401, aadsts("invalid_client", 700025), 1, "no secret"),
            refusal(
                "scope",
                At::Api,
                403,
                graph("ErrorAccessDenied", "Access is denied."),
                3,
                "Access is denied",
            ),
            refusal("consent_withdrawn", At::Refresh, 400, aadsts("invalid_grant", 65001), 3, "consent")
                .because("revoked"),
            refusal("single_page", At::Refresh, 400, aadsts("invalid_grant", 700084), 3, "single-page")
                .because("expired"),
            refusal("set_up_a_factor", At::Refresh, 400, aadsts("invalid_grant", 50079), 3, "set up")
                .because("admin_policy"),
            refusal(
                "conditional_access",
                At::Refresh,
                400,
                aadsts("invalid_grant", 53003),
                3,
                "access rules",
            )
            .because("admin_policy"),
            refusal("admin_consent", At::Code, 400, aadsts("invalid_grant", 90094), 1, "administrator"),
            refusal(
                "no_public_clients",
                At::Code,
                401,
                aadsts("invalid_client", 7000218),
                1,
                "public client flows",
            ),
            refusal(
                "device_not_public",
                At::Device,
                401,
                aadsts("invalid_client", 7000218),
                1,
                "public client flows",
            ),
            refusal(
                "secret_at_refresh",
                At::Refresh,
                401,
                aadsts("invalid_client", 7000222),
                1,
                "secret has expired",
            ),
            refusal("denied_at_consent", At::Consent, 0, json!("access_denied"), 1, "denied"),
            refusal(
                "graph_forbids",
                At::Api,
                403,
                graph("Authorization_RequestDenied", "Insufficient privileges"),
                3,
                "Insufficient privileges",
            ),
        ],
    }
}
