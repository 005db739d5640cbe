//! A sign-in in two steps: one process begins it, another ends it, and nothing that passes between them is a secret.

use std::fs;

use serde_json::Value;

use crate::evil::{Evil, browser};
use crate::home::{Home, Output};

use super::with_device;

/// The event of a sign-in that was begun.
#[track_caller]
fn begun(home: &Home, args: &[&str]) -> Value {
    let output = home.run(&[&["connect"], args, &["--detach", "--json"]].concat());
    output.exits(&[0]).last_event()
}

/// Where the browser ends that opens this.
fn ended(event: &Value) -> String {
    browser::fetch("GET", event["url"].as_str().unwrap(), "").header("location").unwrap().to_owned()
}

fn resume(home: &Home, event: &Value, pasted: &str) -> Output {
    home.run_with(&["connect", "--resume", event["attempt"].as_str().unwrap()], pasted)
}

#[test]
fn tw01_another_process_ends_what_one_began() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let output = home.run(&["connect", "evil/work", "--no-browser", "--detach", "--can", "calendars"]);
    output.exits(&[0]).says("response_type=code").says("redirect uri");
    let command = output.err().lines().last().unwrap_or_default().to_owned();
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    assert_eq!(words[..2], ["connect", "--resume"], "{command}");
    let url =
        output.err().split_whitespace().find(|word| word.contains("response_type=")).unwrap().to_owned();
    assert_eq!(evil.log("token").len(), 0);
    let back = browser::fetch("GET", &url, "").header("location").unwrap().to_owned();
    home.run_with(&words, format!("{back}\n")).exits(&[0]).says("evil/work");
    assert_eq!(home.status("evil/work")["capabilities"], serde_json::json!(["calendars"]));
    assert_eq!(home.vault_files().len(), 1, "the sign-in is still in the vault");
}

#[test]
fn tw02_a_program_gets_all_it_needs_and_no_secret() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil", "--no-browser"]);
    assert_eq!((event["v"].as_i64(), event["event"].as_str()), (Some(1), Some("authorize")));
    assert!(event["redirect_uri"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(event["expires_at"].as_str().unwrap().ends_with('Z'));
    let state = url::Url::parse(event["url"].as_str().unwrap()).unwrap();
    let state = state.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    assert!(!event["attempt"].as_str().unwrap().contains(&state));
    // It is nobody's connection.
    assert_eq!(home.run(&["status", "--json"]).json()["connections"].as_array().unwrap().len(), 0);
    home.run(&["export", "--to", "age1qqqq"]).exits(&[2]);
    let output = resume(&home, &event, &ended(&event));
    output.exits(&[0]);
}

#[test]
fn tw03_the_code_alone_will_do_and_so_will_the_name() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil"]);
    let back = ended(&event);
    let code = url::Url::parse(&back).unwrap();
    let code = code.query_pairs().find(|(key, _)| key == "code").unwrap().1.into_owned();
    home.run_with(&["connect", "--resume", "evil"], code).exits(&[0]);
}

#[test]
fn tw04_it_is_used_once() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil"]);
    let back = ended(&event);
    resume(&home, &event, &back).exits(&[0]);
    let before = home.status("evil");
    resume(&home, &event, &back).exits(&[3]).says("no sign-in");
    assert_eq!(evil.log("token").len(), 1, "the code was sent twice");
    assert_eq!(home.status("evil"), before);
}

#[test]
fn tw04_of_two_that_resume_at_once_one_gets_it() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil"]);
    let back = ended(&event);
    let id = event["attempt"].as_str().unwrap();
    let both: Vec<_> = (0..2).map(|_| home.call(&["connect", "--resume", id]).stdin(&back).start()).collect();
    let mut codes: Vec<i32> = both.into_iter().map(|running| running.wait().code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 3]);
    assert_eq!(evil.log("token").len(), 1);
}

#[test]
fn tw05_a_wrong_paste_changes_nothing_and_the_right_one_still_counts() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil"]);
    let other = ended(&begun(&home, &["evil/other"]));
    let back = ended(&event);
    for (pasted, code) in [
        (other.as_str(), 6),
        ("", 2),
        ("hello world", 2),
        ("http://127.0.0.1:1/callback?code=x", 2),
        (&back.replace("state=", "state=x"), 6),
        (&"a".repeat(1 << 20), 2),
    ] {
        resume(&home, &event, pasted).exits(&[code]);
        assert_eq!(evil.log("token").len(), 0, "{pasted:.60}");
    }
    resume(&home, &event, &back).exits(&[0]);
}

#[test]
fn tw06_what_is_over_is_over() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let output = home.run(&["connect", "evil", "--detach", "--json", "--timeout", "1"]);
    let event = output.exits(&[0]).last_event();
    let back = ended(&event);
    let until = event["expires_at"].as_str().unwrap().to_owned();
    while now() < until {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    resume(&home, &event, &back).exits(&[3]).says("it is over");
    assert_eq!(home.vault_files().len(), 0, "what is over was not swept");
    assert_eq!(evil.log("token").len(), 0);
}

/// As the events write it.
fn now() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    jiff::Timestamp::from_second(seconds.cast_signed()).unwrap().to_string()
}

#[test]
fn tw06_what_died_is_swept_by_the_next_sign_in() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event =
        home.run(&["connect", "evil", "--detach", "--json", "--timeout", "1"]).exits(&[0]).last_event();
    let until = event["expires_at"].as_str().unwrap().to_owned();
    while now() < until {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    home.connect(&["evil/a"]).0.exits(&[0]);
    assert_eq!(home.vault_files().len(), 1);
}

#[test]
fn tw07_what_was_tampered_with_is_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let (first, second) = (begun(&home, &["evil"]), begun(&home, &["evil/other"]));
    let file = |event: &Value| {
        let id = event["attempt"].as_str().unwrap();
        home.vault_files().into_iter().find(|path| path.to_str().unwrap().contains(id)).unwrap()
    };
    let back = ended(&second);
    // One in the place of the other.
    fs::copy(file(&second), file(&first)).unwrap();
    resume(&home, &first, &back).exits(&[6]).says("changed");
    // Broken.
    fs::write(file(&second), b"age-encryption.org/v1\nnonsense").unwrap();
    resume(&home, &second, &back).exits(&[6]).says("changed");
    assert_eq!(evil.log("token").len(), 0);
}

#[test]
fn tw08_the_code_goes_nowhere_else_than_it_would_have_gone() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil"]);
    let back = ended(&event);
    let elsewhere = format!("\"{}/token\"", evil.other);
    home.provider("evil", &crate::home::provider_toml(&evil, &[("token-url", &elsewhere)]));
    resume(&home, &event, &back).exits(&[6]).says("changed");
    home.provider("evil", &crate::home::provider_toml(&evil, &[("client-id", "\"another\"")]));
    resume(&home, &event, &back).exits(&[6]).says("changed");
    assert_eq!(evil.log("token").len(), 0);
}

#[test]
fn tw09_what_was_asked_for_still_holds() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil", "--expect", "somebody@else.example"]);
    resume(&home, &event, &ended(&event)).exits(&[6]);
    assert_eq!(home.vault_files().len(), 0, "stored, or still waiting");
    home.run(&["connect", "--resume", "x", "--device"]).exits(&[2]);
    home.run(&["connect", "evil", "--resume", "x"]).exits(&[2]);
    home.run(&["connect", "--resume", "nothing"]).exits(&[3]);
}

#[test]
fn tw10_a_device_code_is_waited_for_by_another_process() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    let event = begun(&home, &["evil", "--device"]);
    assert_eq!((event["event"].as_str(), event["user_code"].as_str()), (Some("device"), Some("WDJB-MJHT")));
    assert_eq!(evil.log("token").len(), 0);
    let id = event["attempt"].as_str().unwrap().to_owned();
    // A wait that was cut short is taken up again.
    evil.polls(&["authorization_pending"; 9]);
    home.run(&["connect", "--resume", &id, "--timeout", "2"]).exits(&[3]);
    evil.polls(&["authorization_pending"]);
    let output = home.run(&["connect", "--resume", &id, "--json"]);
    assert_eq!(output.exits(&[0]).last_event()["event"], "connected");
    home.run(&["connect", "--resume", &id]).exits(&[3]).says("no sign-in");
    assert_eq!(home.vault_files().len(), 1);
}

#[test]
fn tw10_a_device_code_that_was_refused_is_gone() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    let event = begun(&home, &["evil", "--device"]);
    evil.polls(&["access_denied"]);
    home.run(&["connect", "--resume", event["attempt"].as_str().unwrap()]).exits(&[1]);
    assert_eq!(home.vault_files().len(), 0);
}

#[test]
fn tw11_a_signal_during_the_wait_for_a_paste_is_heard() {
    use nix::sys::signal::Signal;
    let evil = Evil::start();
    let home = Home::new(&evil);
    let event = begun(&home, &["evil"]);
    let id = event["attempt"].as_str().unwrap();
    let mut running = home.call(&["connect", "--resume", id, "--timeout", "60"]).open_stdin().start();
    let input = running.input.take();
    std::thread::sleep(std::time::Duration::from_millis(300));
    running.signal(Signal::SIGTERM);
    running.wait().exits(&[143]);
    drop(input);
    resume(&home, &event, &ended(&event)).exits(&[0]);
    // Nobody writes and nobody ends the input: the time limit does.
    let mut late = home.call(&["connect", "evil/b", "--paste", "--timeout", "1"]).open_stdin().start();
    let input = late.input.take();
    late.wait().exits(&[3]);
    drop(input);
}

#[test]
fn tw12_what_was_chosen_in_the_first_half_holds_in_the_second() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let toml = crate::home::provider_toml(&evil, &[("token-url", &format!("\"{}/{{place}}\"", evil.base))]);
    home.provider("evil", &format!("{toml}\n[option.place]\ntitle = \"Where\"\n"));
    home.run(&["connect", "evil", "--detach"]).exits(&[2, 3]);
    let event = begun(&home, &["evil", "--option", "place=token"]);
    resume(&home, &event, &ended(&event)).exits(&[0]);
    assert_eq!(evil.log("token").len(), 1);
}

#[test]
fn tw13_what_nobody_has_taken_waits_on() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("3s");
    let event = begun(&home, &["evil"]);
    let back = ended(&event);
    evil.mode("token", "http-503");
    let id = event["attempt"].as_str().unwrap();
    resume(&home, &event, &back).exits(&[4]).says(&format!("integ connect --resume {id}"));
    evil.mode("token", "ok");
    resume(&home, &event, &back).exits(&[0]);
    // A code that may be spent is not kept.
    let event = begun(&home, &["evil/other"]);
    let back = ended(&event);
    evil.mode("token", "http-500");
    resume(&home, &event, &back).exits(&[4]).says("sign in again").never_says("--resume");
    evil.mode("token", "ok");
    resume(&home, &event, &back).exits(&[3]).says("no sign-in");
}
