//! Passes against a server that plays its script: what is asked, and what is seen afterwards.

mod changes;
mod pages;
mod restraint;
mod scene;
mod series;
