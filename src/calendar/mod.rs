//! CALENDARS: how a mirror of them is kept.

mod line;
mod listing;
mod pass;
mod sync;
mod window;

pub(crate) use sync::{Outcome, Wanted, Wish, sync};
