use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |code: u16, words: &str| json!({"ok": false, "error_code": code, "description": words});
    Dialect {
        name: "telegram",
        browser: None,
        device: None,
        paste: Some(Paste {
            tokens: &["123456789:AAabcdefghijklmnopqrstuvwxyz0123456"],
            stranger: None,
            authorization: "",
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
            at: "GET api.telegram.org/getMe",
            body: None,
            answer: json!({"ok": true, "result": {"id": 123456789, "is_bot": true, "first_name": "Example", "username": "example_bot"}}),
            id: "123456789",
            account: "example_bot",
            workspace: Some("Example"),
        },
        others: vec![],
        refresh: Refresh::Never,
        revoke: None,
        introspect: None,
        codes: codes(&["401", "Not Found"], &[], &["429"]),
        refusal: |code| match code.parse::<u16>() {
            Ok(number) => (400, json!({"ok": false, "error_code": number, "description": "no"})),
            Err(_) => (404, json!({"ok": false, "error_code": 404, "description": code})),
        },
        dead: (401, error(401, "Unauthorized")),
        limited: Limited {
            status: 429,
            headers: vec![],
            body: json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 14", "parameters": {"retry_after": 14}}),
            after: Some(14),
        },
        also_limited: vec![],
        refusals: vec![
            refusal(
                "conflict",
                At::Api,
                409,
                error(409, "Conflict: terminated by other getUpdates request"),
                1,
                "another program polls",
            ),
            refusal("revoked", At::Api, 401, error(401, "Unauthorized"), 3, "Unauthorized")
                .because("revoked"),
            refusal("half_a_token", At::Api, 404, error(404, "Not Found"), 3, "not copied whole"),
            refusal(
                "no_such_method",
                At::Api,
                404,
                error(404, "Not Found: method not found"),
                1,
                "method not found",
            ),
        ],
    }
}
