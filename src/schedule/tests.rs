//! What each scheduler is told, word for word.

use std::path::PathBuf;
use std::time::Duration;

use super::*;

fn job(program: &str) -> Job {
    Job {
        profile: "work".into(),
        program: program.into(),
        arguments: ["--profile", "work", "schedule", "run", "--every", "6h", "google/work"]
            .map(str::to_owned)
            .to_vec(),
        environment: vec![
            ("XDG_DATA_HOME".into(), "/data of/mine".into()),
            ("INTEG_VAULT".into(), "file".into()),
        ],
        rhythm: Rhythm::find("every 6h from 05:07:09").unwrap(),
    }
}

fn ground() -> Ground {
    Ground {
        profile: "work".into(),
        home: PathBuf::from("/home/me"),
        config_home: PathBuf::from("/home/me/.config"),
        runtime_dir: None,
        user: r"DESK\me & you".into(),
        uid: 1000,
        bare: |_| {},
    }
}

#[test]
fn a_seed_decides_the_moment_within_the_period() {
    let rhythm = Rhythm::new(Duration::from_secs(6 * 3600), "id\nhost\nme\nwork").unwrap();
    assert_eq!(rhythm.to_string(), "every 6h from 00:32:53");
}

#[test]
fn systemd_gets_a_service_and_a_timer() {
    let [service, timer] = systemd::texts(&job("/opt/my tools/100%/integ"));
    assert_eq!(
        service,
        r#"# Written by `integ schedule install`, deleted by `integ schedule remove`.
[Unit]
Description=integ, profile work: keeps connections fresh, every 6h from 05:07:09

[Service]
Type=oneshot
Environment="XDG_DATA_HOME=/data of/mine"
Environment="INTEG_VAULT=file"
ExecStart="/opt/my tools/100%%/integ" --profile work schedule run --every 6h google/work
TimeoutStartSec=1h
"#
    );
    assert_eq!(
        timer,
        "# Written by `integ schedule install`, deleted by `integ schedule remove`.
[Unit]
Description=integ, profile work: keeps connections fresh, every 6h from 05:07:09

[Timer]
OnCalendar=*-*-* 05,11,17,23:07:09
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
"
    );
}

#[test]
fn cron_gets_one_line_between_two_marks() {
    let piece = crontab::pieces(&job("/opt/my tools/100%/integ")).unwrap().remove(0);
    assert_eq!(
        piece.text,
        "# integ schedule, profile work: begin (every 6h from 05:07:09)\n\
         7 5,11,17,23 * * * env XDG_DATA_HOME='/data of/mine' INTEG_VAULT=file '/opt/my tools/100\\%/integ' \
         --profile work schedule run --every 6h google/work\n\
         # integ schedule, profile work: end\n"
    );
}

#[test]
fn launchd_gets_an_agent() {
    let text = launchd::plist(&job("/opt/a&b/integ"));
    let body = text.split_once("<plist").unwrap().1;
    assert_eq!(
        body,
        r#" version="1.0">
<dict>
  <key>Label</key>
  <string>integ.schedule.work</string>
  <key>ProgramArguments</key>
  <array>
    <string>/opt/a&amp;b/integ</string>
    <string>--profile</string>
    <string>work</string>
    <string>schedule</string>
    <string>run</string>
    <string>--every</string>
    <string>6h</string>
    <string>google/work</string>
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>XDG_DATA_HOME</key>
    <string>/data of/mine</string>
    <key>INTEG_VAULT</key>
    <string>file</string>
  </dict>
  <key>StartCalendarInterval</key>
  <array>
    <dict><key>Hour</key><integer>5</integer><key>Minute</key><integer>7</integer></dict>
    <dict><key>Hour</key><integer>11</integer><key>Minute</key><integer>7</integer></dict>
    <dict><key>Hour</key><integer>17</integer><key>Minute</key><integer>7</integer></dict>
    <dict><key>Hour</key><integer>23</integer><key>Minute</key><integer>7</integer></dict>
  </array>
  <key>ProcessType</key>
  <string>Background</string>
</dict>
</plist>
"#
    );
    assert_eq!(Rhythm::find(&text), Some(job("").rhythm), "`status` finds the rhythm again");
}

#[test]
fn the_task_scheduler_gets_a_task() {
    let text = task_scheduler::task(&job(r"C:\Program Files\integ.exe"), &ground());
    for part in [
        "<Interval>PT360M</Interval>",
        "<StartBoundary>2026-01-01T05:07:09</StartBoundary>",
        r"<UserId>DESK\me &amp; you</UserId>",
        r"<Command>C:\Program Files\integ.exe</Command>",
        "<Arguments>--profile work schedule run --every 6h google/work</Arguments>",
        "<StartWhenAvailable>true</StartWhenAvailable>",
        "<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(Rhythm::find(&text), Some(job("").rhythm));
    let daily = Job { rhythm: Rhythm::find("every 1d from 05:07:09").unwrap(), ..job("/x") };
    assert!(!task_scheduler::task(&daily, &ground()).contains("Repetition"), "once a day repeats nothing");
}

#[test]
fn what_a_file_cannot_hold_is_refused() {
    let torn = job("/opt/two\nlines/integ");
    for scheduler in [Scheduler::Crontab, Scheduler::Launchd, Scheduler::Tasks] {
        assert!(matches!(scheduler.pieces(&torn, &ground()), Err(ScheduleError::Unsayable { .. })));
    }
    assert!(systemd::pieces(&job("/opt/it's/integ"), &ground()).is_err(), "systemd would not start it");
    let long = job(&format!("/{}", "x".repeat(1_000)));
    assert!(matches!(crontab::pieces(&long), Err(ScheduleError::Unsayable { .. })));
}
