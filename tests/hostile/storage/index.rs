//! ST16 to ST18: an index that is busy, damaged, or from the future. It holds no credentials, so no connection is lost.

use std::fs;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::evil::Evil;
use crate::home::{Home, files_below, private_dir, private_file, times};

fn seeded(evil: &Evil) -> Home {
    let home = Home::new(evil);
    home.fresh(evil, "evil/a");
    home.fresh(evil, "evil/b");
    home.run(&["test", "evil/a"]).exits(&[0]);
    home
}

fn names(home: &Home) -> Vec<String> {
    let document = home.run(&["status", "--json"]).json();
    let connections = document["connections"].as_array().cloned().unwrap_or_default();
    connections.iter().map(|c| c["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn st16_a_busy_index_is_waited_for_and_then_named() {
    let evil = Evil::start();
    let home = seeded(&evil);
    let lock = Connection::open(home.index()).unwrap();
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // The hot path does not care.
    home.run(&["token", "evil/a"]).exits(&[0]);
    let running = home.start(&["refresh", "evil/a", "--force"]);
    thread::sleep(Duration::from_secs(1));
    lock.execute_batch("COMMIT").unwrap();
    running.wait().exits(&[0]);
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // The grant is in the vault whatever the history says.
    let output = home.run(&["refresh", "evil/a", "--force"]);
    output.exits(&[0, 75]);
    let token = home.run(&["token", "evil/a"]);
    assert!(evil.state().grants.is_live(token.exits(&[0]).out().trim()));
    lock.execute_batch("COMMIT").unwrap();
    drop(lock);
    home.index_is_sound();
}

/// Nobody knows that it is no integ, or one that is stopped.
#[test]
fn st16_who_holds_the_index_alone_is_waited_for_and_then_named() {
    let evil = Evil::start();
    let home = seeded(&evil);
    let alone = fs::File::open(home.index().with_extension("open")).unwrap();
    alone.lock().unwrap();
    home.run(&["token", "evil/a"]).exits(&[0]);
    let running = [home.start(&["task", "list"]), home.start(&["status"])];
    let ended = running.map(crate::home::Running::wait);
    ended[0].exits(&[75]).says("in use by another process");
    ended[1].exits(&[0, 75]);
    let waiting = home.start(&["task", "list"]);
    alone.unlock().unwrap();
    waiting.wait().exits(&[0]);
}

#[test]
fn st16_many_commands_share_the_index() {
    let evil = Evil::start();
    let home = seeded(&evil);
    let lines = || {
        let index = Connection::open(home.index()).unwrap();
        index.query_row("SELECT count(*) FROM run", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let (before, count) = (lines(), times(20, 100));
    let running: Vec<_> = (0..count)
        .map(|n| match n % 4 {
            0 => home.start(&["status"]),
            1 => home.start(&["test", "evil/a"]),
            2 => home.start(&["refresh", "evil/b", "--force"]),
            _ => home.start(&["status", "--json"]),
        })
        .collect();
    running.into_iter().for_each(|one| drop(one.wait().exits(&[0]).clone()));
    assert_eq!(lines() - before, (count / 2) as i64, "a command left no line, or two");
    home.index_is_sound();
}

type Damage = fn(&[u8]) -> Vec<u8>;

fn damages() -> Vec<(&'static str, Damage)> {
    vec![
        ("page 1 overwritten", |good| {
            [vec![0xAA; 4096.min(good.len())], good[4096.min(good.len())..].to_vec()].concat()
        }),
        ("a page in the middle overwritten", |good| {
            let mut bytes = good.to_vec();
            let at = good.len() / 2 / 4096 * 4096;
            bytes[at..at + 4096.min(good.len() - at)].fill(0x55);
            bytes
        }),
        ("cut", |good| good[..good.len() / 2 + 100].to_vec()),
        ("empty", |_| Vec::new()),
        ("no database", |_| b"this is not a database, whatever its name says".repeat(100)),
        ("zeros", |good| vec![0; good.len()]),
    ]
}

#[test]
fn st17_a_damaged_index_loses_no_connection() {
    for (what, damage) in damages() {
        let evil = Evil::start();
        let home = seeded(&evil);
        let good = fs::read(home.index()).unwrap();
        for tail in ["-wal", "-shm"] {
            let _ = fs::remove_file(home.data().join(format!("index.db{tail}")));
        }
        private_file(&home.index(), &damage(&good));
        home.run(&["token", "evil/a"]).exits(&[0]);
        assert_eq!(names(&home), ["evil/a", "evil/b"], "{what}");
        home.run(&["refresh", "evil/b", "--force"]).exits(&[0]);
        home.run(&["test", "evil/a"]).exits(&[0]);
        home.index_is_sound();
    }
}

#[test]
fn st17_what_was_damaged_is_kept_aside_and_told() {
    let evil = Evil::start();
    let home = seeded(&evil);
    let damaged = b"this is not a database".repeat(500);
    private_file(&home.index(), &damaged);
    home.run(&["status"]).exits(&[0]).says("index");
    let kept =
        files_below(&home.data()).into_iter().any(|path| fs::read(path).is_ok_and(|bytes| bytes == damaged));
    assert!(kept, "the damaged file is gone");
}

#[test]
fn st17_a_lost_index_is_rebuilt() {
    let evil = Evil::start();
    let home = seeded(&evil);
    for path in files_below(&home.data()) {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("index")) {
            fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(names(&home), ["evil/a", "evil/b"]);
}

#[test]
fn st17_strange_wal_files_do_no_harm() {
    let evil = Evil::start();
    let home = seeded(&evil);
    private_file(&home.data().join("index.db-wal"), &vec![0x37; 50_000]);
    private_file(&home.data().join("index.db-shm"), &vec![0x73; 32_768]);
    assert_eq!(names(&home), ["evil/a", "evil/b"]);
    home.index_is_sound();
}

#[test]
fn st18_an_index_from_a_newer_version_is_left_alone() {
    let evil = Evil::start();
    let home = seeded(&evil);
    {
        let index = Connection::open(home.index()).unwrap();
        let version: i64 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert!(version > 0, "the schema has no version");
        index.pragma_update(None, "user_version", version + 1).unwrap();
        index.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    }
    let before = fs::read(home.index()).unwrap();
    home.run(&["status"]).exits(&[0, 5]).says("newer");
    home.run(&["test", "evil/a"]).exits(&[0, 5]);
    assert_eq!(fs::read(home.index()).unwrap(), before, "it was written to");
    home.run(&["token", "evil/a"]).exits(&[0]);
}

/// Whether it has calendars is then known to nobody: `no connection has any` would be a guess.
#[test]
fn a_sync_that_can_read_neither_the_grant_nor_the_index_has_failed() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let grant = home.vault_files().remove(0);
    let good = fs::read(&grant).unwrap();
    private_file(&grant, b"not a grant");
    // Nothing of this connection is mirrored, which the index knows.
    home.run(&["sync"]).exits(&[0]);
    fs::remove_file(home.index()).unwrap();
    private_dir(&home.index());
    let failed = home.run(&["sync", "--json"]).exits(&[5]).json();
    assert_eq!(failed["calendars"][0]["connection"], "evil", "{failed}");
    private_file(&grant, &good);
    home.run(&["sync"]).exits(&[0]);
}

#[test]
fn what_only_a_sound_index_can_do_fails_without_one_and_the_rest_works() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    fs::remove_file(home.index()).unwrap();
    private_dir(&home.index());
    for args in [&["token", "evil"][..], &["refresh", "evil", "--force"], &["test"], &["status"]] {
        home.run(args).exits(&[0]);
    }
    home.run(&["schedule", "run", "--only", "refresh"]).exits(&[0]);
    for args in
        [&["schedule", "run"][..], &["task", "retry"], &["calendar", "list"], &["rename", "evil", "e"]]
    {
        home.run(args).exits(&[5]).says("index.db").says("integ doctor");
    }
    // Whoever is at the doctor's is not sent there.
    let document = home.run(&["doctor", "--json"]).exits(&[5]).json();
    let checks = document["checks"].as_array().unwrap();
    let index = checks.iter().find(|check| check["name"] == "index").unwrap();
    assert!(index["help"].as_str().unwrap().contains("moved away"), "{index}");
    home.run(&["disconnect", "evil", "--yes"]).exits(&[0]).says("is still here");
}
