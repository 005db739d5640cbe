//! ST14: homes that are missing, odd or unwritable. (That nothing is written to the working directory is a standing
//! invariant.)

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use crate::evil::Evil;
use crate::home::{GrantText, Home, private_file, provider_toml};

#[test]
fn st14_no_home_but_xdg_directories_is_enough() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    home.unset("HOME");
    let grant = home.fresh(&evil, "evil");
    assert_eq!(home.run(&["token", "evil"]).exits(&[0]).out().trim(), grant.access);
    home.run(&["status"]).exits(&[0]);
}

#[test]
fn st14_relative_xdg_directories_are_ignored() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    home.set("XDG_DATA_HOME", "data").set("XDG_CONFIG_HOME", "config/x");
    home.fresh(&evil, "evil");
    home.run(&["token", "evil"]).exits(&[0]);
    assert_eq!(home.vault_files().len(), 1, "not below HOME");
}

#[test]
fn st14_a_home_that_cannot_be_written_is_storage_trouble() {
    // Not even root can make these.
    for place in ["/proc/nowhere", "/dev/null"] {
        let evil = Evil::start();
        let mut home = Home::new(&evil);
        let (_, text) = GrantText::new(&evil, "evil", 4_000_000_000);
        home.set("XDG_DATA_HOME", place);
        home.run_with(&["import", "-"], text.0.to_string()).exits(&[5]).says(place);
        home.run(&["token", "evil"]).exits(&[3, 5]);
        home.run(&["status"]).exits(&[0, 5]);
    }
}

#[test]
fn st14_any_bytes_may_stand_in_a_path() {
    for name in [
        b"with space".to_vec(),
        b"new\nline".to_vec(),
        b"\xff\xfe".to_vec(),
        "höme 🏠".into(),
        b"-rf".to_vec(),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let root = home.path("home").join(OsString::from_vec(name.clone()));
        private_file(&root.join("config/integ/providers/evil.toml"), provider_toml(&evil, &[]).as_bytes());
        let (grant, text) = GrantText::new(&evil, "evil", 4_000_000_000);
        let call = |args: &[&str]| {
            home.call(args)
                .env("HOME", &root)
                .env("XDG_CONFIG_HOME", root.join("config"))
                .env("XDG_DATA_HOME", root.join("data"))
        };
        call(&["import", "-"]).stdin(text.0.to_string()).run().exits(&[0]);
        assert_eq!(call(&["token", "evil"]).run().exits(&[0]).out().trim(), grant.access);
        call(&["refresh", "evil", "--force"]).run().exits(&[0]);
        call(&["status"]).run().exits(&[0]);
        call(&["config", "path"]).run().exits(&[0]);
    }
}
