//! Every way in which a token endpoint can answer, one small entry each: the row it belongs to, what goes over the
//! wire, and which exit codes a sign-in and a refresh may end with. Those that are not about tokens happen anywhere.

mod bodies;
mod errors;
mod fields;
pub(crate) mod gzip;
mod redirects;
mod statuses;
mod transport;

use serde_json::Value;

use super::State;
use super::wire::{self, Answer};

pub(crate) struct Facts {
    pub(crate) base: String,
    pub(crate) other: String,
    /// A correct token document.
    pub(crate) document: Value,
}

impl Facts {
    pub(super) fn new(state: &State, document: Value) -> Facts {
        Facts { base: state.base.clone(), other: state.other.clone(), document }
    }

    /// The document with one member changed; `null` here means: taken out.
    pub(crate) fn with(&self, name: &str, value: Value) -> Answer {
        let mut document = self.document.clone();
        if value.is_null() {
            document.as_object_mut().unwrap().remove(name);
        } else {
            document[name] = value;
        }
        wire::json("200 OK", &document)
    }

    pub(crate) fn text(&self) -> String {
        self.document.to_string()
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Does {
    /// Answers without doing anything: the refresh token presented still lives.
    Says(fn(&Facts) -> Answer),
    /// Does what was asked, then answers oddly.
    Alters(fn(&Facts) -> Answer),
}

pub(crate) struct Mode {
    pub(crate) name: &'static str,
    pub(crate) row: &'static str,
    pub(crate) does: Does,
    pub(crate) code: &'static [i32],
    pub(crate) refresh: &'static [i32],
}

pub(crate) const DONE: &[i32] = &[0];
pub(crate) const LATER: &[i32] = &[4];
pub(crate) const PROTOCOL: &[i32] = &[1, 4];
pub(crate) const REFUSED: &[i32] = &[1, 4, 6];
pub(crate) const FAILED: &[i32] = &[1];
pub(crate) const SIGN_IN: &[i32] = &[3];
pub(crate) const UNSAFE: &[i32] = &[6];
/// Odd, but readable: taken or refused, as long as nothing is mixed up.
pub(crate) const EITHER: &[i32] = &[0, 1, 4];

pub(crate) const fn says(
    row: &'static str,
    name: &'static str,
    answer: fn(&Facts) -> Answer,
    code: &'static [i32],
    refresh: &'static [i32],
) -> Mode {
    Mode { name, row, does: Does::Says(answer), code, refresh }
}

pub(crate) const fn alters(
    row: &'static str,
    name: &'static str,
    answer: fn(&Facts) -> Answer,
    code: &'static [i32],
    refresh: &'static [i32],
) -> Mode {
    Mode { name, row, does: Does::Alters(answer), code, refresh }
}

/// A way to be odd that only one endpoint has.
pub(crate) type Odd = (&'static str, fn(&Facts) -> Answer);

/// What any endpoint can do: the wire, the status, the body and where it sends.
pub(crate) fn anywhere() -> impl Iterator<Item = &'static Mode> {
    [transport::MODES, statuses::MODES, bodies::MODES, redirects::MODES].into_iter().flatten()
}

pub(crate) fn all() -> impl Iterator<Item = &'static Mode> {
    const OK: &[Mode] = &[alters("-", "ok", |f| wire::json("200 OK", &f.document), DONE, DONE)];
    [OK, fields::MODES, errors::MODES].into_iter().flatten().chain(anywhere())
}

pub(crate) fn find(name: &str) -> Option<&'static Mode> {
    all().find(|mode| mode.name == name)
}
