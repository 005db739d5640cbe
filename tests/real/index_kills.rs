//! ST15: whatever moment the machine goes away, the index is whole and the grant is there.
use std::time::Duration;

use nix::sys::signal::Signal;
use rusqlite::{Connection, OpenFlags};

use crate::harness::{Oidc, Sealed, needs, times};

/// As any reader sees it; opening it replays what a killed writer had committed.
fn is_whole(home: &Sealed) {
    let path = home.home().join(".local/share/integ/index.db");
    let index = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    index.busy_timeout(Duration::from_secs(10)).unwrap();
    let check: String = index.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut broken = index.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!broken.exists([]).unwrap(), "a row refers to nothing");
}

#[test]
fn st15_kills_at_any_moment_tear_nothing() {
    if !needs("index_kills", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let before = home.vault_files();
    let mut killed = 0;
    // xorshift: moments that look like chance and are the same each time.
    let mut moment = 0x9E37_79B9_u64;
    for n in 0..times(60, 3_000) {
        moment ^= moment << 13;
        moment ^= moment >> 7;
        moment ^= moment << 17;
        let args: &[&str] = if n % 2 == 0 { &["test", "acme"] } else { &["status", "--check"] };
        let running = home.integ(args).start();
        std::thread::sleep(Duration::from_micros(moment % 60_000));
        running.signal(Signal::SIGKILL);
        let out = running.finish();
        assert!([0, 137].contains(&out.code), "{out}");
        killed += usize::from(out.code == 137);
        is_whole(&home);
    }
    assert!(killed > 0, "every command had ended before its kill");
    assert_eq!(home.vault_files(), before);
    home.integ(&["test", "acme"]).run().ok();
    home.integ(&["token", "acme"]).reveals().run().ok();
}
