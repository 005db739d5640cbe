//! How often something is tried, with what chance, and which part of it now.

use std::ops::Range;

/// How often something is tried: usually as often as everybody has the time for; with `INTEG_TEST_LONG` set, as often as
/// was promised.
pub(crate) fn times(usual: usize, promised: usize) -> usize {
    if std::env::var_os("INTEG_TEST_LONG").is_some() { promised } else { usual }
}

/// Which part of a long run this one is: `INTEG_TEST_SHARE=2/5` is the second of five; unless told, all of it.
fn share() -> (usize, usize) {
    let Ok(text) = std::env::var("INTEG_TEST_SHARE") else { return (1, 1) };
    let parts = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    let Some((part, of)) = parts.filter(|(part, of)| (1..=*of).contains(part)) else {
        panic!("INTEG_TEST_SHARE={text}: it is K/N, with K from 1 to N")
    };
    (part, of)
}

/// What a figure says of it, if it is not all.
pub(crate) fn share_in_words() -> String {
    match share() {
        (1, 1) => String::new(),
        (part, of) => format!(", part {part} of {of}"),
    }
}

/// The numbers of what is tried one after the other: all of them, or this part's.
pub(crate) fn rounds(usual: usize, promised: usize) -> Range<usize> {
    let (all, (part, of)) = (times(usual, promised), share());
    all * (part - 1) / of..all * part / of
}

/// Whether the thing of this number is this part's, where neighbours are much alike.
pub(crate) fn in_share(number: usize) -> bool {
    let (part, of) = share();
    number % of == part - 1
}

/// What a random test begins with: `INTEG_TEST_SEED`, or always the same. A test that uses it says it.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("INTEG_TEST_SEED").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(769_203_212)
}

/// Random enough to choose by, and the same for the same seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed ^ 0x5eed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
