//! WHAT IS DONE WITH CALENDARS: which one is meant, a stretch of time, the agenda, and the formats others read.

pub(crate) mod agenda;
pub(crate) mod csv;
pub(crate) mod ics;
pub(crate) mod meant;
pub(crate) mod span;
