//! ST13: a disk that is really full. What was there stays whole, and works again once there is room.
use nix::unistd::getuid;
use serde_json::json;

use crate::harness::{ACME, Output, Run, Sealed, needs, skip};

/// Runs the script where the data folder is a disk of `size`; None where the machine allows no mounts.
fn on_a_disk_of(size: &str, home: &Sealed, script: &str) -> Option<Output> {
    let data = home.home().join(".local/share");
    let mount = format!("mount -t tmpfs -o size={size},mode=700 none '{}'", data.display());
    let as_root = if getuid().is_root() { "-m" } else { "-rm" };
    let able = Run::new(home, "unshare", &[as_root, "sh", "-c", &mount]).run();
    if able.code != 0 {
        skip("full disk", &format!("no mounts here: {}", able.stderr.trim()));
        return None;
    }
    let integ = env!("CARGO_BIN_EXE_integ");
    let script =
        format!("set -e; {mount}; data='{}'; integ() {{ '{integ}' \"$@\"; }}\n{script}", data.display());
    Some(Run::new(home, "unshare", &[as_root, "sh", "-c", &script]).reveals().within(120).run())
}

#[test]
fn st13_a_full_disk_keeps_what_was_there() {
    if !needs("full disk", &["$unshare"]) {
        return;
    }
    // On the smaller one the index itself has no room.
    for size in ["64k", "1m"] {
        let home = Sealed::new();
        home.provider("acme", ACME);
        for name in ["a", "b"] {
            let token = format!("CANARY-token-of-{name}");
            home.secrets().plant(&token);
            let grant = json!({"provider": "acme", "name": format!("acme/{name}"), "access_token": token, "expires_in": 3600});
            home.hand_over(name, &grant.to_string());
        }
        let given = home.outside().display().to_string();
        let script = format!(
            "integ import - <'{given}/a'
             cat /dev/zero >\"$data/filler\" 2>/dev/null || true
             code=0; integ import - <'{given}/b' || code=$?
             echo \"full: $code\"
             code=0; integ token acme/b || code=$?
             echo \"absent: $code\"
             integ token acme/a
             code=0; integ status >/dev/null || code=$?
             echo \"status: $code\"
             find \"$data\" -name '*.tmp'
             rm \"$data/filler\"
             integ import - <'{given}/b'
             integ token acme/b
             integ token acme/a"
        );
        let Some(out) = on_a_disk_of(size, &home, &script) else { return };
        let out = out.ok();
        let told: Vec<&str> = out.stdout.lines().collect();
        let (a, b) = ("CANARY-token-of-a", "CANARY-token-of-b");
        assert_eq!(told, ["full: 5", "absent: 3", a, "status: 0", b, a], "{size}\n{out}");
    }
}
