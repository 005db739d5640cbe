//! The commands as a script meets them: the real program in a sealed home, against a provider that the test plays.

mod api;
mod config;
mod desk;
mod run;
mod seal;
