//! What a scheduled run does, and what it keeps to itself.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::Machine;
use crate::desk::{Answer, Desk, answer};

/// A provider whose token endpoint answers its n-th request (from 0) as the test says; `None`: with the next tokens.
fn provider(answers: impl Fn(usize) -> Option<Answer> + Send + Sync + 'static) -> (Desk, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let asked_so_far = Arc::clone(&count);
    let desk = Desk::open(move |asked| {
        if !asked.is("POST", "/token") {
            return answer(200, "{\"id\":\"1\"}");
        }
        let n = asked_so_far.fetch_add(1, Ordering::SeqCst);
        answers(n).unwrap_or_else(|| {
            let tokens = json!({"access_token": format!("access-{n}"), "refresh_token": format!("refresh-{n}"),
                "token_type": "Bearer", "expires_in": 86_400});
            answer(200, tokens.to_string()).with("content-type", "application/json")
        })
    });
    (desk, count)
}

/// A machine with the connection `r`, whose token expires in so many seconds.
fn connected(desk: &Desk, life: i64, more: &str) -> Machine {
    let machine = Machine::new();
    let url = &desk.url;
    machine.home.provider(
        "r",
        &format!(
            "title = \"R\"\napi-url = \"{url}\"\nauthorize-url = \"{url}/authorize\"\ntoken-url = \"{url}/token\"\n\
             client-id = \"c\"\nclient-auth = \"none\"\nrefresh = \"stable\"\n{more}"
        ),
    );
    machine.run(&["config", "set", "schedule.retry", "0"]).expect(0);
    machine.run(&["config", "set", "limits.tries", "1"]).expect(0);
    let grant =
        json!({"provider": "r", "access_token": "access", "refresh_token": "refresh", "expires_in": life});
    machine.run_with_input(&["import"], &grant.to_string()).expect(0);
    machine
}

const SOON: i64 = 400;

#[test]
fn what_expires_soon_is_renewed_without_a_word() {
    let (desk, count) = provider(|_| None);
    let machine = connected(&desk, SOON, "");
    for _ in 0..2 {
        let ended = machine.run(&["schedule", "run"]).expect(0);
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
    }
    assert_eq!(count.load(Ordering::SeqCst), 1, "the second found it fresh");
    assert_eq!(machine.run(&["token", "r"]).expect(0).stdout, "access-0\n");
}

#[test]
fn a_refresh_token_that_would_die_before_the_next_run_is_used() {
    let (desk, count) = provider(|_| None);
    let machine = connected(&desk, 86_400, "refresh-life = \"1h\"\n");
    machine.run(&["refresh", "r", "--force"]).expect(0);
    machine.run(&["schedule", "run", "--every", "15m"]).expect(0);
    assert_eq!(count.load(Ordering::SeqCst), 1, "three more runs come before it dies");
    machine.run(&["schedule", "run", "--every", "1h"]).expect(0);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn only_sync_renews_nothing_for_its_own_sake() {
    let (desk, count) = provider(|_| None);
    let machine = connected(&desk, SOON, "");
    machine.run(&["schedule", "run", "--only", "sync"]).expect(0);
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[test]
fn what_fails_for_a_while_is_tried_again_and_no_news() {
    let (desk, count) = provider(|n| (n < 2).then(|| answer(503, "")));
    let machine = connected(&desk, SOON, "");
    let ended = machine.run(&["schedule", "run"]).expect(0);
    assert_eq!((ended.stderr.as_str(), count.load(Ordering::SeqCst)), ("", 3));
}

#[test]
fn three_more_tries_and_then_the_next_run() {
    let (desk, count) = provider(|_| Some(answer(503, "")));
    let machine = connected(&desk, SOON, "").with_crontab();
    let ended = machine.run(&["schedule", "run"]).expect(4);
    assert_eq!((ended.stderr.as_str(), count.load(Ordering::SeqCst)), ("", 4));
    machine.run(&["schedule", "install", "--yes"]).expect(0);
    let status = machine.run(&["schedule", "status", "--json"]).expect(0).json();
    assert_eq!(status["schedules"][0]["last_outcome"], "unavailable");
}

#[test]
fn a_wait_that_reaches_into_the_next_run_is_left_to_it() {
    let (desk, count) = provider(|_| Some(answer(429, "").with("retry-after", "3000")));
    let machine = connected(&desk, SOON, "");
    machine.run(&["schedule", "run"]).expect(4);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    machine.run(&["schedule", "run"]).expect(4);
    assert_eq!(count.load(Ordering::SeqCst), 1, "the provider said when to come again");
}

#[test]
fn a_sign_in_that_ended_is_told_once_and_kept_as_an_exit_code() {
    let (desk, count) = provider(|_| Some(answer(400, "{\"error\":\"invalid_grant\"}")));
    let machine = connected(&desk, SOON, "");
    let told = machine.home.path().join("told");
    let notify = json!(["/bin/sh", "-c", format!("/bin/cat >> '{}'", told.display())]);
    machine.run(&["config", "set", "notify.command", &notify.to_string()]).expect(0);
    let ended = machine.run(&["schedule", "run"]).expect(3);
    assert!(ended.stderr.contains("integ connect r"), "{}", ended.stderr);
    let ended = machine.run(&["schedule", "run"]).expect(3);
    assert_eq!(ended.stderr, "", "cron would send it by mail every hour");
    assert_eq!(count.load(Ordering::SeqCst), 1, "what was refused for good is not asked again");
    assert_eq!(std::fs::read_to_string(told).unwrap().matches("\"event\":\"needs_reauth\"").count(), 1);
}

#[test]
fn a_token_that_ended_without_a_refresh_token_is_told_once_too() {
    let (_desk, _) = provider(|_| None);
    let machine = connected(&_desk, SOON, "");
    let grant = json!({"provider": "r", "name": "r/short", "access_token": "a", "expires_in": 1});
    machine.run_with_input(&["import"], &grant.to_string()).expect(0);
    // It lives for a second.
    std::thread::sleep(Duration::from_secs(2));
    let told = machine.home.path().join("told");
    let notify = json!(["/bin/sh", "-c", format!("/bin/cat >> '{}'", told.display())]);
    machine.run(&["config", "set", "notify.command", &notify.to_string()]).expect(0);
    let ended = machine.run(&["schedule", "run", "r/short"]).expect(3);
    assert!(ended.stderr.contains("integ connect r/short"), "{}", ended.stderr);
    assert_eq!(machine.run(&["schedule", "run", "r/short"]).expect(3).stderr, "");
    assert_eq!(std::fs::read_to_string(told).unwrap().matches("\"event\":\"needs_reauth\"").count(), 1);
}

#[test]
fn a_vault_that_stays_away_is_told_once() {
    let (desk, _) = provider(|_| None);
    let machine = connected(&desk, SOON, "");
    let key = machine.home.path().join("config/integ/vault.key");
    let aside = machine.home.path().join("aside");
    std::fs::rename(&key, &aside).unwrap();
    assert_ne!(machine.run(&["schedule", "run"]).expect(5).stderr, "");
    assert_eq!(machine.run(&["schedule", "run"]).expect(5).stderr, "");
    std::fs::rename(&aside, &key).unwrap();
    machine.run(&["schedule", "run"]).expect(0);
    std::fs::rename(&key, &aside).unwrap();
    assert_ne!(machine.run(&["schedule", "run"]).expect(5).stderr, "", "it was there again");
}

#[test]
fn who_was_not_told_is_told_later_and_finds_the_desktop() {
    let (desk, _) = provider(|_| Some(answer(400, "{\"error\":\"invalid_grant\"}")));
    let machine = connected(&desk, SOON, "");
    let session = machine.home.path().join("session");
    std::fs::create_dir(&session).unwrap();
    std::fs::write(session.join("bus"), "").unwrap();
    let told = machine.home.path().join("told");
    let tell = format!(
        "read event; echo \"$DBUS_SESSION_BUS_ADDRESS $event\" >> '{}'; test -e ready",
        told.display()
    );
    let notify = json!(["/bin/sh", "-c", tell]);
    machine.run(&["config", "set", "notify.command", &notify.to_string()]).expect(0);
    let run = || {
        let mut command = machine.command(&["schedule", "run"]);
        super::Ended::of(command.env("XDG_RUNTIME_DIR", &session).output().unwrap()).expect(3).stderr
    };
    for _ in 0..2 {
        let said = run();
        assert!(said.contains("notify.command failed") && said.contains("status: 1"), "{said}");
    }
    std::fs::write(machine.home.path().join("ready"), "").unwrap();
    assert_eq!((run(), run()), (String::new(), String::new()));
    let told = std::fs::read_to_string(told).unwrap();
    let bus = format!("unix:path={}/bus {{", session.display());
    assert_eq!((told.lines().count(), told.matches(&bus).count()), (3, 3), "{told}");
}

#[test]
fn a_script_gets_one_document_of_a_run() {
    let (desk, _) = provider(|_| Some(answer(400, "{\"error\":\"invalid_grant\"}")));
    let machine = connected(&desk, SOON, "");
    let other = json!({"name": "r/idle", "provider": "r", "access_token": "access"});
    machine.run_with_input(&["import"], &other.to_string()).expect(0);
    let told = machine.run(&["schedule", "run", "--json"]).expect(8).json();
    assert_eq!((&told["v"], &told["skipped"]), (&json!(1), &json!(false)));
    let runs: Vec<_> = told["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| json!([run["name"], run["outcome"], run["error"]["kind"]]))
        .collect();
    assert_eq!(runs, [json!(["r", "failed", "needs_reauth"]), json!(["r/idle", "done", null])]);
    machine.home.write("config/integ/config.toml", "[limits\n");
    assert_eq!(machine.run(&["schedule", "run", "--json"]).expect(2).json()["error"]["kind"], "config");
}

#[test]
fn a_run_that_waits_for_its_second_keeps_no_other_out() {
    let (desk, count) = provider(|_| None);
    let machine = connected(&desk, SOON, "");
    let mut waits = machine.command(&["-v", "schedule", "run", "--delay", "1h"]);
    let mut waits = waits.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Long enough for a lock to be taken.
    std::thread::sleep(Duration::from_millis(300));
    machine.run(&["schedule", "run"]).expect(0);
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert!(waits.try_wait().unwrap().is_none());
    waits.kill().unwrap();
    waits.wait().unwrap();
}

#[test]
fn a_run_is_skipped_while_another_goes_on() {
    static OPEN: AtomicBool = AtomicBool::new(false);
    let (desk, count) = provider(|_| {
        while !OPEN.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    });
    let machine = connected(&desk, SOON, "").with_crontab();
    machine.run(&["schedule", "install", "--yes"]).expect(0);
    let mut first = machine.command(&["schedule", "run"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while count.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = machine.run(&["-v", "schedule", "run"]).expect(0);
    assert!(second.stderr.contains("skipped"), "{}", second.stderr);
    let told = machine.run(&["schedule", "run", "--json"]).expect(0).json();
    assert_eq!(told, json!({"v": 1, "skipped": true, "runs": []}));
    let status = || machine.run(&["schedule", "status", "--json"]).expect(0).json()["schedules"][0].clone();
    assert_eq!((status()["running"].clone(), status()["last_at"].is_null()), (json!(true), true));
    OPEN.store(true, Ordering::SeqCst);
    assert!(first.wait().unwrap().success());
    assert_eq!((status()["running"].clone(), status()["last_outcome"].clone()), (json!(false), json!("ok")));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
