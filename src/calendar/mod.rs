//! WHAT IS DONE WITH CALENDARS: how a mirror of them is kept; which one is meant, a stretch of time, the agenda, and the
//! formats others read.

pub(crate) mod agenda;
pub(crate) mod csv;
pub(crate) mod ics;
mod line;
mod listing;
pub(crate) mod meant;
mod pass;
pub(crate) mod span;
mod sync;
mod window;

pub(crate) use sync::{Outcome, Wanted, Wish, relist, sync};
