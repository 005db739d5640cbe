//! TASKS ON THEIR WAY: where one goes, what it turns into there, and that it arrives once. Every task is a row of the
//! outbox before anything is sent.

pub(crate) mod batch;
mod check;
mod courier;
mod create;
mod deliver;
pub(crate) mod due;
mod flush;
mod from_event;
mod mark;
mod names;
mod place;
mod ready;
mod route;
mod trouble;

use check::{fits, notices};
pub(crate) use courier::Courier;
pub(crate) use create::{Ask, Made, create};
pub(crate) use flush::{Delivered, Flush, flush_waiting};
pub(crate) use from_event::from_event;
pub(crate) use mark::key_of_event;
use mark::{made_key, mark_of};
pub(crate) use names::{Destination, destination};
pub(crate) use place::path_of;
pub(crate) use ready::Readiness;
pub(crate) use route::{able, route};
use trouble::Halt;
