//! ST9: what somebody else owns in our own folders is neither read nor replaced, and nothing is asked for on its word.
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use nix::unistd::getuid;
use serde_json::json;

use crate::harness::{ACME, Sealed, skip};

#[test]
fn st09_files_of_another_user_are_refused() {
    if !getuid().is_root() {
        skip("strangers' files", "only root may give a file to somebody else");
        return;
    }
    let home = Sealed::new();
    home.provider("acme", ACME);
    let grant = json!({"provider": "acme", "name": "acme", "access_token": "CANARY-ours", "expires_in": 3600,
        "refresh_token": "CANARY-refresh-ours"});
    home.integ(&["import", "-"]).stdin(&grant.to_string()).run().ok();
    let refresh = ["refresh", "acme", "--force"];
    // Nobody answers for this provider: whoever gets as far as asking it says so.
    home.integ(&refresh).run().exits(4);
    let vault = home.home().join(".local/share/integ/vault");
    let item = home.vault_files().remove(0);
    let locks = vault.join("locks");
    let lock = fs::read_dir(&locks).unwrap().next().unwrap().unwrap().path();
    for path in [&item, &vault, &locks, &lock] {
        let before = whole(path);
        chown(path, Some(54_321), None).unwrap();
        home.integ(&refresh).run().exits(5).says("somebody else");
        let token = home.integ(&["token", "acme"]).reveals().run();
        token.exits(if path == &item { 5 } else { 0 }).never_says("not connected");
        assert_eq!((fs::metadata(path).unwrap().uid(), whole(path)), (54_321, before), "{}", path.display());
        chown(path, Some(0), None).unwrap();
    }
    home.integ(&["token", "acme"]).reveals().run().ok();
    home.integ(&refresh).run().exits(4);
}

/// Nothing, for a folder.
fn whole(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}
