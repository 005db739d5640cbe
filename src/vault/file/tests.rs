use std::time::Duration;

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn home() -> (tempfile::TempDir, FileVault) {
    let dir = tempfile::tempdir().unwrap();
    let vault = FileVault::new(dir.path().join("vault"), Identity::generate());
    (dir, vault)
}

fn write(vault: &FileVault, key: &str, value: &[u8]) -> Result<(), VaultError> {
    vault.reserve(key, value.len())?.commit(value)
}

fn read(vault: &FileVault, key: &str) -> Option<Vec<u8>> {
    vault.read(key).unwrap().map(|bytes| bytes.to_vec())
}

fn temporaries(vault: &FileVault) -> usize {
    let files = fs::read_dir(&vault.dir).unwrap().flatten();
    files.filter(|file| file.path().extension().is_some_and(|e| e == "tmp")).count()
}

#[test]
fn an_item_is_one_sealed_private_file() {
    let (_dir, vault) = home();
    assert_eq!(
        (read(&vault, "p/a"), vault.read_all("p/").unwrap().len()),
        (None, 0),
        "there is no folder yet"
    );
    assert!(!vault.delete("p/a").unwrap());
    for size in [0, 1, 70_000, 5] {
        let value = vec![b'x'; size];
        write(&vault, "p/a", &value).unwrap();
        assert_eq!(read(&vault, "p/a"), Some(value), "{size}");
    }
    let path = vault.item_file("p/a").unwrap();
    assert_eq!(path, vault.dir.join("p~a.age"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&vault.dir).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(!fs::read(&path).unwrap().windows(3).any(|part| part == b"xxx"));
    assert_eq!((vault.kind(), vault.lock_dir()), ("file", vault.dir.join("locks").as_path()));
    assert_eq!(temporaries(&vault), 0);
    assert!(vault.delete("p/a").unwrap() && !path.exists() && !vault.delete("p/a").unwrap());
}

#[test]
fn a_list_holds_what_starts_alike_and_nothing_that_is_no_item() {
    let (_dir, vault) = home();
    for key in ["p/a", "p/client:x", "q/a"] {
        write(&vault, key, key.as_bytes()).unwrap();
    }
    fs::write(vault.dir.join("p~note.txt"), "x").unwrap();
    fs::write(vault.dir.join("p~bad.age"), "x").unwrap();
    let mut listed = vault.read_all("p/").unwrap();
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    let seen: Vec<_> = listed.iter().map(|(key, item)| (key.as_str(), item.is_ok())).collect();
    assert_eq!(seen, [("p/a", true), ("p/bad", false), ("p/client:x", true)]);
}

#[test]
fn what_cannot_be_opened_is_named_as_what_it_is() {
    let (_dir, vault) = home();
    write(&vault, "p/a", b"x").unwrap();
    let path = vault.item_file("p/a").unwrap();
    let other = FileVault::new(vault.dir.clone(), Identity::generate());
    assert!(matches!(other.read("p/a"), Err(VaultError::OtherKey(key)) if key == "p/a"));
    let mut sealed = fs::read(&path).unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    fs::write(&path, sealed).unwrap();
    assert!(matches!(vault.read("p/a"), Err(VaultError::Damaged { .. })));
    fs::remove_file(&path).unwrap();
    symlink("/etc/hostname", &path).unwrap();
    assert!(matches!(vault.read("p/a"), Err(VaultError::Storage { action: "read", .. })));
    assert!(matches!(vault.reserve("p/a", 1), Err(VaultError::Storage { action: "replace", .. })));
    let file = tempfile::NamedTempFile::new().unwrap();
    let nowhere = FileVault::new(file.path().to_owned(), Identity::generate());
    assert!(matches!(nowhere.read_all(""), Err(VaultError::Storage { action: "list", .. })));
    fs::create_dir(vault.dir.join("p~dir.age")).unwrap();
    assert!(matches!(vault.delete("p/dir"), Err(VaultError::Storage { action: "delete", .. })));
}

/// A full disk is met before anything irrevocable is asked of a provider: the room is taken, all of it.
#[test]
fn room_is_on_the_disk_before_it_is_needed() {
    let (_dir, vault) = home();
    for size in [0, 10, 200_000] {
        let reserved = vault.reserve("p/a", size).unwrap();
        let files = fs::read_dir(&vault.dir).unwrap().flatten();
        let room: u64 =
            files.filter(|f| f.path().extension().is_some()).map(|f| f.metadata().unwrap().len()).sum();
        let sealed = age::encrypt(&vault.key.to_public(), &vec![0; size]).unwrap();
        assert!(room >= sealed.len() as u64, "{size}: {room}");
        assert_eq!(temporaries(&vault), 1);
        drop(reserved);
        assert_eq!(temporaries(&vault), 0, "what was not used is gone");
        assert_eq!(read(&vault, "p/a"), None);
    }
}

#[test]
fn what_the_killed_left_behind_goes_after_an_hour() {
    let (_dir, vault) = home();
    write(&vault, "p/a", b"x").unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(3_700);
    let make = |name: &str, at: std::time::SystemTime| {
        let path = vault.dir.join(name);
        File::create(&path).unwrap().set_modified(at).unwrap();
        path
    };
    let stale = make(".integ-stale.tmp", old);
    let recent = make(".integ-recent.tmp", std::time::SystemTime::now() - Duration::from_secs(3_500));
    let foreign = make(".old.tmp", old);
    write(&vault, "p/b", b"x").unwrap();
    assert_eq!((stale.exists(), recent.exists(), foreign.exists()), (false, true, true));
}
