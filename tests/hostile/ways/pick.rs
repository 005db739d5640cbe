//! `connect` picks its way by itself, says why, and always shows the address and the exact redirect URI. (The table of all
//! cases is a unit test of the decision; here the real binary at a real terminal.)

use crate::evil::{Evil, browser};
use crate::home::{Home, provider_toml};

use super::pty::{ENTER, Terminal};
use super::with_device;

const SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");

#[test]
fn wi01_over_ssh_it_is_a_code_where_there_is_one() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    let mut terminal = Terminal::start(&home, 100, &["connect", "evil"], &[SSH, ("DISPLAY", ":0")]);
    terminal.sees("with a code on another device: this is an SSH session").sees("WDJB-MJHT");
    let shown = terminal.ends(0);
    assert!(shown.contains('▀') || shown.contains('▄'), "no QR code\n{shown}");
    assert!(shown.contains("evil is connected"), "{shown}");
}

#[test]
fn wi01_over_ssh_without_codes_an_address_is_pasted() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut terminal = Terminal::start(&home, 400, &["connect", "evil"], &[SSH]);
    terminal.sees("with a pasted address: this is an SSH session");
    let url = terminal.url();
    terminal.sees("Redirect URI  http://127.0.0.1:53187/callback").sees("Address");
    let back = browser::fetch("GET", &url, "").header("location").unwrap().to_owned();
    // Who pastes something else may try again.
    terminal.types("https://example.com/\r").sees("no `state`").sees("Address");
    terminal.types(&back).types(ENTER);
    assert!(terminal.ends(0).contains("evil is connected"));
    assert_eq!(home.status("evil")["account"], "ada@example.com");
}

#[test]
fn wi02_a_refused_device_code_falls_back_to_pasting() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.mode("device", "device-unauthorized");
    let mut terminal = Terminal::start(&home, 400, &["connect", "evil"], &[SSH]);
    terminal.sees("unauthorized_client").sees("with a pasted address");
    let url = terminal.url();
    let back = browser::fetch("GET", &url, "").header("location").unwrap().to_owned();
    terminal.sees("Address").types(&back).types(ENTER);
    terminal.ends(0);
}

#[test]
fn wi03_the_browser_that_was_named_is_opened() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    let log = home.path("opened");
    let script = home.program("recorder", &format!("echo \"$1\" > '{}'", log.display()));
    home.set("BROWSER", script.to_str().unwrap());
    let mut terminal = Terminal::start(&home, 400, &["connect", "evil"], &[SSH]);
    terminal.sees("with a browser: a browser is named");
    let url = terminal.url();
    terminal.sees("Redirect URI  http://127.0.0.1:");
    browser::visit(&url);
    terminal.ends(0);
    assert_eq!(std::fs::read_to_string(log).unwrap().trim(), url);
}

#[test]
fn wi04_what_the_provider_prefers_goes_first() {
    let evil = Evil::start();
    let home = with_device(&evil, &[("prefer", "\"device\"")]);
    let mut terminal = Terminal::start(&home, 100, &["connect", "evil"], &[("DISPLAY", ":0")]);
    terminal.sees("with a code on another device: the provider prefers it");
    terminal.ends(0);
}

#[test]
fn wi05_a_terminal_that_is_too_narrow_and_a_person_who_wants_none_get_no_qr_code() {
    for (columns, setting) in [(20, "auto"), (100, "never")] {
        let evil = Evil::start();
        let home = with_device(&evil, &[]);
        home.run(&["config", "set", "connect.qr", setting]).exits(&[0]);
        let shown = Terminal::start(&home, columns, &["connect", "evil", "--device"], &[]).ends(0);
        assert!(!shown.contains('▀') && !shown.contains('█'), "{shown}");
    }
}

#[test]
fn wi05_without_colours_the_qr_code_has_none() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    let shown = Terminal::start(&home, 100, &["connect", "evil", "--device"], &[("NO_COLOR", "1")]).ends(0);
    let code: Vec<&str> = shown.lines().filter(|line| line.contains('▄')).collect();
    assert!(!code.is_empty() && code.iter().all(|line| !line.contains('\u{1b}')), "{shown}");
}

#[test]
fn wi06_without_a_terminal_every_way_is_named() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    home.run(&["connect", "evil"]).exits(&[3]).says("--no-browser or --device").says("--detach");
    assert_eq!(evil.log("device").len(), 0);
}

#[test]
fn wi07_where_only_https_is_accepted_the_address_is_pasted_and_it_says_why() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("evil", &provider_toml(&evil, &[("redirect", "\"https://app.example/callback\"")]));
    let mut running = home.call(&["connect", "evil", "--paste"]).open_stdin().start();
    let url = running.url();
    let back = browser::fetch("GET", &url, "").header("location").unwrap().to_owned();
    assert!(back.starts_with("https://app.example/callback?"), "{back}");
    use std::io::Write as _;
    running.input.take().unwrap().write_all(back.as_bytes()).unwrap();
    running.wait().exits(&[0]).says("https only").says("Redirect URI  https://app.example/callback");
}

#[test]
fn wi08_a_code_that_the_provider_shows_is_pasted_as_it_is() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let urn = "urn:ietf:wg:oauth:2.0:oob";
    home.provider("evil", &provider_toml(&evil, &[("redirect", &format!("\"{urn}\""))]));
    let event = home.run(&["connect", "evil", "--detach", "--json"]).exits(&[0]).last_event();
    assert_eq!(event["redirect_uri"], urn);
    let back =
        browser::fetch("GET", event["url"].as_str().unwrap(), "").header("location").unwrap().to_owned();
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    home.run_with(&["connect", "--resume", "evil"], format!("{code}\n")).exits(&[0]);
    assert_eq!(evil.log("token")[0].field("redirect_uri").as_deref(), Some(urn));
}
