//! Cron's world: an empty environment but HOME, and the session bus only where the system puts it, `/run/user/UID/bus`.
//! That place is made in a private mount namespace, so that the machine's own is never touched.
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::unistd::getuid;

use crate::harness::{Keyring, Oidc, Run, Sealed, needs, skip};

const NEEDS: [&str; 4] = ["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon", "$unshare"];

/// The words that put a command into a mount namespace of its own; None where the system forbids it.
fn own_mounts() -> Option<&'static [&'static str]> {
    let words: &[&str] = if getuid().is_root() { &["unshare", "-m"] } else { &["unshare", "-r", "-m"] };
    let mut able = Command::new(words[0]);
    able.args(&words[1..]).args(["mount", "-t", "tmpfs", "none", "/run"]).stderr(Stdio::null());
    able.status().is_ok_and(|status| status.success()).then_some(words)
}

/// Back to who one was: only root may mount, and the bus asks who speaks.
fn as_oneself() -> String {
    let uid = getuid();
    if uid.is_root() { String::new() } else { format!("unshare -U --map-user={uid} ") }
}

/// A script that shows `keyring`'s bus at the system's place, then runs `then`.
fn in_place(keyring: Option<&Keyring>, then: &str) -> String {
    let uid = getuid();
    let bind = keyring.map_or(String::new(), |keyring| {
        format!("mount --bind '{}' /run/user/{uid}", keyring.runtime_dir().display())
    });
    format!("set -e; mount -t tmpfs none /run; mkdir -p -m 700 /run/user/{uid}; {bind}\n{then}")
}

fn connected(name: &str) -> Option<(&'static [&'static str], Keyring, Oidc, Sealed)> {
    if !needs(name, &NEEDS) {
        return None;
    }
    let Some(words) = own_mounts() else {
        skip(name, "no mount namespaces for this user");
        return None;
    };
    let keyring = Keyring::unlocked();
    let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    Some((words, keyring, server, home))
}

fn bare(home: &Sealed) -> String {
    format!(
        "{}env -i HOME='{}' '{}' --profile '{}'",
        as_oneself(),
        home.home().display(),
        env!("CARGO_BIN_EXE_integ"),
        home.var("INTEG_PROFILE")
    )
}

#[test]
fn an_empty_environment_reaches_the_real_keychain_and_refreshes() {
    let Some((words, keyring, server, home)) = connected("cron") else { return };
    let script = in_place(Some(&keyring), &format!("exec {} token acme", bare(&home)));
    let out = Run::new(&home, words[0], &[&words[1..], &["sh", "-c", &script]].concat()).reveals().run().ok();
    assert_eq!(server.token_requests(), 2, "one code, one refresh\n{out}");
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, out.stdout);
}

#[test]
fn an_empty_environment_without_a_session_is_exit_5_and_says_so() {
    let Some((words, _keyring, server, home)) = connected("cron") else { return };
    let script = in_place(None, &format!("exec {} token acme --json", bare(&home)));
    let out = Run::new(&home, words[0], &[&words[1..], &["sh", "-c", &script]].concat()).run().exits(5);
    assert_eq!(out.error(), "vault_absent");
    out.never_says("not connected").never_says("not_connected");
    assert_eq!(server.token_requests(), 1);
    home.integ(&["token", "acme"]).reveals().run().ok();
}

fn may_start_a_daemon() -> bool {
    if !getuid().is_root() {
        skip("cron", "only root may start a cron daemon");
        return false;
    }
    needs("cron", &["$cron", "$crontab"])
}

/// A cron daemon for which `table` is done first. The machine's own jobs are hidden: only what that leaves may run.
fn daemon(words: &[&str], keyring: &Keyring, home: &Sealed, table: &str) -> Ends {
    let nothing = home.hand_over("empty", "");
    let script = format!(
        "mount -t tmpfs none /etc/cron.d; mount --bind '{}' /etc/crontab; mount -t tmpfs none /var/spool/cron; mkdir -m 1730 /var/spool/cron/crontabs; chown root:crontab /var/spool/cron/crontabs; {table}; exec cron -f",
        nothing.display(),
    );
    let script = in_place(Some(keyring), &script);
    let cron = Command::new(words[0])
        .args(&words[1..])
        .args(["sh", "-c", &script])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Ends(cron)
}

#[test]
fn what_schedule_install_writes_is_run_by_the_cron_daemon() {
    if !may_start_a_daemon() {
        return;
    }
    let Some((words, keyring, server, home)) = connected("cron") else { return };
    let install = format!("{} schedule install --yes --every 1m", bare(&home));
    let _cron = daemon(words, &keyring, &home, &install);
    // A minute until cron looks, another until the second of this machine has come, and one more where a busy machine let a
    // run fail.
    for _ in 0..2_400 {
        if server.token_requests() > 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let seen = home.integ(&["schedule", "status"]).run();
    assert_eq!(server.token_requests(), 2, "one code, one refresh\n{seen}");
    let fresh = home.integ(&["token", "acme"]).reveals().run().ok();
    assert_eq!(server.token_requests(), 2, "it was saved\n{fresh}");
}

#[test]
fn the_cron_daemon_itself_runs_it() {
    if !may_start_a_daemon() {
        return;
    }
    let Some((words, keyring, _server, home)) = connected("cron") else { return };
    let (result, status) = (home.outside().join("result"), home.outside().join("status"));
    let job = format!(
        "'{}' --profile '{}' token acme > '{}' 2>&1; echo $? > '{}'",
        env!("CARGO_BIN_EXE_integ"),
        home.var("INTEG_PROFILE"),
        result.display(),
        status.display()
    );
    let table = home.hand_over("crontab", &format!("HOME={}\n* * * * * {job}\n", home.home().display()));
    let _cron = daemon(words, &keyring, &home, &format!("crontab '{}'", table.display()));
    for _ in 0..800 {
        if status.metadata().is_ok_and(|meta| meta.len() > 0) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(read(&status).trim(), "0", "{}", read(&result));
    assert_eq!(read(&result), home.integ(&["token", "acme"]).reveals().run().ok().stdout);
}

struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
