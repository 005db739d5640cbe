use serde_json::json;

use crate::dialect::*;

/// An OAuth App: its token does not expire and there is no refresh token.
pub(crate) fn dialect() -> Dialect {
    let bad = json!({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"});
    Dialect {
        name: "github",
        browser: Some(Browser {
            authorize: "github.com/login/oauth/authorize",
            scopes: &["read:user", "user:email", "read:org", "repo"],
            redirect: &["http://127.0.0.1:*/callback"],
            token: "github.com/login/oauth/access_token",
            answer: json!({"access_token": "ACCESS", "token_type": "bearer", "scope": "SCOPE"}),
            ..Browser::default()
        }),
        device: Some(Device {
            at: "github.com/login/device/code",
            page: "https://github.com/login/device",
            field: "verification_uri",
            status: 200,
            denied: "access_denied",
            expired: &["expired_token", "token_expired"],
            slows: Some(json!({"error": "slow_down", "interval": 2})),
        }),
        paste: Some(Paste {
            tokens: &["ghp_abcdef", "github_pat_11AB_cd", "gho_abcdef", "ghu_abcdef"],
            stranger: Some("abcdef0123"),
            authorization: "Bearer {token}",
            arguments: &[],
            me: None,
            warns: None,
        }),
        machine: None,
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[("X-GitHub-Api-Version", "2022-11-28")],
        me: Me {
            at: "GET api.github.com/user",
            body: None,
            answer: json!({"login": "alice", "id": 583231, "name": "Alice"}),
            id: "583231",
            account: "alice",
            workspace: None,
        },
        others: vec![("GET api.github.com/user/repos?per_page=1", json!([]))],
        refresh: Refresh::Never,
        revoke: Some(Revoke {
            at: "DELETE api.github.com/applications/{client-id}/token",
            auth: RevokeAuth::Basic,
            param: Some(("access_token", true)),
            refresh_token: false,
            answer: (204, json!("")),
        }),
        introspect: None,
        codes: codes(&["401", "bad_refresh_token"], &[], &[]),
        refusal: |code| (400, json!({"message": "no", "status": code})),
        dead: (401, bad),
        limited: Limited {
            status: 403,
            headers: vec![("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset", "EPOCH+50".into())],
            body: json!({"message": "API rate limit exceeded for user", "status": "403"}),
            after: Some(50),
        },
        also_limited: vec![
            Limited {
                status: 403,
                headers: vec![
                    ("retry-after", "60".into()),
                    ("x-ratelimit-remaining", "4000".into()),
                    ("x-ratelimit-reset", "EPOCH+900".into()),
                ],
                body: json!({"message": "You have exceeded a secondary rate limit", "status": "403"}),
                after: Some(60),
            },
            Limited {
                status: 429,
                headers: vec![
                    ("x-ratelimit-remaining", "0".into()),
                    ("x-ratelimit-reset", "EPOCH+300".into()),
                ],
                body: json!({"message": "API rate limit exceeded", "status": "429"}),
                after: Some(300),
            },
        ],
        refusals: vec![
            refusal(
                "code_with_200",
                At::Code,
                200,
                oauth("bad_verification_code", "The code passed is incorrect or expired."),
                1,
                "used before",
            ),
            refusal(
                "client_with_200",
                At::Code,
                200,
                oauth("incorrect_client_credentials", "…"),
                1,
                "client id or secret is wrong",
            ),
            refusal("redirect", At::Consent, 0, json!("redirect_uri_mismatch"), 1, "not registered"),
            refusal(
                "no_device_flow",
                At::Device,
                400,
                oauth("device_flow_disabled", "Device Flow must be explicitly enabled"),
                1,
                "tick Enable Device Flow",
            ),
            refusal(
                "no_device_flow_with_200",
                At::Device,
                200,
                oauth("device_flow_disabled", "Device Flow must be explicitly enabled"),
                1,
                "tick Enable Device Flow",
            ),
        ],
    }
}
