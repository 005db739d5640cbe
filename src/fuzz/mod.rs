//! FUZZING: what strangers may send, and what must hold whatever it is. A target takes any bytes and panics where
//! something did not hold; it stands in the room whose words it needs. `cargo test` gives each a few seconds of damaged
//! copies of its corpus, `tests/fuzz` as long as is wanted, led by what the program does with them.

#[cfg(test)]
mod brief;
#[cfg(test)]
pub(crate) mod damage;
pub(crate) mod holds;

pub struct Target {
    /// And its folder in `tests/fuzzing/corpus`.
    pub name: &'static str,
    pub run: fn(&[u8]),
}

pub const TARGETS: &[Target] = &[
    Target { name: "callback", run: crate::oauth::fuzz::callback },
    Target { name: "token-answer", run: crate::oauth::fuzz::token_answer },
    Target { name: "pasted", run: crate::oauth::fuzz::pasted },
    Target { name: "discovery", run: crate::oauth::fuzz::discovery },
    Target { name: "bundle", run: crate::bundle::fuzz::bundle },
    Target { name: "vault-header", run: crate::vault::fuzz::header },
    Target { name: "grant", run: crate::vault::fuzz::grant },
    Target { name: "provider-file", run: crate::providers::fuzz::provider_file },
    Target { name: "ics", run: crate::calendar::fuzz::ics },
    Target { name: "csv", run: crate::calendar::fuzz::csv },
    Target { name: "retry-after", run: crate::http::fuzz::retry_after_and_date },
    Target { name: "sanitiser", run: crate::output::fuzz::sanitiser },
];
