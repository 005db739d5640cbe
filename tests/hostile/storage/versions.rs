//! ST18, ST19: two versions of the program at once. What a newer one has changed, an older one leaves alone.

use std::fs;
use std::io::Read as _;

use rusqlite::Connection;

use crate::evil::Evil;
use crate::home::{Home, IDENTITY, times};

fn key() -> age::x25519::Identity {
    IDENTITY.parse().unwrap()
}

fn opened(sealed: &[u8]) -> serde_json::Value {
    let mut plain = Vec::new();
    let file = age::Decryptor::new(sealed).unwrap();
    file.decrypt(std::iter::once(&key() as &dyn age::Identity)).unwrap().read_to_end(&mut plain).unwrap();
    serde_json::from_slice(&plain).unwrap()
}

#[test]
fn st19_the_index_may_grow_under_commands_that_do_not_know_how() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil/a");
    home.fresh(&evil, "evil/b");
    let count = times(60, 1_000);
    let mut running = Vec::new();
    for n in 0..count {
        if n == count / 2 {
            // The newer version comes along while older ones work.
            let index = Connection::open(home.index()).unwrap();
            index.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
            let version: i64 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            index
                .execute_batch(&format!(
                    "BEGIN IMMEDIATE; ALTER TABLE connection ADD COLUMN newer TEXT DEFAULT 'kept';
                     CREATE TABLE newer (it TEXT); INSERT INTO newer VALUES ('kept');
                     PRAGMA user_version = {}; COMMIT",
                    version + 1
                ))
                .unwrap();
        }
        running.push(match n % 4 {
            0 => home.start(&["refresh", "evil/a", "--force"]),
            1 => home.start(&["status"]),
            2 => home.start(&["test", "evil/b"]),
            _ => home.start(&["token", "evil/b"]),
        });
        if running.len() == 4 {
            for one in running.drain(..) {
                // Health is in the index alone: without it there is less to tell, and 5 where it was asked for.
                one.wait().exits(&[0, 5]);
            }
        }
    }
    running.into_iter().for_each(|one| drop(one.wait()));
    home.index_is_sound();
    let index = Connection::open(home.index()).unwrap();
    let kept: (String, String) = index
        .query_row("SELECT it, (SELECT min(newer) FROM connection) FROM newer", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(kept, ("kept".into(), "kept".into()));
    for name in ["evil/a", "evil/b"] {
        let token = home.run(&["token", name]);
        assert!(evil.state().grants.is_live(token.exits(&[0]).out().trim()), "{name}");
    }
    assert_eq!(evil.state().grants.revoked(), 0);
}

#[test]
fn st19_a_grant_of_a_newer_version_is_named_and_never_written() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let file = home.vault_files().remove(0);
    let mut grant = opened(&fs::read(&file).unwrap());
    grant["v"] = 2.into();
    grant["only_newer_versions_know"] = "this".into();
    let newer = age::encrypt(&key().to_public(), grant.to_string().as_bytes()).unwrap();
    fs::write(&file, &newer).unwrap();
    for args in [
        &["token", "evil"][..],
        &["refresh", "evil", "--force"],
        &["test", "evil"],
        &["api", "evil", "/api/x"],
        &["rename", "evil", "evil/other"],
    ] {
        home.run(args).exits(&[5]).says("newer");
        assert_eq!(fs::read(&file).unwrap(), newer, "{args:?}: it was written");
    }
    home.run(&["status"]).says("newer");
    assert_eq!(evil.refreshes(), 0);
}

/// An index as the first version left it, with something in it.
fn first_version(home: &Home) {
    let schema = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/index/schema/001.sql");
    for tail in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(home.data().join(format!("index.db{tail}")));
    }
    crate::home::private_file(&home.index(), b"");
    let index = Connection::open(home.index()).unwrap();
    index.execute_batch(&fs::read_to_string(schema).unwrap()).unwrap();
    index
        .execute_batch(
            "INSERT INTO connection (name, provider, checked_at, check_ok) VALUES ('evil', 'evil', 1, 1);
             PRAGMA user_version = 1",
        )
        .unwrap();
}

#[test]
fn st18_a_migration_that_is_killed_anywhere_is_made_or_not_made() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let latest: i64 = Connection::open(home.index())
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    let mut killed = 0;
    for n in 0..40_u64 {
        first_version(&home);
        let running = home.start(&["status"]);
        std::thread::sleep(std::time::Duration::from_micros(n * 751));
        running.signal(nix::sys::signal::Signal::SIGKILL);
        killed += usize::from(running.wait().code == 137);
        home.index_is_sound();
        let index = Connection::open(home.index()).unwrap();
        let found: i64 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let columns = index.prepare("SELECT * FROM connection").unwrap().column_count();
        assert!(found == 1 || found == latest, "half way: {found}");
        let checked: i64 =
            index.query_row("SELECT checked_at FROM connection", [], |row| row.get(0)).unwrap();
        assert_eq!(checked, 1);
        drop(index);
        home.run(&["status"]).exits(&[0]);
        let index = Connection::open(home.index()).unwrap();
        let now: i64 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let after = index.prepare("SELECT * FROM connection").unwrap().column_count();
        assert_eq!(now, latest);
        assert_eq!(after > columns, found == 1, "columns and version do not go together");
    }
    assert!(killed > 3, "every command had ended before its kill");
}
