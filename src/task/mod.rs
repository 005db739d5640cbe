//! TASKS ON THEIR WAY: where one goes, what it turns into there, and that it arrives once. Every task is a row of the
//! outbox before anything is sent.

mod check;
mod courier;
mod deliver;
pub(crate) mod due;
mod flush;
mod mark;
mod names;
mod place;
mod trouble;

pub(crate) use check::{fits, notices};
pub(crate) use courier::Courier;
pub(crate) use flush::{Delivered, Flush, flush_waiting};
pub(crate) use mark::{made_key, mark_of};
pub(crate) use names::{Destination, destination};
pub(crate) use place::path_of;
pub(crate) use trouble::{Halt, Verdict};
