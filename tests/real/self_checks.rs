//! The invariants that every other test leans on, each shown to notice what it is there for.
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::harness::{Run, Sealed};

const CANARY: &str = "canary-3cf0a1b2d4e5f60718293a4b";

/// Runs a shell script as if it were `integ`; true when the harness was content with it.
fn passes(script: &str) -> bool {
    let home = Sealed::empty();
    home.secrets().plant(CANARY);
    catch_unwind(AssertUnwindSafe(|| Run::new(&home, "sh", &["-c", script]).env("C", CANARY).run())).is_ok()
}

#[test]
fn a_clean_run_passes() {
    assert!(passes("umask 077; echo hello; mkdir $HOME/a; echo x > $HOME/a/b; exit 3"));
}

#[test]
fn secrets_are_found_wherever_they_lie() {
    for leak in [
        "echo $C",
        "echo $C >&2",
        "echo token=${C%????}...",
        "printf %s $C | base64 -w0",
        "printf %s $C | od -An -tx1 | tr -d ' \\n'",
        "umask 077; echo x$C > $HOME/file",
        "umask 077; mkdir $HOME/.hidden; printf %s $C | base64 -w0 > $HOME/.hidden/file",
        "sh -c 'sleep 0.2; : ' ; exec sh -c 'sleep 0.3; : ' $C",
    ] {
        assert!(!passes(leak), "nobody noticed: {leak}");
    }
}

#[test]
fn loose_modes_and_leftovers_are_found() {
    for loose in [
        "umask 022; echo x > $HOME/file",
        "umask 077; mkdir $HOME/dir; chmod 711 $HOME/dir",
        "umask 077; echo x > $HOME/.grant.tmp123",
        "umask 077; echo x > $TMPDIR/anything",
    ] {
        assert!(!passes(loose), "nobody noticed: {loose}");
    }
}

#[test]
fn strange_endings_are_found() {
    for end in [
        "exit 101",
        "exit 70",
        "exit 9",
        "echo thread main panicked at src/x.rs; exit 1",
        "printf '\\033[31mred\\n'",
    ] {
        assert!(!passes(end), "nobody noticed: {end}");
    }
    let home = Sealed::empty();
    let hangs = catch_unwind(AssertUnwindSafe(|| Run::new(&home, "sleep", &["1000"]).within(1).run()));
    assert!(hangs.is_err());
}
