//! `token` with a fresh grant does next to nothing, seen from outside by `strace`.
use crate::harness::{Keyring, Oidc, Run, Sealed, needs, skip};

fn calls(home: &Sealed) -> Option<Vec<String>> {
    let log = home.outside().join("calls").display().to_string();
    let args = [
        "-f",
        "-s",
        "0",
        "-o",
        &log,
        "-e",
        "trace=openat,open,clone,clone3,fork,vfork,connect,execve",
        env!("CARGO_BIN_EXE_integ"),
        "token",
        "acme",
    ];
    let out = Run::new(home, "strace", &args).reveals().run();
    if out.stderr.contains("ptrace") {
        skip("hot_path", "this machine does not allow tracing");
        return None;
    }
    out.ok();
    Some(std::fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect())
}

fn is_lean(calls: &[String]) {
    // The program's own path may hold any word.
    let any = |what: &str| calls.iter().find(|line| line.contains(what) && !line.contains("execve("));
    assert_eq!(any("index.db"), None, "the index was opened");
    assert_eq!(any("clone(").or(any("clone3(")).or(any("fork(")), None, "a second thread or process");
    assert_eq!(any("/providers/"), None, "a provider file was read");
    assert_eq!(any("/etc/ssl").or(any("ca-certificates")), None, "the TLS roots were read");
    assert_eq!(any("AF_INET"), None, "a network socket");
}

#[test]
fn from_the_file_vault() {
    if !needs("hot_path", &["oidc-provider", "$strace"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let Some(calls) = calls(&home) else { return };
    is_lean(&calls);
    assert_eq!(calls.iter().filter(|line| line.contains(".age")).count(), 1, "{calls:#?}");
    assert_eq!(calls.iter().filter(|line| line.contains("connect(")).count(), 0, "{calls:#?}");
}

#[test]
fn from_the_keychain() {
    if !needs("hot_path", &["oidc-provider", "$strace", "$gnome-keyring-daemon", "$dbus-daemon"]) {
        return;
    }
    let keyring = Keyring::unlocked();
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::with_keyring(&keyring));
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let Some(calls) = calls(&home) else { return };
    is_lean(&calls);
    assert_eq!(
        calls.iter().filter(|line| line.contains("connect(")).count(),
        1,
        "one connection, to the bus\n{calls:#?}"
    );
}
