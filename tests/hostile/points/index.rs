use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::{After, Case};
use crate::evil::Evil;
use crate::home::{Home, Output, Point, private_file};

/// The version before the last.
const OLD: usize = 4;

fn scripts() -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/index/schema");
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// An index of an older version that holds what exists nowhere else.
fn seed(evil: &Evil) -> Home {
    let home = Home::new(evil);
    home.fresh(evil, "evil");
    for tail in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(home.data().join(format!("index.db{tail}")));
    }
    private_file(&home.index(), b"");
    let index = Connection::open(home.index()).unwrap();
    index.execute_batch(&scripts()[..OLD].concat()).unwrap();
    index
        .execute_batch(&format!(
            "INSERT INTO time_entry (start, end, timed, seconds, title, status, created_at, changed_at)
                 VALUES (1, 2, 1, 1, 'An hour', 'pending', 1, 1);
             PRAGMA user_version = {OLD}"
        ))
        .unwrap();
    home
}

fn run(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["status", "--json"]).disk(point).run()
}

/// The version, and what is ours.
fn found(home: &Home) -> (usize, String) {
    let index = Connection::open(home.index()).unwrap();
    let version: i64 = index.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let owned = index.query_row("SELECT group_concat(title) FROM time_entry", [], |row| row.get(0)).unwrap();
    (usize::try_from(version).unwrap(), owned)
}

fn holds(after: &After<'_>) {
    let latest = scripts().len();
    let (version, owned) = found(after.home);
    after.must(version == OLD || version == latest, "half way");
    after.must(owned == "An hour", &format!("what was ours: {owned}"));
    after.home.run(&["status"]).exits(&[0]);
    after.must(found(after.home) == (latest, "An hour".into()), "not migrated by the next run");
    after.is_live(&after.token("evil").unwrap_or_default());
}

pub(crate) const CASE: Case = Case { name: "migration of the index", least: 40, seed, run, holds };
