//! ST20: a crash leaves no file with what was in memory, and there is little in memory that such a file could hold.
use std::fs;
use std::process::Command;

use nix::sys::signal::Signal;

use crate::harness::{Keyring, Oidc, Run, Sealed, needs, skip};

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
fn st20_a_crash_while_it_waits_leaves_no_core_file() {
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

/// Reads the memory of a command that waits, after it was done with a token that it had read.
fn is_forgotten(home: &Sealed) {
    const TOKEN: &str = "CANARY-4b1f0c7e92d85a36";
    home.provider("acme", "title = \"Acme\"\napi-url = \"http://127.0.0.1:9\"\n");
    home.secrets().plant(TOKEN);
    home.integ(&["import", "acme"]).stdin(TOKEN).run().ok();
    let mut running = home.integ(&["status", "--watch", "--json"]).start();
    assert!(running.line(|line| line.contains("acme").then_some(())).is_some(), "{}", running.finish());
    // It looks again every two seconds, and while it looks it has the token. What is never forgotten is in each of these.
    let seen = (0..5).map(|_| memory_of(home, &running.pid().to_string()));
    let is_forgotten = seen.into_iter().any(|memory| {
        let holds = |text: &[u8]| memory.windows(text.len()).any(|window| window == text);
        // The name shows that this is the memory of a command that has read the grant.
        memory.is_empty() || holds(b"acme") && !holds(TOKEN.as_bytes())
    });
    running.signal(Signal::SIGTERM);
    running.finish().exits(143);
    assert!(is_forgotten, "the token is still there, or it is not its memory");
}

/// Empty where nobody but root may look into a process that has forbidden it.
fn memory_of(home: &Sealed, pid: &str) -> Vec<u8> {
    let out = Command::new("gcore").arg("-o").arg(home.outside().join("memory")).arg(pid).output().unwrap();
    let path = home.outside().join(format!("memory.{pid}"));
    let memory = fs::read(&path).unwrap_or_default();
    assert!(
        !memory.is_empty() || !nix::unistd::geteuid().is_root(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let _ = fs::remove_file(path);
    memory
}

#[test]
fn st20_what_a_command_is_done_with_is_not_in_its_memory() {
    if needs("memory", &["$gcore"]) {
        is_forgotten(&Sealed::new());
    }
}

#[test]
fn st20_the_same_from_the_keychain() {
    if needs("memory", &["$gcore", "$gnome-keyring-daemon", "$dbus-daemon"]) {
        is_forgotten(&Sealed::with_keyring(&Keyring::unlocked()));
    }
}
