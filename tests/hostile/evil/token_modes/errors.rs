//! TE16, TE17, TE19, RF10, RF12: the provider says no, in its own words.

use serde_json::json;

use super::super::api::HOSTILE;
use super::super::wire::{self, Answer, JSON};
use super::{FAILED, Mode, PROTOCOL, SIGN_IN, says};

fn error(status: &str, code: &str, description: &str) -> Answer {
    wire::json(status, &json!({"error": code, "error_description": description}))
}

pub(crate) const MODES: &[Mode] = &[
    // GitHub answers 200 to a refusal, Slack as well.
    says("TE16", "http-200-error", |_| error("200 OK", "bad_verification_code", "expired"), FAILED, &[1, 3]),
    says(
        "TE16",
        "http-200-not-ok",
        |_| wire::json("200 OK", &json!({"ok": false, "error": "invalid_code"})),
        PROTOCOL,
        &[1, 3, 4],
    ),
    says("TE17", "error-ansi", |_| error("400 Bad Request", HOSTILE, HOSTILE), FAILED, FAILED),
    says(
        "TE17",
        "error-html",
        |_| error("400 Bad Request", "x", "<script>alert(1)</script>"),
        FAILED,
        FAILED,
    ),
    says("TE17", "error-10k", |_| error("400 Bad Request", "x", &"A".repeat(10_000)), FAILED, FAILED),
    says(
        "RF10",
        "http-400-invalid_grant",
        |_| error("400 Bad Request", "invalid_grant", "gone"),
        FAILED,
        SIGN_IN,
    ),
    says(
        "RF10",
        "invalid_grant-an-hour-later",
        |_| {
            let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
            let date =
                later.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let body =
                json!({"error": "invalid_grant", "error_description": "the assertion is not of this hour"});
            wire::http("400 Bad Request", &[JSON, ("Date", &date)], body.to_string())
        },
        FAILED,
        SIGN_IN,
    ),
    says("RF12", "invalid_client", |_| error("401 Unauthorized", "invalid_client", "who?"), FAILED, FAILED),
    says(
        "RF12",
        "invalid_client-400",
        |_| error("400 Bad Request", "invalid_client", "who?"),
        FAILED,
        FAILED,
    ),
    says(
        "RF12",
        "unauthorized_client",
        |_| error("400 Bad Request", "unauthorized_client", "no"),
        FAILED,
        FAILED,
    ),
    // A server whose clock is far behind ours.
    says(
        "CU3",
        "late-clock",
        |_| {
            let text = json!({"error": "invalid_grant", "error_description": "not yet valid"}).to_string();
            let headers = [("Content-Type", "application/json"), ("Date", "Sun, 09 Sep 2001 01:46:40 GMT")];
            wire::http("400 Bad Request", &headers, &text)
        },
        FAILED,
        SIGN_IN,
    ),
    says("RF12", "error-unknown", |_| error("400 Bad Request", "out_of_cheese", "redo"), FAILED, FAILED),
    says(
        "RF12",
        "invalid_rapt",
        |_| {
            let text = json!({"error": "invalid_grant", "error_subtype": "invalid_rapt",
                              "error_description": "reauth related error (invalid_rapt)"});
            wire::json("400 Bad Request", &text)
        },
        FAILED,
        SIGN_IN,
    ),
];
