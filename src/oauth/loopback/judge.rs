//! Decides whether a request is the one answer of the authorization server. Pure: looks at one head, keeps nothing.

use subtle::ConstantTimeEq;

use super::Answer;
use super::head::Head;
use super::query::{Query, Repeated};
use super::refusal::Refusal;
use crate::output::sanitise;
use crate::vault::Secret;

/// Longer codes than any provider's are not exchanged.
const MAX_CODE: usize = 4096;

/// What may be exchanged, however it came.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=MAX_CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Where this listener is: the only `Host` and the only path it answers to.
pub(super) struct Place {
    pub(super) authority: String,
    pub(super) path: String,
}

pub(super) struct Response {
    pub(super) answer: Answer,
    pub(super) iss: Vec<String>,
}

pub(super) fn judge(head: &Head, place: &Place, state: &str) -> Result<Response, Refusal> {
    is_addressed_to_us(head, place)?;
    is_get(head)?;
    let query = query_at(head, &place.path)?;
    is_navigation(head)?;
    let query = Query::parse(query.ok_or(Refusal::NoQuery)?).ok_or(Refusal::Malformed)?;
    carries_state(&query, state)?;
    Ok(Response { answer: answer(&query)?, iss: query.all("iss").map(str::to_owned).collect() })
}

/// A page on another site can make its own name resolve to this machine (DNS rebinding); its `Host` gives it away.
fn is_addressed_to_us(head: &Head, place: &Place) -> Result<(), Refusal> {
    let mut hosts = head.all("host");
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if host == place.authority.as_bytes() => Ok(()),
        (Some(_), None) => Err(Refusal::ForeignHost),
        _ => Err(Refusal::Malformed),
    }
}

fn is_get(head: &Head) -> Result<(), Refusal> {
    match head.method.as_str() {
        "GET" => Ok(()),
        // No site is ever given leave to reach this machine, by CORS or by private network access.
        "OPTIONS" if head.has("access-control-request-method") => Err(Refusal::Preflight),
        "OPTIONS" if head.has("access-control-request-private-network") => Err(Refusal::Preflight),
        "POST" => Err(Refusal::Post),
        "HEAD" => Err(Refusal::Head),
        _ => Err(Refusal::Method),
    }
}

fn query_at<'a>(head: &'a Head, path: &str) -> Result<Option<&'a str>, Refusal> {
    // A target that names a host, or that kept the fragment, comes from no browser.
    if !head.target.starts_with('/') || head.target.contains('#') {
        return Err(Refusal::Malformed);
    }
    let (at, query) = match head.target.split_once('?') {
        Some((at, query)) => (at, Some(query)),
        None => (head.target.as_str(), None),
    };
    if at != path {
        return Err(Refusal::Path);
    }
    if head.has("transfer-encoding") || head.all("content-length").any(|length| length != b"0") {
        return Err(Refusal::Malformed);
    }
    Ok(query)
}

/// The answer arrives because a person's tab was sent here: not as an image, not in a frame, not ahead of time.
fn is_navigation(head: &Head) -> Result<(), Refusal> {
    if head.all("sec-fetch-dest").any(|dest| dest != b"document")
        || head.all("sec-fetch-mode").any(|mode| mode != b"navigate")
    {
        return Err(Refusal::NotNavigation);
    }
    let ahead_of_time = ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        head.all(name).any(|value| {
            let value = value.to_ascii_lowercase();
            ["prefetch", "prerender", "preview"]
                .iter()
                .any(|word| value.windows(word.len()).any(|part| part == word.as_bytes()))
        })
    });
    if ahead_of_time { Err(Refusal::Prefetch) } else { Ok(()) }
}

fn carries_state(query: &Query, expected: &str) -> Result<(), Refusal> {
    match query.once("state") {
        Ok(Some(state))
            if bool::from(state.as_bytes().ct_eq(expected.as_bytes())) && !expected.is_empty() =>
        {
            Ok(())
        }
        Ok(None) if query.all("error").next().is_none() && query.all("code").next().is_none() => {
            Err(Refusal::NoQuery)
        }
        _ => Err(Refusal::State),
    }
}

fn answer(query: &Query) -> Result<Answer, Refusal> {
    match (query.once("code")?, query.once("error")?) {
        (Some(code), None) => {
            if is_code(code) {
                Ok(Answer::Code(Secret::new(code)))
            } else {
                Err(Refusal::Answer)
            }
        }
        (None, Some(error)) if !error.is_empty() => {
            let description = query.once("error_description")?.filter(|text| !text.is_empty());
            Ok(Answer::Refused {
                error: sanitise::excerpt(error),
                description: description.map(sanitise::excerpt),
            })
        }
        _ => Err(Refusal::Answer),
    }
}

impl From<Repeated> for Refusal {
    fn from(_: Repeated) -> Refusal {
        Refusal::Answer
    }
}
