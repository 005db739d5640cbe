//! ST10, ST11: symbolic links, pipes and directories where our files should be.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::{Home, private_dir, private_file};

/// How often the path is something else for a moment.
const SWAPS: usize = 10_000;

const SHAPES: [&str; 5] = ["symlink", "dangling", "hard link", "fifo", "directory"];

/// Puts `shape` in the place of `path`, and says what must not change.
fn replace(home: &Home, path: &Path, shape: &str) -> (PathBuf, Vec<u8>) {
    home.tampered.store(true, Ordering::SeqCst);
    let victim = home.path("victim");
    private_file(&victim, b"precious");
    let _ = fs::remove_file(path);
    match shape {
        "symlink" => symlink(&victim, path).unwrap(),
        "dangling" => symlink(home.path("nowhere"), path).unwrap(),
        "hard link" => fs::hard_link(&victim, path).unwrap(),
        "fifo" => mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap(),
        _ => private_dir(path),
    }
    (victim, b"precious".to_vec())
}

#[track_caller]
fn unharmed(home: &Home, (victim, contents): &(PathBuf, Vec<u8>), what: &str) {
    assert_eq!(&fs::read(victim).unwrap(), contents, "{what}: the target was changed");
    assert!(!home.path("nowhere").exists(), "{what}: a file was made through a link");
}

#[test]
fn st10_a_vault_item_that_is_no_plain_file_is_refused() {
    for shape in SHAPES {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.expired(&evil, "evil");
        let victim = replace(&home, &home.vault_files()[0].clone(), shape);
        home.run(&["token", "evil"]).exits(&[3, 5, 6]);
        unharmed(&home, &victim, shape);
        assert_eq!(evil.refreshes(), 0, "{shape}");
    }
}

#[test]
fn st10_writing_a_vault_item_never_follows_a_link() {
    for shape in SHAPES {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.fresh(&evil, "evil");
        let victim = replace(&home, &home.vault_files()[0].clone(), shape);
        home.connect(&["evil", "--replace", "--timeout", "5"]).0.exits(&[0, 5, 6]);
        unharmed(&home, &victim, shape);
    }
}

#[test]
fn st10_an_index_that_is_no_plain_file_harms_nobody() {
    for shape in SHAPES {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let grant = home.fresh(&evil, "evil");
        for tail in ["-wal", "-shm"] {
            let _ = fs::remove_file(home.data().join(format!("index.db{tail}")));
        }
        let victim = replace(&home, &home.index(), shape);
        home.run(&["status"]).exits(&[0, 5, 6]);
        unharmed(&home, &victim, shape);
        // The way to a token does not lead past the index.
        assert_eq!(home.run(&["token", "evil"]).exits(&[0]).out().trim(), grant.access, "{shape}");
    }
}

#[test]
fn st10_a_vault_directory_that_is_a_link_is_not_written_through() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    home.tampered.store(true, Ordering::SeqCst);
    let elsewhere = home.path("elsewhere");
    fs::rename(home.vault(), &elsewhere).unwrap();
    fs::set_permissions(&elsewhere, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    symlink(&elsewhere, home.vault()).unwrap();
    // A link to one's own private directory is a choice; to one that others can write, a trap.
    let output = home.run(&["refresh", "evil", "--force"]);
    let mode = fs::metadata(&elsewhere).unwrap().permissions();
    let tight = std::os::unix::fs::PermissionsExt::mode(&mode) & 0o077 == 0;
    assert!([5, 6].contains(&output.code) || tight, "{}", output.transcript());
}

#[test]
fn st11_swapping_paths_while_writing_never_reaches_outside() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    // The file that is put back has the first refresh token: it must go on working.
    evil.state().grants.rotation = Rotation::None;
    home.fresh(&evil, "evil");
    home.tampered.store(true, Ordering::SeqCst);
    let path = home.vault_files()[0].clone();
    let good = fs::read(&path).unwrap();
    let victim = home.path("victim");
    private_file(&victim, b"precious");
    let swaps = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while swaps.fetch_add(1, Ordering::SeqCst) < SWAPS {
                let link = home.path("link");
                let _ = symlink(&victim, &link);
                let _ = fs::rename(&link, &path);
                thread::yield_now();
                let file = home.path("good");
                private_file(&file, &good);
                let _ = fs::rename(&file, &path);
            }
        });
        for _ in 0..25 {
            home.run(&["refresh", "evil", "--force"]).exits(&[0, 3, 5, 6]);
        }
        while swaps.load(Ordering::SeqCst) < SWAPS {
            home.run(&["refresh", "evil", "--force"]).exits(&[0, 3, 5, 6]);
        }
    });
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    // What was hit was a way that otherwise works.
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
}
