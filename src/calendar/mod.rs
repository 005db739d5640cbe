//! WHAT IS DONE WITH CALENDARS: how a mirror of them is kept; which one is meant, a stretch of time, the agenda, and the
//! formats others read.

mod able;
pub(crate) mod agenda;
pub(crate) mod copies;
pub(crate) mod csv;
mod failed;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
pub(crate) mod ics;
mod line;
mod listing;
pub(crate) mod meant;
mod pass;
pub(crate) mod span;
mod sync;
mod window;
#[cfg(test)]
mod zones;

pub(crate) use able::Wanted;
pub(crate) use sync::{Outcome, Wish, relist, sync};
