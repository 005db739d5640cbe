use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |code: &str| json!({"ok": false, "error": code});
    Dialect {
        name: "slack",
        browser: Some(Browser {
            authorize: "slack.com/oauth/v2/authorize",
            scope: Some(("user_scope", ",")),
            scopes: &[
                "groups:read",
                "groups:history",
                "im:read",
                "im:history",
                "mpim:read",
                "mpim:history",
                "channels:read",
                "channels:history",
                "users:read",
                "chat:write",
            ],
            redirect: &["http://localhost:53188/callback", "http://localhost:53288/callback"],
            secret: Secret::Absent,
            untyped: true,
            token: "slack.com/api/oauth.v2.access",
            auth: Auth::Public,
            answer: json!({"ok": true, "app_id": "A1", "team": {"id": "T1", "name": "Example Inc"}, "enterprise": null,
                "is_enterprise_install": false, "authed_user": {"id": "U1", "scope": "SCOPE", "access_token": "ACCESS",
                "token_type": "user", "refresh_token": "REFRESH", "expires_in": 43200}}),
            renewed: json!({"ok": true, "app_id": "A1", "access_token": "ACCESS", "refresh_token": "REFRESH", "expires_in": 43200,
                "token_type": "user", "scope": "SCOPE", "team": {"id": "T1", "name": "Example Inc"}}),
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["xoxb-1-abc", "xoxp-1-abc", "xoxe.xoxb-1-abc", "xoxe.xoxp-1-abc"],
            stranger: Some("abc-xoxb"),
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
            at: "POST slack.com/api/auth.test",
            body: None,
            answer: json!({"ok": true, "url": "https://example.slack.com/", "team": "Example Inc", "user": "alice", "team_id": "T1", "user_id": "U1"}),
            id: "U1",
            account: "alice",
            workspace: Some("Example Inc"),
        },
        others: vec![],
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            at: "POST slack.com/api/auth.revoke",
            auth: RevokeAuth::Token,
            param: None,
            refresh_token: false,
            answer: (200, json!({"ok": true, "revoked": true})),
        }),
        introspect: None,
        codes: codes(
            &[
                "invalid_auth",
                "account_inactive",
                "token_revoked",
                "token_expired",
                "not_authed",
                "invalid_refresh_token",
                "org_login_required",
                "team_access_not_granted",
                "app_uninstalled",
            ],
            &["missing_scope"],
            &["ratelimited"],
        ),
        refusal: |code| (200, json!({"ok": false, "error": code})),
        dead: (200, error("invalid_auth")),
        limited: retry_after(45, 429, error("ratelimited")),
        also_limited: vec![Limited { status: 200, headers: vec![], body: error("ratelimited"), after: None }],
        refusals: vec![
            refusal(
                "scope",
                At::Api,
                200,
                json!({"ok": false, "error": "missing_scope", "needed": "channels:read", "provided": "users:read"}),
                3,
                "channels:read",
            ),
            refusal(
                "redirect_with_200",
                At::Code,
                200,
                error("bad_redirect_uri"),
                1,
                "redirect URI is not registered",
            ),
            refusal("refresh_with_200", At::Refresh, 200, error("invalid_refresh_token"), 3, "used before"),
            refusal("deactivated", At::Api, 200, error("account_inactive"), 3, "deactivated")
                .because("deactivated"),
            refusal("revoked", At::Api, 200, error("token_revoked"), 3, "revoked").because("revoked"),
            refusal("policy", At::Api, 200, error("org_login_required"), 3, "organisation")
                .because("admin_policy"),
            refusal("code_with_200", At::Code, 200, error("invalid_code"), 1, "invalid_code"),
            refusal("other", At::Api, 200, error("fatal_error"), 1, "fatal_error"),
        ],
    }
}
