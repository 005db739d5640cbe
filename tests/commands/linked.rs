//! People who keep their settings in a folder of theirs and link to them.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::seal::{Ended, Home};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn folder(home: &Home, name: &str, mode: u32) -> PathBuf {
    let path = home.path().join(name);
    fs::create_dir_all(&path).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn a_config_file_that_is_a_link_stays_one() {
    let home = Home::new();
    let dotfiles = folder(&home, "dotfiles", 0o755);
    folder(&home, "config/integ", 0o700);
    symlink("../../dotfiles/integ.toml", home.config()).unwrap();
    // What it leads to is not there at first.
    for tries in ["2", "3"] {
        home.run(&["config", "set", "limits.tries", tries]).expect(0);
        assert!(home.config().is_symlink());
        let text = fs::read_to_string(dotfiles.join("integ.toml")).unwrap();
        assert!(text.contains(&format!("tries = {tries}")), "{text}");
    }
    assert_eq!((mode(&dotfiles), mode(&dotfiles.join("integ.toml"))), (0o755, 0o600));
    home.run(&["config", "unset", "limits.tries"]).expect(0);
    assert!(home.config().is_symlink());
}

#[test]
fn a_config_folder_may_be_a_link_to_one_that_nobody_else_writes_in() {
    let home = Home::new();
    let dotfiles = folder(&home, "dotfiles/integ", 0o755);
    folder(&home, "config", 0o700);
    symlink(&dotfiles, home.path().join("config/integ")).unwrap();
    home.run(&["config", "set", "limits.tries", "2"]).expect(0);
    let mut init = home.command(&["vault", "init"]);
    Ended::of(init.env_remove("INTEG_VAULT_KEY").output().unwrap()).expect(0);
    assert_eq!((mode(&dotfiles), mode(&dotfiles.join("vault.key"))), (0o755, 0o600));
    let doctor = home.run(&["doctor", "--json"]);
    let checks = |document: serde_json::Value| document["checks"].as_array().unwrap().clone();
    let fine = |check: &serde_json::Value| check["name"] != "permissions" || check["outcome"] == "ok";
    assert!(checks(doctor.json()).iter().all(fine), "{}", doctor.stdout);
    folder(&home, "dotfiles/integ", 0o777);
    let refused = home.run(&["config", "set", "limits.tries", "3"]).expect(5);
    assert!(refused.stderr.contains("others can write in it"), "{}", refused.stderr);
    let doctor = home.run(&["doctor", "--json"]);
    assert!(!checks(doctor.json()).iter().all(fine), "{}", doctor.stdout);
    assert_eq!(home.run(&["config", "get", "limits.tries"]).expect(0).stdout, "2\n");
}

#[test]
fn a_data_folder_may_be_a_link_to_where_there_is_room() {
    let home = Home::new();
    let room = folder(&home, "room", 0o755);
    folder(&home, "data", 0o700);
    symlink(&room, home.path().join("data/integ")).unwrap();
    home.run(&["time", "add", "1h", "kept"]).expect(0);
    assert!(room.join("index.db").exists());
    assert_eq!(mode(&room), 0o700);
    assert!(home.run(&["time", "list"]).expect(0).stdout.contains("kept"));
}
