//! A few seconds of each target: its corpus as it is, then damaged and crossed, from one seed.
//! `INTEG_FUZZ_SECONDS` gives each more, `INTEG_TEST_SEED` other damage.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::damage::{Random, damage};
use super::{TARGETS, Target};

/// What parsers trip over, wherever it comes to stand.
const TOKENS: [&[u8]; 22] = [
    b"\r\n",
    b"\n ",
    b"\0",
    b"\x1b[2J",
    b"\xff",
    b"\xe2\x80\xae",
    b"\xc2\x85",
    b"\xef\xbb\xbf",
    b"%0d%0a",
    b"%00",
    b"\"",
    b"\\",
    b"=",
    b"'",
    b"-1",
    b"99999999999999999999",
    b"1e999",
    b"null",
    b"[]",
    b"{}",
    b"http://127.0.0.1/",
    b"https://u@evil.example:1/",
];

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzzing/corpus").join(name);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()))
        .map(|file| file.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn next(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        match random.below(8) {
            0 => {
                let token = TOKENS[random.below(TOKENS.len())];
                let at = random.below(bytes.len());
                bytes.splice(at..at, token.iter().copied());
            }
            // The beginning of one, the end of another.
            1 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len());
                bytes.truncate(random.below(bytes.len()));
                bytes.extend_from_slice(&other[from..]);
            }
            _ => damage(&mut bytes, 180, random),
        }
    }
    bytes
}

/// Seconds a target, unless `INTEG_FUZZ_SECONDS` says otherwise.
const BRIEF: u64 = 5;

/// Enough for a test. The same seed makes the same inputs: with a limit, a fast machine finds nothing that a slow one does not.
const MOST: u64 = 100_000;

/// How many inputs it took, each without a panic.
fn play(target: &Target, corpus: &[Vec<u8>], seed: u64, seconds: u64) -> u64 {
    let (ends, mut random) = (Instant::now() + Duration::from_secs(seconds), Random(seed.max(1)));
    let (mut count, mut slowest) = (0, Duration::ZERO);
    for input in corpus.iter().cloned().map(Some).chain(std::iter::repeat_with(|| None)) {
        // Once around and a hundred more, however slow the machine is.
        let is_enough = Instant::now() > ends || (count == MOST && seconds == BRIEF);
        if count > corpus.len() as u64 + 100 && is_enough {
            break;
        }
        let input = input.unwrap_or_else(|| next(corpus, &mut random));
        let began = Instant::now();
        let held = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
        slowest = slowest.max(began.elapsed());
        assert!(held.is_ok(), "{}, seed {seed}, input {count}: {}", target.name, input.escape_ascii());
        count += 1;
    }
    // Past the capture of the tests: this is a figure that was promised.
    let _ = writeln!(
        std::io::stderr(),
        "fuzz {}: {count} executions, seed {seed}, slowest {slowest:.0?}",
        target.name
    );
    count
}

fn brief(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seed = number("INTEG_TEST_SEED", 0x1e67_2026);
    assert!(play(target, &corpus(name), seed, number("INTEG_FUZZ_SECONDS", BRIEF)) > 100);
}

macro_rules! targets {
    ($($test:ident $name:literal)*) => {
        $(#[test] fn $test() { brief($name); })*

        #[test]
        fn every_target_has_its_time() {
            let tested = [$($name),*];
            assert_eq!(TARGETS.iter().map(|target| target.name).collect::<Vec<_>>(), tested);
        }
    };
}

targets! {
    callback "callback"
    token_answer "token-answer"
    pasted "pasted"
    discovery "discovery"
    bundle "bundle"
    vault_header "vault-header"
    grant "grant"
    provider_file "provider-file"
    ics "ics"
    csv "csv"
    retry_after "retry-after"
    sanitiser "sanitiser"
}

/// A reader that trusts a length it is told must be caught, or none of the above means anything.
#[test]
fn a_careless_reader_is_caught() {
    let careless = Target {
        name: "careless",
        run: |data| {
            if let Some(length) = data.strip_prefix(b"length ").and_then(|rest| rest.first()) {
                assert!(usize::from(length - b'0') <= data.len(), "read past the end");
            }
        },
    };
    let caught = catch_unwind(AssertUnwindSafe(|| play(&careless, &[b"length 4abcd".to_vec()], 1, 2)));
    assert!(caught.is_err());
}
