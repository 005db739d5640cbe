//! What `schedule install` writes, read by those it is written for.
use std::process::{Command, Stdio};

use nix::unistd::getuid;
use serde_json::Value;

use crate::harness::{Run, Sealed, needs, skip};

fn pieces(home: &Sealed, scheduler: &str, every: &str) -> Vec<(String, String)> {
    let args = ["schedule", "install", "--print", "--json", "--scheduler", scheduler, "--every", every];
    let document: Value = serde_json::from_str(&home.integ(&args).run().ok().stdout).unwrap();
    let text = |piece: &Value, field: &str| piece[field].as_str().unwrap().to_owned();
    document["pieces"].as_array().unwrap().iter().map(|one| (text(one, "place"), text(one, "text"))).collect()
}

const PERIODS: [&str; 7] = ["1m", "5m", "30m", "1h", "3h", "12h", "1d"];

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    if !needs("schedule_files", &["$systemd-analyze"]) {
        return;
    }
    let home = Sealed::new();
    for every in PERIODS {
        let paths: Vec<String> = pieces(&home, "systemd", every)
            .into_iter()
            .map(|(place, text)| {
                // By its own rules: who could write a unit is not asked of one that anybody may.
                let path = home.hand_over(place.rsplit('/').next().unwrap(), &text);
                path.display().to_string()
            })
            .collect();
        let out = Command::new("systemd-analyze")
            .args(["verify", "--user", "--man=no"])
            .args(&paths)
            .env_clear()
            .env("PATH", home.var("PATH"))
            // It leaves folders behind, which are not judged outside.
            .env("HOME", home.outside())
            .env("XDG_RUNTIME_DIR", home.outside())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success() && !said.contains("integ"), "{every}: {said}");
    }
}

#[test]
fn property_lists_and_tasks_are_well_formed() {
    if !needs("schedule_files", &["$xmllint", "$plistutil"]) {
        return;
    }
    let home = Sealed::new();
    let reads = |program: &str, args: &[&str], text: &str| {
        let path = home.hand_over("piece", text).display().to_string();
        let args: Vec<&str> = args.iter().map(|arg| if *arg == "FILE" { &path } else { *arg }).collect();
        let out = Command::new(program).args(args).stdin(Stdio::null()).output().unwrap();
        assert!(out.status.success(), "{program}: {}\n{text}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    for every in PERIODS {
        let (_, plist) = pieces(&home, "launchd", every).remove(0);
        reads("xmllint", &["--nonet", "--noout", "FILE"], &plist);
        // Through the binary form: what it did not understand does not come back.
        let binary = home.outside().join("binary").display().to_string();
        reads("plistutil", &["-i", "FILE", "-f", "bin", "-o", &binary], &plist);
        let read = reads("plistutil", &["-i", &binary, "-f", "xml"], "");
        for kept in
            [env!("CARGO_BIN_EXE_integ"), home.var("XDG_DATA_HOME"), "<key>StartCalendarInterval</key>"]
        {
            assert!(read.contains(kept), "{kept}\n{read}");
        }
        let (_, task) = pieces(&home, "task-scheduler", every).remove(0);
        // It is written as UTF-16, which its first line says.
        let task = task.replace("UTF-16", "UTF-8");
        reads("xmllint", &["--nonet", "--noout", "FILE"], &task);
    }
}

#[test]
fn the_real_crontab_takes_it_and_gives_the_rest_back() {
    if !getuid().is_root() {
        return skip("schedule_files", "only root may hide the machine's crontabs from a test");
    }
    if !needs("schedule_files", &["$crontab", "$unshare"]) {
        return;
    }
    let home = Sealed::new();
    let script = format!(
        r#"set -eu
mount -t tmpfs none /run
mount -t tmpfs none /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
chown root:crontab /var/spool/cron/crontabs
integ='{}'
cd "$TMPDIR"
for every in {}; do
  "$integ" schedule install --yes --every $every
  crontab -l | grep -q -- "--every $every"
done
"$integ" schedule remove
if crontab -l 2>/dev/null; then exit 9; fi
printf 'MAILTO=me\n# mine\n5 4 * * * true a\\%%b\n\n' >before
crontab before
"$integ" schedule install --yes
crontab -l >with
if cmp -s before with; then exit 9; fi
"$integ" schedule status
"$integ" schedule remove
"$integ" schedule remove
crontab -l >after
cmp before after
rm before with after
"#,
        env!("CARGO_BIN_EXE_integ"),
        PERIODS.join(" ")
    );
    let out = Run::new(&home, "unshare", &["-m", "sh", "-c", &script]).run().ok();
    assert!(out.stdout.contains("the crontab, every 1h from"), "{out}");
    assert!(out.stderr.contains("no cron daemon is running") || daemon_runs(), "{out}");
}

fn daemon_runs() -> bool {
    Command::new("pgrep").args(["-x", "cron|crond"]).stdout(Stdio::null()).status().is_ok_and(|s| s.success())
}
