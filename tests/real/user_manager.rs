//! A real systemd user manager, though process 1 of this machine may be something else: in a cgroup and namespaces of its
//! own, with a session bus where a login would put it. It ends with the script that runs under it.
use std::fs;
use std::path::PathBuf;

use nix::unistd::getuid;

use crate::harness::{Output, Run, Sealed, needs, skip};

/// Hidden from the rest of the machine: `/run`, so that a booted systemd is seen and nobody's bus is, and the cgroups.
const INSIDE: &str = r#"
set -eu
mount -t tmpfs none /run
mkdir -p /run/systemd/system "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
mount -t tmpfs none /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
dbus-daemon --session --address="unix:path=$XDG_RUNTIME_DIR/bus" --nofork --nopidfile 2>/dev/null & bus=$!
/lib/systemd/systemd --user --log-target=console >"$OUTSIDE/manager.log" 2>&1 & manager=$!
end() {
  kill "$manager" || true
  wait "$manager" || true
  kill "$bus" || true
} 2>/dev/null
trap end EXIT
for _ in $(seq 600); do
  case $(systemctl --user is-system-running 2>/dev/null) in running|degraded) break;; esac
  sleep 0.05
done
sh -eu "$OUTSIDE/script"
"#;

/// The manager would else move every process of the machine into a scope of its own.
const OUTSIDE: &str = r#"
set -eu
all=/sys/fs/cgroup/unified
[ -d "$all" ] || all=/sys/fs/cgroup
own=$all/integ-test-$$
mkdir "$own"
code=0
sh -c 'echo $$ >"$1/cgroup.procs"; exec unshare -m -C sh "$2"' - "$own" "$1" || code=$?
for _ in $(seq 100); do
  find "$own" -depth -type d -exec rmdir {} + 2>/dev/null || true
  [ -d "$own" ] || break
  sleep 0.05
done
exit "$code"
"#;

/// The program under a name that every file format would like to read as something else.
fn program(home: &Sealed) -> PathBuf {
    let dir = home.outside().join("a b%h $HOME; é");
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join("integ");
    fs::copy(env!("CARGO_BIN_EXE_integ"), &path).unwrap();
    path
}

/// Runs `script` beside a manager that knows nothing of this home, and has another; `$INTEG` is the program.
fn beside_a_manager(home: &Sealed, script: &str) -> Output {
    home.hand_over("script", script);
    let inside = home.hand_over("inside", INSIDE).display().to_string();
    let outside = home.hand_over("outside", OUTSIDE).display().to_string();
    let runtime = format!("/run/user/{}", getuid());
    let account = home.outside().join("account");
    fs::create_dir_all(&account).unwrap();
    Run::new(home, "sh", &[&outside, &inside])
        .bare()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("HOME", &account.display().to_string())
        .env("SEALED", &home.home().display().to_string())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={runtime}/bus"))
        .env("OUTSIDE", &home.outside().display().to_string())
        .env("INTEG", &program(home).display().to_string())
        .within(240)
        .run()
}

pub(crate) fn is_possible(name: &str) -> bool {
    if !getuid().is_root() {
        skip(name, "only root may make cgroups and namespaces for a manager of its own");
        return false;
    }
    needs(name, &["$systemctl", "$dbus-daemon", "$unshare"])
}

/// The lines of the output that start with `mark`, without it.
fn marked<'a>(out: &'a Output, mark: &str) -> Vec<&'a str> {
    out.stdout.lines().filter_map(|line| line.strip_prefix(mark)).collect()
}

#[test]
fn a_timer_fires_catches_up_and_goes_away_again() {
    if !is_possible("systemd") || !needs("systemd", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (crate::harness::Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    assert_eq!(server.token_requests(), 1);
    // Only in this shell: the manager has none of these, so that the units must, and it looks for them in its own folder.
    let script = r#"
export INTEG_VAULT=file XDG_CONFIG_HOME="$SEALED/.config" XDG_DATA_HOME="$SEALED/.local/share"
ran() { "$INTEG" schedule status --json | grep -o '"last_at":"[^"]*"' || true; }
wait_for_a_run() {
  for _ in $(seq 700); do
    [ "$(ran)" != "$1" ] && "$INTEG" schedule status --json | grep -q '"running":false' && return
    sleep 0.1
  done
  cat "$OUTSIDE/manager.log" >&2
  echo "no timer fired" >&2
  exit 1
}
"$INTEG" schedule install --yes --every 1m
echo "installed $(ls "$HOME/.config/systemd/user" | tr '\n' ' ')"
echo "status $("$INTEG" schedule status --json)"
echo "now $(date +%s)"
wait_for_a_run ""
echo "fired $("$INTEG" schedule status --json)"
first=$(ran)
# The history counts in seconds: the next run must not have this one's.
sleep 1.1
# A machine that was off: the timer last ran two days ago.
systemctl --user stop integ-default.timer
touch -d '2 days ago' "$HOME/.local/share/systemd/timers/stamp-integ-default.timer"
"$INTEG" schedule install --yes --every 1d
wait_for_a_run "$first"
echo "caught-up $("$INTEG" schedule status --json)"
"$INTEG" schedule remove
"$INTEG" schedule remove
echo "left $(ls "$HOME/.config/systemd/user" | tr '\n' ' ')"
echo "timers $(systemctl --user list-timers --all --no-legend | grep -c integ || true)"
echo "stamps $(ls "$HOME/.local/share/systemd/timers" | grep -c integ || true)"
"#;
    let out = beside_a_manager(&home, script).ok();
    assert_eq!(
        marked(&out, "installed ")[0].split_whitespace().filter(|name| name.starts_with("integ")).count(),
        2,
        "{out}"
    );
    let document = |mark: &str| -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_str(marked(&out, mark)[0]).unwrap();
        document["schedules"][0].clone()
    };
    let status = document("status ");
    assert_eq!((&status["scheduler"], &status["active"]), (&"systemd".into(), &true.into()), "{out}");
    assert_eq!(status["vault_reachable"], true, "{out}");
    let (next, now): (jiff::Timestamp, i64) =
        (status["next_at"].as_str().unwrap().parse().unwrap(), marked(&out, "now ")[0].parse().unwrap());
    assert!((now - 5..=now + 61).contains(&next.as_second()), "{out}");
    assert_eq!(document("fired ")["last_outcome"], "ok", "{out}");
    assert_eq!(document("caught-up ")["last_outcome"], "ok", "{out}");
    assert_eq!(document("caught-up ")["every"], 86_400, "{out}");
    assert_eq!(server.token_requests(), 2, "one code, one refresh: the second run found it fresh\n{out}");
    assert!(!marked(&out, "left ")[0].contains("integ"), "{out}");
    assert_eq!((marked(&out, "timers "), marked(&out, "stamps ")), (vec!["0"], vec!["0"]), "{out}");
}
