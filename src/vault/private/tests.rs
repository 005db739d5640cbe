use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn kind(outcome: Result<(), VaultError>) -> Option<io::ErrorKind> {
    match outcome {
        Err(VaultError::Storage { cause, .. }) => Some(cause.kind()),
        Err(other) => panic!("{other:?}"),
        Ok(()) => None,
    }
}

#[test]
fn a_folder_is_made_private_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b");
    private_dir(&deep).unwrap();
    assert_eq!((mode(&deep), mode(&dir.path().join("a"))), (0o700, 0o700));
    chmod(&deep, 0o755);
    private_dir(&deep).unwrap();
    assert_eq!(mode(&deep), 0o700, "a loose one is repaired");
    chmod(&deep, 0o500);
    private_dir(&deep).unwrap();
    assert_eq!(mode(&deep), 0o500, "a tighter one is left");
    let link = dir.path().join("link");
    symlink(&deep, &link).unwrap();
    assert!(matches!(private_dir(&link), Err(VaultError::Unsafe { .. })), "a link is no folder");
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(private_dir(&file).is_err());
}

#[test]
fn only_plain_files_of_ours_are_opened() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let failed = |path: &Path| open_private(path, false).map(drop).unwrap_err().kind();
    assert_eq!(failed(&at("none")), io::ErrorKind::NotFound);
    open_private(&at("new"), true).unwrap().write_all(b"x").unwrap();
    assert_eq!(mode(&at("new")), 0o600);
    chmod(&at("new"), 0o644);
    drop(open_private(&at("new"), false).unwrap());
    assert_eq!(mode(&at("new")), 0o600, "a loose one is repaired");
    chmod(&at("new"), 0o400);
    drop(open_private(&at("new"), false).unwrap());
    assert_eq!(mode(&at("new")), 0o400, "a tighter one is left");
    assert_eq!(fs::read(at("new")).unwrap(), b"x", "and nothing is cut");
    fs::create_dir(at("dir")).unwrap();
    assert_eq!(failed(&at("dir")), io::ErrorKind::PermissionDenied);
    nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(failed(&at("pipe")), io::ErrorKind::PermissionDenied, "and nobody waits for its other end");
    symlink(at("new"), at("link")).unwrap();
    assert!(open_private(&at("link"), false).is_err());
}

#[test]
fn a_file_is_written_whole_into_a_folder_of_ours() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/config.toml");
    for text in ["a long first text", "short", ""] {
        write_private(&path, text.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary is left");
}

#[test]
fn what_is_there_stays_unless_it_is_to_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    chmod(dir.path(), 0o755);
    let path = dir.path().join("export.age");
    assert_eq!(kind(write_private_into(&path, b"one", false)), None);
    assert_eq!(kind(write_private_into(&path, b"two", false)), Some(io::ErrorKind::AlreadyExists));
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert_eq!(kind(write_private_into(&path, b"two", true)), None);
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"two".as_slice(), 0o600));
    assert_eq!(mode(dir.path()), 0o755, "the folder is the person's business");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    let nowhere = dir.path().join("none/x");
    assert_eq!(kind(write_private_into(&nowhere, b"x", true)), Some(io::ErrorKind::NotFound));
}

#[test]
fn a_log_is_added_to() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    for line in ["a", "b"] {
        append_private(&path).unwrap().write_all(line.as_bytes()).unwrap();
    }
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("ab", 0o600));
    symlink(&path, dir.path().join("link")).unwrap();
    assert!(append_private(&dir.path().join("link")).is_err());
}
