//! What an error of this room means for who asks again.

use ::http::{HeaderMap, StatusCode};

use super::*;
use crate::clock;

fn unavailable(at: Option<i64>, refused: bool) -> OauthError {
    OauthError::Unavailable { title: "Acme".into(), status: 503, at, refused }
}

fn unreachable(sent: bool) -> OauthError {
    HttpError::Unreachable { host: "as.example".into(), why: "x".into(), sent }.into()
}

fn refused() -> OauthError {
    let text = String::new;
    OauthError::Refused { title: text(), code: text(), detail: text(), words: text(), reason: None }
}

#[test]
fn an_answer_is_lost_where_the_server_may_have_acted() {
    let host = || "as.example".to_owned();
    for (error, lost) in [
        (unreachable(true), true),
        (unreachable(false), false),
        (HttpError::TimedOut { host: host(), sent: true }.into(), true),
        (HttpError::Broken { host: host() }.into(), true),
        (HttpError::Dry.into(), false),
        (unavailable(None, false), true),
        (unavailable(None, true), false),
        (OauthError::Malformed("x".into()), true),
        (OauthError::Page { title: "Acme".into(), status: 200 }, true),
        (OauthError::Unsafe("x".into()), false),
        (refused(), false),
    ] {
        assert_eq!(error.answer_lost(), lost, "{error:?}");
    }
}

#[test]
fn what_passes_by_itself_is_asked_again() {
    let (host, why) = (|| "as.example".to_owned(), || "x".to_owned());
    for (error, passes) in [
        (unreachable(true), true),
        (unreachable(false), true),
        (HttpError::TimedOut { host: host(), sent: false }.into(), true),
        (HttpError::TooLarge { host: host(), limit: 1 }.into(), true),
        (HttpError::Certificate { host: host(), why: why() }.into(), false),
        (HttpError::Handshake { host: host(), why: why() }.into(), false),
        (HttpError::Address { url: host(), why: why() }.into(), false),
        (HttpError::Setup(why()).into(), false),
        (HttpError::Dry.into(), false),
        (unavailable(None, true), true),
        (OauthError::Malformed(why()), true),
        (OauthError::Page { title: host(), status: 200 }, true),
        (OauthError::TimedOut(why()), false),
        (refused(), false),
    ] {
        assert_eq!(error.is_transient(), passes, "{error:?}");
    }
}

#[test]
fn not_now_is_five_hundred_and_more_or_too_many() {
    let of = |status: u16, pairs: &[(&'static str, &str)]| {
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Vec::new() };
        OauthError::not_now("Acme", &answer)
    };
    for status in [200, 302, 400, 401, 404, 499] {
        assert!(of(status, &[("retry-after", "9")]).is_none(), "{status}");
    }
    for status in [429, 500, 503] {
        let error = of(status, &[]).unwrap();
        assert!(
            matches!(&error, OauthError::Unavailable { status: told, at: None, refused: true, title }
                if *told == status && title == "Acme"),
            "{error:?}"
        );
    }
    let Some(OauthError::Unavailable { at: Some(at), .. }) = of(503, &[("retry-after", "90")]) else {
        panic!()
    };
    assert!((30..=90).contains(&(at - clock::now())), "{at}");
}

#[test]
fn the_wait_that_was_asked_for_shrinks_with_time() {
    assert!(matches!(unavailable(Some(clock::now() + 90), true).retry_after(), Some(30..=90)));
    assert_eq!(unavailable(Some(1), true).retry_after(), Some(0), "it is over");
    assert_eq!(unavailable(None, true).retry_after(), None);
    assert_eq!(refused().retry_after(), None);
}
