//! What must hold after every command, whatever it was told and whatever happened to it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{Home, Output, walk};

/// The codes that the table of exit codes knows. 70 is in it, and is always a bug.
const CODES: &[i32] = &[0, 1, 2, 3, 4, 5, 6, 8, 75, 129, 130, 137, 141, 143];

/// KiB; a command streams, whatever a provider sends.
const MEMORY: u64 = 64 * 1024;

#[track_caller]
pub(super) fn assert(home: &Home, output: &Output) {
    let fail = |what: String| panic!("{what}\n{}", output.transcript());
    if !CODES.contains(&output.code) {
        fail(format!("I3: exit code {}", output.code));
    }
    for word in ["panicked", "RUST_BACKTRACE", "stack overflow"] {
        if output.err().contains(word) || output.out().contains(word) {
            fail(format!("I3: the output holds {word:?}"));
        }
    }
    if output.peak > MEMORY {
        fail(format!("I5: {} KiB of memory", output.peak));
    }
    if let Some(found) = secret_in_output(home, output) {
        fail(format!("I1: {found}"));
    }
    if let Some(found) = control_in_output(output) {
        fail(format!("I4: {found}"));
    }
    if let Some(evil) = &home.evil {
        let leaks = evil.leaks();
        if !leaks.is_empty() {
            fail(format!("I7: a request went to another host: {leaks:?}"));
        }
    }
    if let Some(found) = super::ledger::fault(home) {
        fail(found);
    }
    if let Some(found) = secrets_in_files(home).first() {
        fail(format!("I1: {found}"));
    }
    // Files of commands that still run are their own business.
    if home.live.load(Ordering::SeqCst) == 0
        && !home.tampered.load(Ordering::SeqCst)
        && let Some(found) = loose_files(home).first()
    {
        fail(format!("I6: {found}"));
    }
}

/// Every secret that the provider makes carries this word.
const WORD: &str = "CANARY-";

/// The word as it stands, in hex, and in base64 at each of the three alignments.
fn encodings() -> Vec<Vec<u8>> {
    let hex: String = WORD.bytes().map(|b| format!("{b:02x}")).collect();
    let mut all = vec![WORD.as_bytes().to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    for shift in 0..3_usize {
        let encoded = STANDARD_NO_PAD.encode([&vec![b'-'; shift], WORD.as_bytes()].concat());
        // The first and last characters share bits with their neighbours.
        let from = (shift * 8).div_ceil(6);
        let until = (shift + WORD.len()) * 8 / 6;
        all.push(encoded.as_bytes()[from..until].to_vec());
    }
    all
}

fn find(haystack: &[u8], needles: &[Vec<u8>]) -> Option<usize> {
    let mut starts = [false; 256];
    needles.iter().for_each(|needle| starts[usize::from(needle[0])] = true);
    (0..haystack.len()).find(|&at| {
        starts[usize::from(haystack[at])] && needles.iter().any(|needle| haystack[at..].starts_with(needle))
    })
}

fn needles(home: &Home) -> Vec<Vec<u8>> {
    let mut all = encodings();
    all.extend(home.secrets.iter().map(|secret| beginning(secret)));
    if let Some(evil) = &home.evil {
        all.extend(evil.lock().grants.verifiers.iter().map(|verifier| beginning(verifier)));
    }
    all
}

/// Eight characters are enough to recognise a secret by (CL2). Before them, what says only what it is; of the lines of a
/// PEM key the first begin alike in every key.
fn beginning(secret: &str) -> Vec<u8> {
    let known = if secret.starts_with("AGE-SECRET-KEY-1") {
        16
    } else if secret.starts_with("MI") {
        40
    } else {
        0
    };
    secret.as_bytes()[..(known + 8).min(secret.len())].to_vec()
}

/// The first word that is not an option: the subcommand.
fn subcommand(output: &Output) -> &str {
    let mut words = output.args.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--profile" | "--log-file" | "--color" | "--lock-wait" => drop(words.next()),
            _ if word.starts_with('-') => {}
            _ => return word,
        }
    }
    ""
}

fn secret_in_output(home: &Home, output: &Output) -> Option<String> {
    let needles = needles(home);
    let around = |bytes: &[u8], at: usize| {
        String::from_utf8_lossy(&bytes[at.saturating_sub(40)..(at + 40).min(bytes.len())]).into_owned()
    };
    if let Some(at) = find(&output.stderr, &needles) {
        return Some(format!("a secret on stderr: {}", around(&output.stderr, at)));
    }
    if let Some(line) = output.command_lines.iter().find(|line| find(line.as_bytes(), &needles).is_some()) {
        return Some(format!("a secret in the argument list: {line}"));
    }
    let mut stdout = output.stdout.clone();
    match subcommand(output) {
        // `run` prints what its child prints.
        "run" => stdout.clear(),
        // The one place where an access token belongs, and nothing else.
        "token" => stdout = output.out().replace("CANARY-at-", "an access token ").into_bytes(),
        _ => {}
    }
    find(&stdout, &needles).map(|at| format!("a secret on stdout: {}", around(&stdout, at)))
}

fn secrets_in_files(home: &Home) -> Vec<String> {
    let needles = needles(home);
    let mut found = Vec::new();
    for path in super::files_below(&home.path("home")) {
        let sealed = path.extension().is_some_and(|e| e == "age");
        let key = path.file_name().is_some_and(|n| n == "vault.key");
        if sealed || key {
            continue;
        }
        let name = path.to_string_lossy();
        if find(name.as_bytes(), &needles).is_some() {
            found.push(format!("a secret in a file name: {name}"));
        }
        let bytes = fs::read(&path).unwrap_or_default();
        if let Some(at) = find(&bytes, &needles) {
            let near = String::from_utf8_lossy(&bytes[at..(at + 24).min(bytes.len())]).into_owned();
            found.push(format!("a secret in {name}: {near}"));
        }
    }
    found
}

fn control_in_output(output: &Output) -> Option<String> {
    // A line that a pipeline's runner would obey (HI8).
    if [output.err(), output.out()].iter().any(|text| text.lines().any(|line| line.starts_with("::"))) {
        return Some("a line that starts like a workflow command".to_owned());
    }
    // What an API or a child says is data on stdout; everything else is meant for a terminal.
    let data = matches!(subcommand(output), "api" | "run" | "export" | "completions" | "man");
    let json = output.args.iter().any(|arg| arg == "--json");
    if let Some(bad) = output.err().chars().find(|&c| is_control(c) || is_bidi(c)) {
        return Some(format!("{bad:?} on stderr"));
    }
    // These end their lines with CRLF, and a calendar may hold whatever script its events are in.
    let has = |word: &str| output.args.iter().any(|arg| arg == word);
    let (ics, csv) =
        (has("--ics") || (has("calendar") && has("-")), has("--csv") || has("time") && has("export"));
    let out = if ics || csv { output.out().replace("\r\n", "\n") } else { output.out() };
    let is_bidi = |c: char| is_bidi(c) && !ics;
    let bad = out.chars().find(|&c| if json { c < ' ' && c != '\n' } else { is_control(c) || is_bidi(c) });
    bad.filter(|_| !data).map(|bad| format!("{bad:?} on stdout"))
}

fn is_control(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn loose_files(home: &Home) -> Vec<String> {
    let mut found = Vec::new();
    for root in
        [home.config(), home.data(), home.path("home/.local/state/integ"), home.path("home/.cache/integ")]
    {
        if !root.exists() {
            continue;
        }
        for path in walk(&root).into_iter().chain([root.clone()]) {
            found.extend(loose(&path));
            if is_temporary(&path) && !home.killed.load(Ordering::SeqCst) {
                found.push(format!("a temporary file was left: {}", path.display()));
            }
        }
    }
    let strays = walk(&home.path("cwd")).into_iter().chain(walk(&home.path("home/tmp")));
    found.extend(strays.map(|path| format!("a file where nothing belongs: {}", path.display())));
    found
}

fn loose(path: &Path) -> Option<String> {
    let meta = path.symlink_metadata().ok()?;
    let mode = meta.permissions().mode() & 0o777;
    let allowed = if meta.is_dir() { 0o700 } else { 0o600 };
    (!meta.is_symlink() && mode & !allowed != 0).then(|| format!("{} has mode {mode:o}", path.display()))
}

fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    [".tmp", "tmp.", ".temp", ".part", ".new"].iter().any(|mark| name.contains(mark)) || name.ends_with('~')
}

/// The detectors are worth nothing if they cannot see.
#[test]
fn a_secret_is_seen_in_every_encoding_and_alignment() {
    let needles = encodings();
    let secret = "CANARY-rt-0123456789abcdef";
    let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
    for text in [secret.to_owned(), hex.to_uppercase(), hex] {
        assert!(find(format!("before {text} after").as_bytes(), &needles).is_some(), "{text}");
    }
    for before in ["", "i", "id", "id:", "client:", "a longer user name:"] {
        let encoded = STANDARD_NO_PAD.encode(format!("{before}{secret}"));
        assert!(find(encoded.as_bytes(), &needles).is_some(), "{before}{secret}: {encoded}");
    }
    assert!(find(b"canaries sing, CANARY is a bird", &needles).is_none());
}

#[test]
fn controls_and_workflow_commands_are_seen() {
    let output = |args: &[&str], out: &str, err: &str| Output {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        code: 0,
        stdout: out.into(),
        stderr: err.into(),
        peak: 0,
        command_lines: Vec::new(),
    };
    for bad in
        ["\u{1b}[31m", "\u{7f}", "\u{85}", "\u{9b}", "a\rb", "\u{202e}", "\u{2066}", "fine\n::set-output x"]
    {
        assert!(control_in_output(&output(&["status"], bad, "")).is_some(), "{bad:?}");
        assert!(control_in_output(&output(&["api"], "", bad)).is_some(), "{bad:?}");
    }
    assert!(control_in_output(&output(&["status"], "évil\tname ✓\n", "")).is_none());
    assert!(control_in_output(&output(&["status", "--json"], "{\"x\":\"\u{85}\"}\n", "")).is_none());
}
