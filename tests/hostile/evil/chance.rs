//! A provider that fails by chance, at any endpoint: before it has done what it was asked, or after.

use super::wire::Answer;
use super::{Evil, wire};

#[derive(Default)]
pub(crate) struct Chance {
    /// Of a hundred requests.
    failing: usize,
    random: u64,
    failed: usize,
}

impl Evil {
    /// From now on so many of a hundred requests fail. How many have failed until now.
    pub(crate) fn fails_often(&self, failing: usize, seed: u64) -> usize {
        let mut state = self.state();
        state.chance.failing = failing;
        state.chance.random = seed | 1;
        state.chance.failed
    }
}

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from(self.random % 1_000_003).unwrap_or(0) % limit
    }

    fn strikes(&mut self) -> bool {
        let strikes = self.failing > 0 && self.below(100) < self.failing;
        self.failed += usize::from(strikes);
        strikes
    }

    /// How the token endpoint fails this time.
    pub(super) fn mode(&mut self, endpoint: &str) -> Option<&'static str> {
        const TOKEN: [&str; 6] =
            ["http-500", "http-503", "reset", "close-before", "rotate-then-reset", "rotate-then-500"];
        match endpoint {
            "token" if self.strikes() => Some(TOKEN[self.below(TOKEN.len())]),
            "me" | "api" if self.strikes() => Some("http-503"),
            _ => None,
        }
    }

    /// What a scripted path answers in place of its answer, after it has done what it was asked.
    pub(super) fn answer(&mut self) -> Option<Answer> {
        self.strikes().then(|| match self.below(3) {
            0 => Answer::Reset,
            1 => Answer::Close,
            _ => wire::http("500 Internal Server Error", &[], "oops"),
        })
    }
}
