//! RF4: what can happen to whoever holds the lock, and to the lock itself.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::signal::Signal;

use crate::evil::{Evil, PATIENCE};
use crate::home::{Home, files_below, private_dir, private_file};

fn lock_files(home: &Home) -> Vec<PathBuf> {
    files_below(&home.vault().join("locks"))
}

#[test]
fn rf04_a_stopped_holder_keeps_its_lock() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.hold("token");
    let holder = home.start(&["token", "evil"]);
    evil.wait_for("token", 1);
    holder.signal(Signal::SIGSTOP);
    evil.release("token");
    home.run(&["token", "evil", "--lock-wait", "1"]).exits(&[75]);
    home.run(&["refresh", "evil", "--force", "--lock-wait", "1"]).exits(&[75]);
    holder.signal(Signal::SIGCONT);
    let token = holder.wait();
    token.exits(&[0]);
    assert_eq!(home.run(&["token", "evil"]).exits(&[0]).out(), token.out());
    assert_eq!(evil.refreshes(), 1);
}

#[test]
fn rf04_a_killed_holder_is_replaced_at_once() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    // The request that dies with its sender is never processed.
    evil.queue("token", &["hang"]);
    let holder = home.start(&["token", "evil"]);
    evil.wait_for("token", 1);
    let waiter = home.start(&["token", "evil"]);
    thread::sleep(Duration::from_millis(200));
    holder.signal(Signal::SIGKILL);
    holder.wait().exits(&[137]);
    waiter.wait().exits(&[0]);
    assert_eq!(evil.refreshes(), 2);
}

#[test]
fn rf04_a_lock_file_removed_while_held_excludes_still() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.hold("token");
    let holder = home.start(&["token", "evil"]);
    evil.wait_for("token", 1);
    let waiters: Vec<_> = (0..5).map(|_| home.start(&["token", "evil"])).collect();
    thread::sleep(Duration::from_millis(300));
    assert_eq!(evil.refreshes(), 1);
    assert!(!lock_files(&home).is_empty(), "no lock file where the design says");
    evil.release("token");
    let token = holder.wait();
    // Removed and made again under the feet of those who wait: the name decides, not the old file.
    lock_files(&home).into_iter().for_each(|path| drop(fs::remove_file(path)));
    for waiter in waiters {
        assert_eq!(waiter.wait().exits(&[0]).out(), token.out());
    }
    assert_eq!(evil.refreshes(), 1);
    assert_eq!(evil.state().grants.revoked(), 0);
}

#[test]
fn rf04_without_a_lock_nobody_refreshes() {
    for shape in ["directory", "dangling", "fifo"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.expired(&evil, "evil");
        // The locks of this connection exist once somebody has taken them.
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
        home.tampered.store(true, Ordering::SeqCst);
        let paths = lock_files(&home);
        assert!(!paths.is_empty());
        for path in &paths {
            fs::remove_file(path).unwrap();
            match shape {
                "directory" => private_dir(path),
                "dangling" => std::os::unix::fs::symlink(home.path("nowhere"), path).unwrap(),
                _ => nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap(),
            }
        }
        home.run(&["refresh", "evil", "--force"]).exits(&[5, 6]);
        assert_eq!(evil.refreshes(), 1, "{shape}: refreshed without a lock");
        assert!(!home.path("nowhere").exists(), "{shape}: wrote through a symbolic link");
    }
}

#[test]
fn rf04_a_lock_directory_that_cannot_be_made_is_storage_trouble() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    home.tampered.store(true, Ordering::SeqCst);
    let locks = home.vault().join("locks");
    let _ = fs::remove_dir_all(&locks);
    fs::write(&locks, "in the way").unwrap();
    home.run(&["token", "evil"]).exits(&[5, 6]);
    assert_eq!(evil.refreshes(), 0);
}

#[test]
fn who_waited_while_the_vault_was_moved_is_told_so() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    home.unset("INTEG_VAULT");
    let config = home.config().join("config.toml");
    private_file(&config, b"[vault]\nkind = \"file\"\n");
    home.expired(&evil, "evil");
    let path = lock_files(&home).remove(0);
    let lock = fs::File::open(&path).unwrap();
    lock.lock().unwrap();
    // It opens the lock only once it has found the connection; between two tries it holds no file that could be seen.
    let opened = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
    opened.add_watch(&path, AddWatchFlags::IN_OPEN).unwrap();
    let waiter = home.start(&["token", "evil", "--json"]);
    let started = Instant::now();
    while opened.read_events().is_err() {
        assert!(started.elapsed() < PATIENCE, "the lock was never opened");
        thread::sleep(Duration::from_millis(1));
    }
    fs::remove_file(&home.vault_files()[0]).unwrap();
    private_file(&config, b"[vault]\nkind = \"keychain\"\n");
    drop(lock);
    let told = waiter.wait();
    assert_eq!(told.exits(&[75]).kind(), "busy");
    told.says("moved").never_says("integ connect");
}
