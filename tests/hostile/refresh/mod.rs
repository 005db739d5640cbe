//! Group RF: one refresh for everybody, and no grant lost on the way.

mod answers;
mod clients;
mod clocks;
mod controls;
mod crowd;
mod kills;
mod locks;
mod lost;
mod races;
mod space;
mod survival;
