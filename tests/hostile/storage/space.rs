//! ST13: no room left.

use crate::evil::Evil;
use crate::home::{GrantText, Home};

#[test]
fn st13_no_room_for_a_first_connection_stores_nothing() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let (_, text) = GrantText::new(&evil, "evil", 4_000_000_000);
    let output = home.call(&["import", "-"]).stdin(text.0.to_string()).shell("ulimit -f 0; exec {}").run();
    output.exits(&[5]);
    home.run(&["token", "evil"]).exits(&[3]);
    home.run_with(&["import", "-"], text.0.to_string()).exits(&[0]);
    home.run(&["token", "evil"]).exits(&[0]);
}

#[test]
fn st13_no_room_for_a_second_one_keeps_the_first() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil/a");
    let (_, text) = GrantText::new(&evil, "evil/b", 4_000_000_000);
    for blocks in [0, 1, 2] {
        let script = format!("ulimit -f {blocks}; exec {{}}");
        home.call(&["import", "-"]).stdin(text.0.to_string()).shell(&script).run().exits(&[0, 5]);
        assert_eq!(home.run(&["token", "evil/a"]).exits(&[0]).out().trim(), grant.access);
    }
    home.index_is_sound();
}

#[test]
fn st13_no_room_for_the_log_or_the_history_does_not_lose_the_token() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let log = home.path("home/integ.log").to_str().unwrap().to_owned();
    let output = home.call(&["token", "evil", "-vv", "--log-file", &log]).shell("ulimit -f 0; exec {}").run();
    assert_eq!(output.exits(&[0, 5]).code == 0, output.out().trim() == grant.access);
    home.call(&["test", "evil"]).shell("ulimit -f 0; exec {}").run().exits(&[0, 5]);
    home.call(&["status"]).shell("ulimit -f 0; exec {}").run().exits(&[0, 5]);
    home.index_is_sound();
}

#[test]
fn st13_no_room_for_the_config_keeps_the_old_one() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.run(&["config", "set", "limits.deadline", "7s"]).exits(&[0]);
    let path = home.config().join("config.toml");
    let before = std::fs::read(&path).unwrap();
    let set = ["config", "set", "limits.deadline", "9s"];
    home.call(&set).shell("ulimit -f 0; exec {}").run().exits(&[5]);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn st13_nobody_is_asked_to_consent_to_what_cannot_be_kept() {
    for way in ["--no-browser", "--paste", "--device", "--detach"] {
        let evil = Evil::start();
        let home = crate::ways::with_device(&evil, &[]);
        home.tampered.store(true, std::sync::atomic::Ordering::SeqCst);
        crate::home::private_file(&home.vault().join("locks"), b"in the way");
        home.run(&["connect", "evil", way]).exits(&[5, 6]).never_says("response_type=");
        assert_eq!(evil.requests(), 0, "{way}");
    }
}

/// Whoever is at the doctor's is not sent there.
#[test]
fn st13_the_doctor_says_what_to_do_about_a_full_disk() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let document = home.call(&["doctor", "--json"]).shell("ulimit -f 0; exec {}").run().exits(&[5]).json();
    let checks = document["checks"].as_array().unwrap();
    let vault = checks.iter().find(|check| check["name"] == "vault").unwrap();
    assert_eq!((&vault["outcome"], &vault["help"]), (&"fail".into(), &"make room on its disk".into()));
    assert!(checks.iter().all(|check| check["help"] != "integ doctor"), "{document}");
}
