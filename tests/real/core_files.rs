//! ST20: a crash leaves no file with what was in memory.
use std::fs;
use std::process::Command;

use nix::sys::signal::Signal;

use crate::harness::{Oidc, Run, Sealed, needs, skip};

/// As the person who starts it allows the largest core files.
const UNLIMITED: [&str; 2] = ["--core=unlimited:unlimited", "--"];

/// Whether this system writes core files into the working directory at all: else a pass would prove nothing.
fn system_writes_cores(home: &Sealed) -> bool {
    let _ = Command::new("prlimit")
        .args(UNLIMITED)
        .args(["sh", "-c", "kill -ABRT $$"])
        .current_dir(home.outside())
        .status();
    let found = cores(home);
    found.iter().for_each(|name| fs::remove_file(home.outside().join(name)).unwrap());
    !found.is_empty()
}

fn cores(home: &Sealed) -> Vec<String> {
    let entries = fs::read_dir(home.outside()).unwrap().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("core") || name.ends_with("core"))
        .collect()
}

#[test]
fn a_crash_while_it_waits_leaves_no_core_file() {
    if !needs("core_files", &["oidc-provider", "$prlimit"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    if !system_writes_cores(&home) {
        return skip("core_files", "this system writes no core files into the working directory");
    }
    home.connect(&["acme"]).out.ok();
    let integ = env!("CARGO_BIN_EXE_integ");
    for args in [&["connect", "acme", "--no-browser", "--json"][..], &["status", "--watch", "--json"]] {
        let mut running = Run::new(&home, "prlimit", &[&UNLIMITED, &[integ][..], args].concat()).start();
        // It has begun its work, with the vault open, once it has said anything.
        assert!(running.line(|line| (!line.is_empty()).then_some(())).is_some(), "{}", running.finish());
        running.signal(Signal::SIGABRT);
        running.finish().exits(134);
        assert_eq!(cores(&home), Vec::<String>::new(), "{args:?}");
    }
}
