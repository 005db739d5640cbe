use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    Dialect {
        name: "trello",
        browser: None,
        device: None,
        paste: Some(Paste {
            tokens: &["ATTAabc", "0123456789abcdef"],
            stranger: None,
            authorization: "OAuth oauth_consumer_key=\"{client-id}\", oauth_token=\"{token}\"",
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
            at: "GET api.trello.com/1/members/me?fields=id,username,fullName,email",
            body: None,
            answer: json!({"id": "5abc", "username": "alice", "fullName": "Alice"}),
            id: "5abc",
            account: "alice",
            workspace: None,
        },
        others: vec![("GET api.trello.com/1/members/me/boards?filter=open&fields=id", json!([]))],
        refresh: Refresh::Never,
        revoke: Some(Revoke {
            at: "DELETE api.trello.com/1/tokens/{token}",
            auth: RevokeAuth::Token,
            param: None,
            refresh_token: false,
            answer: (200, json!({})),
        }),
        introspect: None,
        codes: codes(&[], &[], &[]),
        refusal: |_| (401, json!("invalid token")),
        dead: (401, json!("invalid token")),
        limited: Limited {
            status: 429,
            headers: vec![],
            body: json!("Rate limit exceeded"),
            after: Some(10),
        },
        also_limited: vec![],
        refusals: vec![
            refusal("text", At::Api, 400, json!("invalid value for fields"), 1, "400"),
            refusal("expired", At::Api, 401, json!("expired token"), 3, "integ connect trello"),
            refusal("key", At::Api, 401, json!("invalid key"), 3, "integ connect trello"),
        ],
    }
}
