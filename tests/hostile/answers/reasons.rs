//! Why a sign-in ended: in words for people, as one word for programs, in every command that tells it.

use std::fs;

use serde_json::{Value, json};

use super::{edit_grant, home, now, test};
use crate::evil::Evil;
use crate::evil::api::HOSTILE;
use crate::home::Home;

const REASONS: &[(u32, &str, &str)] = &[
    (70008, "expired", "it has expired"),
    (1, "revoked", "access was revoked"),
    (50173, "password_changed", "its password was changed"),
    (53003, "admin_policy", "the administrator's policy"),
    (700082, "idle", "it was unused for too long"),
    (50057, "deactivated", "the account or the app was deactivated"),
];

/// As Microsoft does it: one OAuth error, and a finer code in a list beside it.
fn microsoft(evil: &Evil) -> Home {
    let error = "detail = \"error_codes.0\"\n[error.reason]\n70008 = \"expired\"\n1 = \"revoked\"\n50173 = \"password-changed\"\n\
                 53003 = \"admin-policy\"\n700082 = \"idle\"\n50057 = \"deactivated\"\n[error.words]\n70008 = \"too old\"";
    home(evil, &[], error, "")
}

fn refused(evil: &Evil, detail: u32) {
    let body = json!({"error": "invalid_grant", "error_description": format!("AADSTS{detail}: no"),
        "error_codes": [detail]});
    evil.says("/token", "400 Bad Request", &[], &body.to_string());
}

#[test]
fn each_reason_is_told_everywhere() {
    for (detail, reason, words) in REASONS {
        let evil = Evil::start();
        let home = microsoft(&evil);
        home.expired(&evil, "evil");
        refused(&evil, *detail);
        let output = home.run(&["refresh", "evil", "--json"]);
        assert_eq!(output.exits(&[3]).kind(), "needs_reauth");
        let row = &output.json()["refreshes"][0];
        assert_eq!(row["reason"], *reason, "{row}");
        assert_eq!(row["error"]["reason"], *reason, "{row}");
        output.says(&format!("evil needs a new sign-in: {words}")).says(&detail.to_string());
        let (tested, row) = test(&home);
        tested.exits(&[3]).says(words);
        assert_eq!((&row["outcome"], &row["reason"]), (&json!("needs_reauth"), &json!(reason)), "{row}");
        let status = home.status("evil");
        assert_eq!(status["state"], "needs_reauth");
        assert_eq!(status["reason"], *reason, "{status}");
        assert_eq!(status["last_error"]["reason"], *reason, "{status}");
        home.run(&["status"]).says(words).says("integ connect evil");
        assert_eq!(evil.asked("/token").len(), 1, "asked again after a refusal for good");
        // The vault knows it too: an index that is lost takes nothing with it.
        fs::remove_file(home.index()).unwrap();
        assert_eq!(home.status("evil")["reason"], *reason);
        home.run(&["token", "evil"]).exits(&[3]).says(words);
        // A sign-in ends all that.
        evil.says_no_more("/token");
        home.connect(&["evil"]).0.exits(&[0]);
        assert_eq!(home.status("evil")["reason"], Value::Null);
    }
}

#[test]
fn the_words_of_the_provider_file_are_found_by_the_finer_code() {
    let evil = Evil::start();
    let home = microsoft(&evil);
    home.expired(&evil, "evil");
    refused(&evil, 70008);
    home.run(&["token", "evil"]).exits(&[3]).says("too old (invalid_grant 70008)");
}

#[test]
fn invalid_grant_is_final_whatever_stands_beside_it() {
    for detail in [json!([999]), json!([]), json!("odd"), json!(null), json!(HOSTILE)] {
        let evil = Evil::start();
        let home = home(&evil, &[], "detail = \"error_codes.0\"\nrate-limited = [\"999\"]\n", "");
        home.expired(&evil, "evil");
        let body = json!({"error": "invalid_grant", "error_codes": detail});
        evil.says("/token", "400 Bad Request", &[], &body.to_string());
        home.run(&["token", "evil"]).exits(&[3]);
        let status = home.status("evil");
        assert_eq!((&status["state"], &status["reason"]), (&json!("needs_reauth"), &Value::Null), "{detail}");
    }
}

#[test]
fn other_refusals_are_not_final_and_have_no_reason() {
    let evil = Evil::start();
    let home = microsoft(&evil);
    home.expired(&evil, "evil");
    let body = json!({"error": "invalid_client", "error_codes": [70008]});
    evil.says("/token", "401 Unauthorized", &[], &body.to_string());
    let output = home.run(&["refresh", "evil", "--json"]);
    assert_eq!(output.exits(&[1]).kind(), "client_misconfigured");
    assert_eq!(output.json()["refreshes"][0]["reason"], Value::Null);
    assert_eq!(home.status("evil")["state"], "connected");
}

#[test]
fn a_code_of_the_api_has_a_reason_too() {
    let evil = Evil::start();
    let home = home(
        &evil,
        &[("ok-field", "\"ok\"")],
        "code = \"error\"\nreconnect = [\"account_inactive\"]\n[error.reason]\naccount_inactive = \"deactivated\"",
        "",
    );
    let token = evil.state().grants.mint("openid").0;
    home.run_with(&["connect", "evil", "--token-stdin"], &token).exits(&[0]);
    evil.says("/me", "200 OK", &[], "{\"ok\": false, \"error\": \"account_inactive\"}");
    let (output, row) = test(&home);
    output.exits(&[3]);
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("needs_reauth"), &json!("deactivated")), "{row}");
    assert_eq!(home.status("evil")["last_error"]["reason"], "deactivated");
    evil.says("/api/x", "200 OK", &[], "{\"ok\": false, \"error\": \"account_inactive\"}");
    let output = home.run(&["api", "evil", "/api/x", "--json"]);
    assert_eq!(output.exits(&[3]).json()["error"]["reason"], "deactivated");
}

#[test]
fn a_token_that_ran_out_without_a_refresh_token_has_expired() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    edit_grant(&home, |grant| {
        grant["expires_at"] = json!(now() - 10);
        grant.as_object_mut().unwrap().remove("refresh_token");
    });
    let status = home.status("evil");
    assert_eq!((&status["state"], &status["reason"]), (&json!("expired"), &json!("expired")), "{status}");
    let (output, row) = test(&home);
    output.exits(&[3]);
    assert_eq!(row["reason"], "expired");
}

#[test]
fn seven_days_of_test_mode_are_named_with_their_cure() {
    const DAY: i64 = 86_400;
    for (age, better, expected) in [
        (7 * DAY + 600, "", json!("testing_mode")),
        (9 * DAY, "", json!("testing_mode")),
        (7 * DAY, "invalid_rapt", json!("admin_policy")),
        (5 * DAY, "", json!(null)),
        (30 * DAY, "", json!(null)),
    ] {
        let evil = Evil::start();
        let keys = [("testing-life", "\"7d\""), ("console-url", "\"https://console.example/audience\"")];
        let home = home(
            &evil,
            &keys,
            "detail = \"error_subtype\"\n[error.reason]\ninvalid_rapt = \"admin-policy\"",
            "",
        );
        home.expired(&evil, "evil");
        edit_grant(&home, |grant| grant["connected_at"] = json!(now() - age));
        let body = json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked.",
            "error_subtype": better});
        evil.says("/token", "400 Bad Request", &[], &body.to_string());
        let output = home.run(&["refresh", "evil", "--json"]);
        assert_eq!(output.exits(&[3]).json()["refreshes"][0]["reason"], expected, "{age}");
        assert_eq!(home.status("evil")["reason"], expected, "{age}");
        let shown = home.run(&["status"]);
        if expected == "testing_mode" {
            shown
                .says("7 days")
                .says("publish the app (https://console.example/audience), then: integ connect evil");
        } else {
            shown.never_says("7 days").never_says("publish");
        }
    }
}

#[test]
fn a_reason_of_a_newer_version_does_not_spoil_the_grant() {
    let evil = Evil::start();
    let home = microsoft(&evil);
    home.expired(&evil, "evil");
    refused(&evil, 1);
    home.run(&["token", "evil"]).exits(&[3]);
    edit_grant(&home, |grant| grant["trouble"]["reason"] = json!("moon_phase"));
    let status = home.status("evil");
    assert_eq!((&status["state"], &status["reason"]), (&json!("needs_reauth"), &Value::Null), "{status}");
}
