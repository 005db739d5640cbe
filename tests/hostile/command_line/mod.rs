//! Group CL: what can be typed, piped and interrupted, and what a terminal is shown.

mod arguments;
mod code_points;
mod codes;
mod documents;
mod help;
mod hooks;
mod logs;
mod signals;
mod streams;
mod terminal;
mod tokens;
