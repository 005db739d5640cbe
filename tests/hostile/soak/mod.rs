//! What people do: put it under cron and forget it. `tests/soak` runs these for hours; without it they are short.

mod cron;
mod storm;

/// What the script asks for, else this.
fn asked(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
