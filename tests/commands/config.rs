//! `integ config`: typed, ranged, and kind to what a person wrote into the file.

use std::fs;

use crate::seal::{Ended, Home};

#[test]
fn a_setting_is_set_read_and_unset_and_comments_stay() {
    let home = Home::new();
    home.write("config/integ/config.toml", "# mine\n[limits]\ntries = 2 # patience\n");
    home.run(&["config", "set", "limits.tries", "5"]).expect(0);
    home.run(&["config", "set", "notify.command", "[\"mail\", \"-s\", \"integ\", \"me\"]"]).expect(0);
    home.run(&["config", "set", "client.google.id", "abc"]).expect(0);
    let text = fs::read_to_string(home.config()).unwrap();
    assert!(text.starts_with("# mine\n[limits]\ntries = 5 # patience\n"), "{text}");
    assert_eq!(home.run(&["config", "get", "limits.tries"]).expect(0).stdout, "5\n");
    assert_eq!(home.run(&["config", "get", "limits.deadline"]).expect(0).stdout, "30s\n");
    assert_eq!(home.run(&["config", "get", "client.google.id"]).expect(0).stdout, "abc\n");
    home.run(&["config", "unset", "limits.tries"]).expect(0);
    assert_eq!(home.run(&["config", "get", "limits.tries"]).expect(0).stdout, "3\n");
    home.run(&["config", "unset", "limits.tries"]).expect(0);
    let path = home.run(&["config", "path"]).expect(0).stdout;
    assert_eq!(path.trim_end(), home.config().to_str().unwrap());
}

#[test]
fn a_wrong_key_or_value_is_refused_with_the_right_ones() {
    let home = Home::new();
    for (key, value, words) in [
        ("limits.tries", "99", "1 to 10"),
        ("limits.tries", "-1", "1 to 10"),
        ("limits.deadline", "soon", "duration"),
        ("output.color", "pink", "auto, always, never"),
        ("notify.command", "mail me", "[\"program\", \"argument\"]"),
        ("notify.command", "[]", "list"),
        ("limits.trie", "1", "limits.tries"),
        ("client.google.secret", "x", "no setting"),
    ] {
        let ended = home.run(&["config", "set", key, value]).expect(2);
        assert!(ended.stderr.contains(words), "{key}: {}", ended.stderr);
    }
    assert!(!home.config().exists());
    home.run(&["config", "get", "limits.trie"]).expect(2);
    home.run(&["config", "unset", "limits.trie"]).expect(2);
}

#[test]
fn the_list_says_what_is_set_and_what_it_means() {
    let home = Home::new();
    home.run(&["config", "set", "limits.tries", "5"]).expect(0);
    home.run(&["config", "set", "client.slack.port", "4000"]).expect(0);
    let document = home.run(&["config", "list", "--json"]).expect(0).json();
    let settings = document["settings"].as_array().unwrap();
    let of = |key: &str| settings.iter().find(|setting| setting["key"] == key).unwrap();
    assert_eq!((&of("limits.tries")["value"], &of("limits.tries")["set"]), (&"5".into(), &true.into()));
    assert_eq!(of("limits.tries")["default"], "3");
    assert_eq!(of("limits.deadline")["set"], false);
    assert_eq!(of("client.slack.port")["value"], "4000");
    assert!(settings.iter().all(|setting| !setting["doc"].as_str().unwrap().is_empty()));
    let table = home.run(&["config", "list"]).expect(0).stdout;
    assert!(table.contains("limits.tries") && table.contains("default") && table.contains("set"), "{table}");
}

#[test]
fn a_broken_file_can_be_mended() {
    let home = Home::new();
    home.write("config/integ/config.toml", "# mine\n[limits]\ntries = 99\nspeed = 1\n");
    home.run(&["config", "list"]).expect(2);
    home.run(&["config", "set", "limits.deadline", "9"]).expect(2);
    home.run(&["-v", "config", "path"]).expect(0);
    home.run(&["config", "unset", "limits.tries"]).expect(0);
    home.run(&["config", "unset", "limits.speed"]).expect(0);
    home.run(&["config", "list"]).expect(0);
    assert!(fs::read_to_string(home.config()).unwrap().starts_with("# mine"));
    home.write("config/integ/config.toml", "[limits\n");
    let ended = home.run(&["config", "unset", "limits.tries"]).expect(2);
    assert!(ended.stderr.contains("line 1") && ended.stderr.contains("config edit"), "{}", ended.stderr);
    edit(&home, "printf '[limits]\\ntries = 4\\n' > \"$1\"").expect(0);
    assert_eq!(home.run(&["config", "get", "limits.tries"]).expect(0).stdout, "4\n");
}

#[test]
fn a_log_that_cannot_be_written_locks_nobody_out() {
    let home = Home::new();
    home.write("config/integ/config.toml", "[log]\nfile = \"/no/such/folder/log\"\n");
    let ended = home.run(&["config", "get", "limits.tries"]).expect(0);
    assert_eq!(
        (ended.stdout.as_str(), ended.stderr.matches("warning:").count()),
        ("3\n", 1),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("/no/such/folder/log") && ended.stderr.contains("config unset log.file"));
    home.run(&["config", "get", "limits.tries", "--log-file", "/no/such/folder/log"]).expect(5);
    home.run(&["config", "unset", "log.file"]).expect(0);
    assert_eq!(home.run(&["config", "get", "limits.tries"]).expect(0).stderr, "");
    // What would be refused later is refused at once.
    home.run(&["config", "set", "log.file", "/no/such/folder/log"]).expect(5);
    for key in ["log.file", "vault.key-file"] {
        let ended = home.run(&["config", "set", key, "a/b"]).expect(2);
        assert!(ended.stderr.contains("path"), "{}", ended.stderr);
    }
    assert_eq!(fs::read_to_string(home.config()).unwrap(), "");
    let log = home.path().join("log").display().to_string();
    home.run(&["config", "set", "log.file", &log]).expect(0);
    // By hand it may say anything: it is still found from here, and no command is lost.
    home.write("config/integ/config.toml", "[log]\nfile = \"log\"\n");
    home.run(&["config", "list"]).expect(0);
}

/// `config edit` with this script as the editor.
fn edit(home: &Home, script: &str) -> Ended {
    let editor = home.write("an editor", &format!("#!/bin/sh\n{script}\n"));
    #[cfg(unix)]
    fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    Ended::of(home.command(&["config", "edit"]).env("EDITOR", &editor).output().unwrap())
}

fn copies(home: &Home) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(home.path().join("config/integ")).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("edit-"))
        .collect()
}

#[test]
fn only_a_right_file_replaces_the_old_one() {
    let home = Home::new();
    edit(&home, "printf '# new\\n[limits]\\ntries = 4\\n' > \"$1\"; test -z \"$INTEG_VAULT_KEY\"").expect(0);
    assert!(copies(&home).is_empty());
    let sound = fs::read_to_string(home.config()).unwrap();
    edit(&home, "exit 3").expect(2);
    edit(&home, ":").expect(0);
    assert!(copies(&home).is_empty());
    let ended = edit(&home, "printf '[limits]\\ntries = 44\\n' > \"$1\"").expect(2);
    assert_eq!(fs::read_to_string(home.config()).unwrap(), sound);
    let kept = copies(&home);
    assert!(ended.stderr.contains(kept[0].to_str().unwrap()), "{}", ended.stderr);
    fs::remove_file(&kept[0]).unwrap();
    let meanwhile = format!("echo '# theirs' >> '{}'; echo '# ours' >> \"$1\"", home.config().display());
    edit(&home, &meanwhile).expect(2);
    assert!(fs::read_to_string(home.config()).unwrap().contains("theirs"));
    home.run(&["config", "edit"]).expect(2);
}

#[test]
fn settings_that_are_changed_at_once_are_all_kept() {
    let home = Home::new();
    let names: Vec<String> = (0..16).map(|n| format!("client.provider-{n}.id")).collect();
    let set = |name: &String| home.command(&["config", "set", name, "x", "--quiet"]).spawn().unwrap();
    let running: Vec<_> = names.iter().map(set).collect();
    for mut child in running {
        assert!(child.wait().unwrap().success());
    }
    for name in &names {
        assert_eq!(home.run(&["config", "get", name]).expect(0).stdout, "x\n", "{name}");
    }
}

#[test]
fn who_has_the_settings_in_hand_is_waited_for_and_then_named() {
    let home = Home::new();
    home.run(&["config", "set", "limits.tries", "2"]).expect(0);
    let lock = fs::File::open(home.config().with_extension("lock")).unwrap();
    lock.lock().unwrap();
    for verb in [&["set", "limits.tries", "3"][..], &["unset", "limits.tries"]] {
        home.run(&[&["--lock-wait", "0", "config"], verb].concat()).expect(75);
    }
    assert_eq!(
        home.run(&["config", "get", "limits.tries"]).expect(0).stdout,
        "2\n",
        "reading waits for nobody"
    );
    let waiting = home.command(&["config", "set", "limits.tries", "4", "--quiet"]).spawn().unwrap();
    lock.unlock().unwrap();
    assert!(waiting.wait_with_output().unwrap().status.success());
    assert_eq!(home.run(&["config", "get", "limits.tries"]).expect(0).stdout, "4\n");
}

/// Killed in `vault init`, the key has a second name that nobody knows of.
#[test]
fn what_the_killed_left_beside_the_settings_goes_after_an_hour() {
    let home = Home::new();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3_700);
    let left = |name: &str, is_old: bool| {
        let path = home.write(&format!("config/integ/{name}"), "AGE-SECRET-KEY-1");
        if is_old {
            fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        }
        path
    };
    let stale = left(".integ-stale.tmp", true);
    let others = [left(".integ-recent.tmp", false), left(".theirs.tmp", true), left("integ.toml", true)];
    home.run(&["config", "set", "limits.tries", "2"]).expect(0);
    assert!(!stale.exists());
    assert!(others.iter().all(|path| path.exists()));
}
