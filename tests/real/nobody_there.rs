//! CL7, HI4: nobody to ask, and the machine of a pipeline at its barest.
use nix::unistd::getuid;
use serde_json::json;

use crate::harness::{ACME, Run, Sealed, needs, skip, strace};

#[test]
fn cl07_no_input_is_read_and_no_terminal_looked_for() {
    if !needs("nobody there", &["$strace"]) {
        return;
    }
    let home = Sealed::new();
    home.provider("acme", ACME);
    let grant = json!({"provider": "acme", "name": "acme", "access_token": "x", "expires_in": 3600});
    home.integ(&["import", "-"]).stdin(&grant.to_string()).run().ok();
    let commands: [(&[&str], i32); 5] = [
        (&["connect", "acme"], 3),
        (&["connect", "acme/other"], 3),
        (&["setup", "acme", "--client-id", "x"], 0),
        (&["disconnect", "acme"], 2),
        (&["export", "acme", "--passphrase"], 3),
    ];
    for (args, code) in commands {
        let Some((out, calls)) = strace(&home, &["-e", "trace=read,openat"], args) else { return };
        out.exits(code);
        assert!(calls.iter().any(|call| call.contains("openat(")), "nothing was traced");
        let asks = |call: &&String| call.contains("/dev/tty") || call.contains(" read(0<");
        assert_eq!(calls.iter().find(asks), None, "{args:?}");
    }
}

/// Whoever the system does not know, on a system where only one folder can be written to.
const NOBODY: &str = "setpriv --reuid 54321 --regid 54321 --clear-groups env -u PATH -u PWD";

#[test]
fn hi04_a_user_without_a_name_or_a_home_on_a_read_only_system() {
    if !needs("nobody there", &["$unshare", "$setpriv"]) {
        return;
    }
    if !getuid().is_root() {
        skip("nobody there", "only root may become a user that nobody knows");
        return;
    }
    let home = Sealed::empty();
    let acme = home.hand_over("acme.toml", ACME);
    let key = "AGE-SECRET-KEY-1FVEU87995UJPH0GHLL0XWQEJYRTS7X36X9TW7C0Q2M3HYDDLN9FSP90NHM";
    let token = "CANARY-token-of-a-pipeline";
    for secret in [key, token] {
        home.secrets().plant(secret);
    }
    let grant = json!({"provider": "acme", "name": "acme", "access_token": token, "expires_in": 3600});
    let run = |place: &str, args: &[&str]| {
        let script = format!(
            "set -e
             mount -t tmpfs none /mnt
             mkdir -p /mnt/config/integ/providers /mnt/data
             cp '{}' /mnt/integ
             cp '{}' /mnt/config/integ/providers/acme.toml
             chown -R 54321:54321 /mnt/config /mnt/data
             chmod -R go= /mnt/config /mnt/data
             mount -o remount,ro,bind /
             if touch /etc/integ-was-here 2>/dev/null; then echo 'the system can be written to'; exit 99; fi
             {NOBODY} {place} /mnt/integ import
             exec {NOBODY} {place} /mnt/integ \"$@\"",
            env!("CARGO_BIN_EXE_integ"),
            acme.display(),
        );
        Run::new(&home, "unshare", &[&["-m", "sh", "-c", &script, "sh"], args].concat())
            .bare()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("INTEG_VAULT_KEY", key)
            .env("INTEG_IMPORT", &grant.to_string())
            .reveals()
            .run()
    };
    let somewhere = "XDG_CONFIG_HOME=/mnt/config XDG_DATA_HOME=/mnt/data";
    assert_eq!(run(somewhere, &["token", "acme"]).ok().text(), token);
    run(somewhere, &["status"]).ok();
    let inherited = run(somewhere, &["run", "--with", "acme", "--", "/usr/bin/env"]).ok();
    inherited.never_says("INTEG_VAULT_KEY").never_says("INTEG_IMPORT").never_says(key);
    run("", &["token", "acme"]).exits(5).says("XDG_DATA_HOME");
}
