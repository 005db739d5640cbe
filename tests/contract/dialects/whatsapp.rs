use serde_json::json;

use crate::dialect::*;

pub(crate) fn dialect() -> Dialect {
    let error = |code: u32, subcode: u32, message: &str| {
        let mut error =
            json!({"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}});
        if subcode != 0 {
            error["error"]["error_subcode"] = subcode.into();
        }
        error
    };
    Dialect {
        name: "whatsapp",
        browser: None,
        device: None,
        paste: Some(Paste {
            tokens: &["EAAGabc"],
            stranger: Some("abcEAA"),
            authorization: "Bearer {token}",
            arguments: &["--option", "phone-number-id=106540352242922"],
            me: None,
            warns: None,
        }),
        machine: None,
        arguments: &[],
        elsewhere: &[],
        nowhere: &[],
        headers: &[],
        me: Me {
            at: "GET graph.facebook.com/v26.0/106540352242922?fields=id,display_phone_number,verified_name,quality_rating,name_status",
            body: None,
            answer: json!({"id": "106540352242922", "display_phone_number": "+1 555 0100", "verified_name": "Example Inc", "quality_rating": "GREEN"}),
            id: "106540352242922",
            account: "+1 555 0100",
            workspace: Some("Example Inc"),
        },
        others: vec![],
        refresh: Refresh::Never,
        revoke: None,
        introspect: Some(Introspect {
            at: "GET graph.facebook.com/v26.0/debug_token",
            by_token: true,
            param: ("input_token", false),
            answer: json!({"data": {"is_valid": "ACTIVE", "expires_at": 0, "scopes": ["whatsapp_business_messaging"], "app_id": "1"}}),
        }),
        codes: codes(&["0", "190"], &["3", "10"], &["4", "80007", "130429", "131048", "131056", "131064"])
            .and_missing((200..=299).map(|n: u32| n.to_string())),
        refusal: |code| (400, json!({"error": {"message": "no", "code": code.parse::<u32>().unwrap()}})),
        dead: (401, error(190, 463, "Error validating access token: Session has expired")),
        limited: Limited {
            status: 400,
            headers: vec![],
            body: error(130429, 0, "(#130429) Rate limit hit"),
            after: Some(60),
        },
        also_limited: vec![Limited {
            status: 400,
            headers: vec![],
            body: error(131056, 0, "(#131056) pair rate limit"),
            after: Some(60),
        }],
        refusals: vec![
            refusal("expired", At::Api, 401, error(190, 463, "Session has expired"), 3, "has expired")
                .because("expired"),
            refusal("password", At::Api, 400, error(190, 460, "changed"), 3, "password was changed")
                .because("password_changed"),
            refusal("permission", At::Api, 400, error(200, 0, "Permissions error"), 3, "Permissions error"),
            refusal(
                "permission_range",
                At::Api,
                400,
                error(299, 0, "Permissions error"),
                3,
                "Permissions error",
            ),
            refusal("window", At::Api, 400, error(131047, 0, "Re-engagement message"), 1, "only a template"),
            refusal("invalid", At::Api, 401, error(190, 467, "Session is invalid"), 3, "not valid any more")
                .because("revoked"),
            refusal(
                "blocked",
                At::Api,
                400,
                error(368, 0, "Temporarily blocked"),
                1,
                "breaking its policies",
            ),
            refusal("locked", At::Api, 400, error(131031, 0, "Account locked"), 1, "locked"),
            refusal(
                "detail",
                At::Api,
                400,
                json!({"error": {"message": "(#100) Invalid parameter", "code": 100, "error_data": {"messaging_product": "whatsapp", "details": "no such field"}}}),
                1,
                "no such field",
            ),
        ],
    }
}
