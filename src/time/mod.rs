//! TIME THAT WAS WORKED: what a person types, which events count, what has become of them since, what it adds up to.

mod amount;
mod convert;
mod flag;
mod overlap;
mod report;
mod rounding;
mod rules;

pub(crate) use amount::{Amount, clock_time};
pub(crate) use convert::{Converted, EventKey, Skip, judge, work};
pub(crate) use flag::{Flag, accept, keep};
pub(crate) use overlap::overlaps;
pub(crate) use report::{By, Report, Sum, day, hours, iso_week};
pub(crate) use rounding::Rounding;
pub(crate) use rules::Rule;
