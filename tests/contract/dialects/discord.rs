use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let unauthorized = json!({"message": "401: Unauthorized", "code": 0});
    Dialect {
        name: "discord",
        browser: Some(Browser {
            authorize: "discord.com/oauth2/authorize",
            scopes: &["identify", "guilds", "webhook.incoming"],
            redirect: &["http://127.0.0.1:53190/callback", "http://127.0.0.1:53290/callback"],
            token: "discord.com/api/oauth2/token",
            auth: Auth::Basic,
            answer: json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 604800, "refresh_token": "REFRESH",
                "scope": "SCOPE", "webhook": {"id": "1", "token": "hook-secret", "url": "https://discord.com/api/webhooks/1/hook-secret"}}),
            renewed: json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 604800, "refresh_token": "REFRESH",
                "scope": "SCOPE"}),
            ..Browser::default()
        }),
        device: None,
        paste: Some(Paste {
            tokens: &["MTIz.abc.def"],
            stranger: None,
            authorization: "Bot {token}",
            arguments: &[],
            me: None,
            warns: Some((
                "GET discord.com/api/v10/applications/@me",
                json!({"id": "1", "name": "integ", "flags": 1 << 19}),
                json!({"id": "1", "name": "integ", "flags": 1 << 4}),
                "Message Content Intent",
            )),
        }),
        machine: None,
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[("User-Agent", "DiscordBot (http*")],
        me: Me {
            at: "GET discord.com/api/v10/users/@me",
            body: None,
            answer: json!({"id": "80351110224678912", "username": "alice", "global_name": "Alice"}),
            id: "80351110224678912",
            account: "alice",
            workspace: None,
        },
        others: vec![],
        refresh: Refresh::Rotates,
        revoke: Some(Revoke {
            at: "POST discord.com/api/oauth2/token/revoke",
            auth: RevokeAuth::Client,
            param: Some(("token", false)),
            refresh_token: true,
            answer: (200, json!({})),
        }),
        introspect: None,
        codes: codes(&["40001"], &["50001", "50013"], &[]),
        refusal: |code| (400, json!({"message": "Unauthorized", "code": code.parse::<u32>().unwrap()})),
        dead: (401, unauthorized),
        limited: Limited {
            status: 429,
            headers: vec![("X-RateLimit-Scope", "user".into()), ("X-RateLimit-Remaining", "0".into())],
            body: json!({"message": "You are being rate limited.", "retry_after": 12.5, "global": false}),
            after: Some(13),
        },
        also_limited: vec![Limited {
            status: 429,
            headers: vec![
                ("Retry-After", "65".into()),
                ("X-RateLimit-Global", "true".into()),
                ("X-RateLimit-Reset-After", "64.5".into()),
            ],
            body: json!({"message": "You are being rate limited.", "retry_after": 64.57, "global": true}),
            after: Some(65),
        }],
        refusals: vec![
            refusal(
                "access",
                At::Api,
                403,
                json!({"message": "Missing Access", "code": 50001}),
                3,
                "invite it to the server",
            ),
            refusal(
                "agent",
                At::Api,
                403,
                json!({"message": "internal network error", "code": 40333}),
                1,
                "User-Agent",
            ),
            refusal(
                "code",
                At::Code,
                400,
                oauth("invalid_grant", "Invalid \"code\" in request."),
                1,
                "in request",
            ),
            refusal(
                "role",
                At::Api,
                403,
                json!({"message": "Missing Permissions", "code": 50013}),
                3,
                "role lacks a permission",
            ),
        ],
    }
}
