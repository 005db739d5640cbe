use super::*;

fn lock(dir: &Path, item: Option<&Path>) -> Option<Lock> {
    try_acquire(dir, &dir.join("x.lock"), item).unwrap()
}

#[test]
fn one_holds_it_and_the_next_gets_it_when_it_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("locks");
    let held = lock(&dir, None);
    assert!(held.is_some() && lock(&dir, None).is_none());
    drop(held);
    assert!(lock(&dir, None).is_some());
}

#[test]
fn the_item_is_locked_too_where_it_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let item = dir.path().join("x.age");
    assert!(lock(dir.path(), Some(&item)).is_some(), "what is not there needs no lock");
    std::fs::write(&item, "x").unwrap();
    let held = lock(dir.path(), Some(&item));
    assert!(held.is_some());
    std::fs::remove_file(dir.path().join("x.lock")).unwrap();
    assert!(lock(dir.path(), Some(&item)).is_none(), "the lock file is another one, the item is not");
    drop(held);
    assert!(lock(dir.path(), Some(&item)).is_some());
    std::fs::remove_file(&item).unwrap();
    std::fs::create_dir(&item).unwrap();
    let failed = try_acquire(dir.path(), &dir.path().join("x.lock"), Some(&item));
    assert!(matches!(failed, Err(VaultError::Storage { action: "read", .. })));
}

#[test]
fn a_file_that_lost_its_name_excludes_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    let file = File::create(&path).unwrap();
    assert!(is_still_there(&file, &path));
    std::fs::remove_file(&path).unwrap();
    assert!(!is_still_there(&file, &path));
    let _other = File::create(&path).unwrap();
    assert!(!is_still_there(&file, &path), "another one has its name");
}

#[test]
fn a_lock_that_cannot_be_opened_is_trouble_and_not_patience() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("x.lock")).unwrap();
    let failed = try_acquire(dir.path(), &dir.path().join("x.lock"), None);
    assert!(matches!(failed, Err(VaultError::Storage { action: "open the lock", .. })));
}
