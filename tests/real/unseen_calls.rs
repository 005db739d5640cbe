//! The points of tests/hostile are as good as the library that counts them: `strace` sees the same calls.
use std::collections::BTreeMap;
use std::fs;

use crate::evil::Evil;
use crate::harness::needs;
use crate::home::keychain::BUS;
use crate::home::{Home, Point};

/// What the library calls a call of the system.
const KINDS: [(&str, &str); 19] = [
    ("open(", "open"),
    ("openat(", "open"),
    ("write(", "write"),
    ("writev(", "writev"),
    ("pwrite64(", "pwrite"),
    ("fsync(", "fsync"),
    ("fdatasync(", "fdatasync"),
    ("ftruncate(", "ftruncate"),
    ("fallocate(", "fallocate"),
    ("fchmod(", "fchmod"),
    ("fchown(", "fchown"),
    ("rename(", "rename"),
    ("renameat2(", "rename"),
    ("linkat(", "link"),
    ("unlinkat(", "unlink"),
    ("unlink(", "unlink"),
    ("mkdirat(", "mkdir"),
    ("mkdir(", "mkdir"),
    ("flock(", "flock"),
];

type Counts = BTreeMap<String, usize>;

fn count<'a>(kinds: impl Iterator<Item = &'a str>) -> Counts {
    let mut counts = Counts::new();
    kinds.for_each(|kind| *counts.entry(kind.to_owned()).or_default() += 1);
    counts
}

/// The kind of a line of `strace -f -y`, where it is about a file below `root`.
fn kind<'a>(line: &'a str, root: &str) -> Option<&'a str> {
    let call = line.split_once(' ')?.1.trim_start();
    if !call.contains(root) || call.contains("O_DIRECTORY") || call.starts_with("<...") {
        return None;
    }
    if call.starts_with("fcntl(") {
        return (call.contains("F_SETLK") || call.contains("F_OFD_SETLK")).then_some("lock");
    }
    KINDS.iter().find(|(name, _)| call.starts_with(name)).map(|(_, kind)| *kind)
}

#[test]
fn no_storage_call_goes_unseen() {
    if !needs("unseen_calls", &["$strace"]) {
        return;
    }
    BUS.set(None);
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let (root, log) = (home.path("home").display().to_string(), home.path("strace"));
    let traced = format!("exec /usr/bin/strace -f -y -o '{}' {{}}", log.display());
    for args in [&["refresh", "evil", "--force"][..], &["test", "evil"], &["rename", "evil", "evil/other"]] {
        home.call(args).disk(Point::NONE).env("TEST_DISK_LOCKS", "1").shell(&traced).run().exits(&[0]);
        let lines = fs::read_to_string(&log).unwrap();
        let seen = count(lines.lines().filter_map(|line| kind(line, &root)));
        let listed = home.storage_calls();
        assert_eq!(count(listed.iter().map(|call| call.split(' ').nth(1).unwrap())), seen, "{args:?}");
        assert!(listed.len() > 20, "{args:?}: {} calls", listed.len());
    }
}
