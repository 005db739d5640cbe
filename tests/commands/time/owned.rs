//! Time entries exist nowhere else: copies, damage, loss, kills, another name.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use rusqlite::Connection;

use super::mirror::{EVENT, Mirror};
use super::{entries, time, titles};
use crate::seal::{Ended, Home};

fn data(home: &Home) -> PathBuf {
    home.path().join("data/integ")
}

fn files(home: &Home, part: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(data(home)).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.file_name().unwrap().to_str().unwrap().contains(part)).collect();
    found.sort();
    found
}

fn lose_index(home: &Home) {
    for path in files(home, "index.db") {
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_lost_index_begins_with_the_last_copy() {
    let home = Home::new();
    entries(&home, &["add", "1h", "first", "--on", "2026-11-20", "--note", "n"]);
    assert!(files(&home, "copy-").is_empty(), "there was nothing to copy yet");
    entries(&home, &["list"]);
    let copies = files(&home, "copy-");
    assert_eq!(copies.len(), 1);
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&copies[0]).unwrap()) & 0o777, 0o600);
    let before = entries(&home, &["list"]);
    lose_index(&home);
    let ended = time(&home, &["list", "--json"]).expect(0);
    assert_eq!(ended.json()["entries"].as_array().unwrap(), &before);
    assert!(ended.stderr.contains("1 time entry came from the copy"), "{}", ended.stderr);
    // Once: what is removed then stays away.
    time(&home, &["remove", "1", "--yes"]).expect(0);
    assert!(entries(&home, &["list"]).is_empty());
    assert_eq!(entries(&home, &["add", "1h", "next"])[0]["id"], 2);
    // An empty file is a lost index, too.
    lose_index(&home);
    fs::write(data(&home).join("index.db"), "").unwrap();
    assert_eq!(titles(&entries(&home, &["list"])), ["first"]);
}

#[test]
fn a_few_copies_are_kept_one_a_day() {
    let home = Home::new();
    entries(&home, &["add", "1h", "first"]);
    fs::create_dir_all(data(&home)).unwrap();
    for day in 10..18 {
        fs::write(data(&home).join(format!("index.copy-2020-01-{day}.db")), "old").unwrap();
    }
    entries(&home, &["list"]);
    let kept = files(&home, "copy-");
    assert_eq!(kept.len(), 5, "{kept:?}");
    assert!(kept[0].to_str().unwrap().contains("2020-01-14"), "{kept:?}");
    let modified = |path: &PathBuf| fs::metadata(path).unwrap().modified().unwrap();
    let first = modified(&kept[4]);
    entries(&home, &["add", "1h", "second"]);
    assert_eq!(modified(&files(&home, "copy-")[4]), first);
    // A copy that cannot be read is passed over.
    fs::write(&kept[4], "not a database").unwrap();
    let sound = data(&home).join("index.copy-2020-01-15.db");
    fs::remove_file(&sound).unwrap();
    Connection::open(data(&home).join("index.db"))
        .unwrap()
        .execute("VACUUM INTO ?1", [sound.to_str().unwrap()])
        .unwrap();
    lose_index(&home);
    assert_eq!(titles(&entries(&home, &["list"])), ["first", "second"]);
}

#[test]
fn drafts_of_the_killed_go_with_the_next_copy() {
    let home = Home::new();
    entries(&home, &["add", "1h", "first"]);
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3_700);
    for name in ["draft-4711", "draft-4711-journal", "before-4711", "before-3.db"] {
        let file = fs::File::create(data(&home).join(format!("index.{name}"))).unwrap();
        file.set_modified(old).unwrap();
    }
    fs::write(data(&home).join("index.draft-4712"), "under way").unwrap();
    entries(&home, &["list"]);
    let left = |part: &str| files(&home, part).len();
    assert_eq!((left("copy-"), left("draft-4711"), left("draft-4712"), left("before-")), (1, 0, 1, 1));
}

/// Overwrites the page on which this text stands, once the write-ahead log is empty.
fn damage(home: &Home, text: &str) {
    let path = data(home).join("index.db");
    let db = Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let size: usize =
        db.query_row("PRAGMA page_size", [], |row| row.get::<_, i64>(0)).unwrap().try_into().unwrap();
    drop(db);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap() / size * size;
    bytes[at..at + size].fill(0xAA);
    fs::write(&path, bytes).unwrap();
}

#[test]
fn damage_takes_the_entries_of_one_page_at_most() {
    let home = Home::new();
    entries(&home, &["add", "1h", "entry 0001"]);
    // Enough for many pages.
    Connection::open(data(&home).join("index.db"))
        .unwrap()
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO time_entry (id, start, end, timed, seconds, title, note, status, created_at, changed_at)
             SELECT i, 1795000000 + i, 1795003600 + i, 1, 3600, printf('entry %04d', i), hex(zeroblob(100)), 'pending', 0, 0
             FROM n",
        )
        .unwrap();
    damage(&home, "entry 0500");
    let ended = time(&home, &["list", "--json"]).expect(0);
    assert!(ended.stderr.contains("not all could be read of: time_entry"), "{}", ended.stderr);
    let document = ended.json();
    let left = titles(document["entries"].as_array().unwrap()).len();
    assert!((960..1000).contains(&left), "{left} of 1000 entries are left");
    for there in ["entry 0001", "entry 1000"] {
        assert!(titles(document["entries"].as_array().unwrap()).contains(&there), "{there}");
    }
    // What the damage took comes from the copy, where there is one.
    fs::remove_file(&files(&home, "copy-")[0]).unwrap();
    entries(&home, &["list"]);
    let missing = left;
    damage(&home, "entry 0700");
    let ended = time(&home, &["list", "--json"]).expect(0);
    assert!(ended.stderr.contains("came from the copy"), "{}", ended.stderr);
    assert_eq!(ended.json()["entries"].as_array().unwrap().len(), missing);
}

#[test]
fn an_older_index_is_copied_and_brought_up_to_date() {
    let home = Home::new();
    entries(&home, &["add", "1h", "kept"]);
    let path = data(&home).join("index.db");
    let back = "DROP TABLE time_entry; DROP TABLE outbox; DROP TABLE target;
                ALTER TABLE connection DROP COLUMN renewal_at; PRAGMA user_version = 3";
    Connection::open(&path).unwrap().execute_batch(back).unwrap();
    for copy in files(&home, "copy-") {
        fs::remove_file(copy).unwrap();
    }
    assert!(entries(&home, &["list"]).is_empty());
    let before = files(&home, "before-");
    assert_eq!(before.len(), 1);
    let version: i64 = Connection::open(&before[0])
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 3);
    entries(&home, &["add", "1h", "new"]);
}

#[test]
fn a_connection_that_is_renamed_keeps_its_entries() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.put(&EVENT);
    entries(&home, &["convert", "call-1"]);
    home.provider("evil", "title = \"Evil\"\nauthorize-url = \"http://127.0.0.1:9/a\"\ntoken-url = \"http://127.0.0.1:9/t\"\napi-url = \"http://127.0.0.1:9\"\n");
    mirror.run("UPDATE time_entry SET connection = 'evil'; UPDATE calendar SET connection = 'evil'");
    home.paste("evil", "token-of-evil");
    home.run(&["rename", "evil", "evil/work"]).expect(0);
    assert_eq!(entries(&home, &["list"])[0]["event"]["connection"], "evil/work");
}

#[test]
fn a_kill_leaves_whole_entries() {
    let home = Home::new();
    entries(&home, &["add", "1h", "first"]);
    for round in 0..40 {
        let mut command = home.command(&["time", "add", "1h", "another", "--project", "p"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(500 * round));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let ended = Ended::of(home.command(&["time", "list", "--json"]).output().unwrap()).expect(0);
    assert!(ended.stderr.is_empty(), "{}", ended.stderr);
    for entry in ended.json()["entries"].as_array().unwrap() {
        assert_eq!(entry["seconds"], 3_600);
    }
    let sound: String = Connection::open(data(&home).join("index.db"))
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
}
