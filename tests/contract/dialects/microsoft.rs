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
        refusals: vec![
            refusal("expired", At::Refresh, 400, aadsts("invalid_grant", 70008), 3, "sign-in has expired"),
            refusal("unused", At::Refresh, 400, aadsts("invalid_grant", 700082), 3, "unused for 90 days"),
            refusal("password", At::Refresh, 400, aadsts("invalid_grant", 50173), 3, "password was changed"),
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
        ],
    }
}
