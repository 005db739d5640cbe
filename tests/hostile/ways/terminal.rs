//! What `connect` asks a person: whom to connect, and what to do about what is connected already.

use crate::evil::{Evil, browser};
use crate::home::{Home, provider_toml};

use super::pty::{DOWN, ENTER, Terminal};

#[test]
fn te01_without_a_name_there_is_a_list_to_search() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.run(&["connect"]).exits(&[2]).says("integ providers");
    home.run(&["connect", "--no-input"]).exits(&[2]);
    let script = home.program("opened", "exit 0");
    let env = [("BROWSER", script.to_str().unwrap())];
    let mut terminal = Terminal::start(&home, 400, &["connect"], &env);
    terminal.sees("type to search").sees("Evil: calendars").types("evil").sees("evil|").types(ENTER);
    let url = terminal.url();
    browser::visit(&url);
    assert!(terminal.ends(0).contains("evil is connected"));
}

/// A terminal at which something is connected already.
fn again(evil: &Evil, home: &Home) -> Terminal {
    evil.state().forget();
    let script = home.program("opened", "exit 0");
    let mut terminal =
        Terminal::start(home, 400, &["connect", "evil"], &[("BROWSER", script.to_str().unwrap())]);
    terminal.sees("evil is connected already as ada@example.com").sees("What now").sees("Leave it as it is");
    terminal
}

#[test]
fn te02_what_is_connected_is_left_or_signed_in_to_again() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let before = home.status("evil");
    let mut terminal = again(&evil, &home);
    terminal.types(DOWN).types(DOWN).types(ENTER);
    assert!(terminal.ends(0).contains("Nothing was changed"));
    assert_eq!(home.status("evil"), before);
    let mut terminal = again(&evil, &home);
    terminal.types(ENTER);
    let url = terminal.url();
    browser::visit(&url);
    terminal.ends(0);
    assert_eq!(evil.log("token").len(), 1);
}

#[test]
fn te03_another_account_gets_a_name_of_its_own() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    home.fresh(&evil, "evil/taken");
    let mut terminal = again(&evil, &home);
    terminal.types(DOWN).types(ENTER).sees("label").types("Not a name\r").sees("lower-case");
    terminal.sees("label").types("taken\r").sees("connected too").sees("label").types("work\r");
    let url = terminal.url();
    browser::visit(&url);
    terminal.ends(0);
    assert_eq!(home.status("evil/work")["name"], "evil/work");
    assert_eq!(home.status("evil")["name"], "evil");
}

#[test]
fn te04_what_is_connected_can_learn_more() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let toml = format!("{}\n[capability.tasks]\nrequired = [\"tasks\"]\n", provider_toml(&evil, &[]));
    home.provider("evil", &toml);
    home.connect(&["evil", "--can", "calendars"]).0.exits(&[0]);
    let mut terminal = again(&evil, &home);
    terminal.types(DOWN).types(DOWN).types(ENTER).sees("What more").sees("tasks").types(" ").types(ENTER);
    let url = terminal.url();
    browser::visit(&url);
    terminal.ends(0);
    assert_eq!(home.status("evil")["capabilities"], serde_json::json!(["calendars", "tasks"]));
}

#[test]
fn te05_without_a_terminal_and_with_a_wish_nothing_is_asked() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    home.connect(&["evil"]).0.exits(&[0]);
    let mut terminal = Terminal::start(&home, 400, &["connect", "evil", "--no-browser"], &[]);
    let url = terminal.url();
    browser::visit(&url);
    assert!(!terminal.ends(0).contains("What now"));
}

#[test]
fn te06_without_an_app_a_token_can_be_pasted_unseen() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let given = home.fresh(&evil, "evil/other").access;
    let paste = "[paste]\nwhat = \"API token\"\nsteps = [\"Copy it.\"]\n";
    home.provider("evil", &format!("{}\n{paste}", provider_toml(&evil, &[("client-id", "")])));
    let mut terminal = Terminal::start(&home, 400, &["connect", "evil"], &[]);
    terminal.sees("OAuth app of your own").sees("Paste an API token").types(DOWN).types(ENTER);
    terminal.sees("1. Copy it.").sees("API token of Evil").types(&format!("{given}\r"));
    assert!(!terminal.ends(0).contains(&given));
    assert_eq!(home.status("evil")["account"], "ada@example.com");
    assert_eq!(evil.log("authorize").len() + evil.log("token").len(), 0);
}

#[test]
fn st08_a_person_has_three_tries_at_a_passphrase() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let file = home.path("sealed");
    let sealed = crate::import::sealed_with(&evil, "correct horse");
    crate::home::private_file(&file, &sealed);
    let args = ["import", file.to_str().unwrap()];
    let mut terminal = Terminal::start(&home, 200, &args, &[]);
    terminal.sees("Passphrase").types("wrong\r").sees("try again");
    terminal.sees("Passphrase").types("wronger\r").sees("try again");
    let mut lucky = Terminal::start(&home, 200, &args, &[]);
    let shown = {
        terminal.sees("Passphrase").types("wrongest\r");
        terminal.ends(5)
    };
    assert!(shown.contains("passphrase is wrong") && !shown.contains("wronge"), "{shown}");
    assert_eq!(home.vault_files().len(), 0);
    lucky.sees("Passphrase").types("wrong\r").sees("try again");
    lucky.sees("Passphrase").types("correct horse\r");
    assert!(!lucky.ends(0).contains("correct"));
}

#[test]
fn te07_a_paste_is_waited_for_as_long_as_was_said() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let args = ["connect", "evil", "--paste", "--timeout", "2"];
    let mut terminal = Terminal::start(&home, 400, &args, &[]);
    terminal.sees("Address").types("");
    assert!(!terminal.echoes(), "what is pasted is shown");
    let shown = terminal.is_over(3);
    assert!(terminal.echoes(), "the terminal stays mute");
    assert!(shown.contains("nobody signed in") && shown.contains("integ connect evil asks again"), "{shown}");
    // A person who gives up gets the terminal back as well.
    let mut given_up = Terminal::start(&home, 400, &["connect", "evil", "--paste"], &[]);
    given_up.sees("Address").types("").interrupt().is_over(130);
    assert!(given_up.echoes(), "the terminal stays mute");
    // A pipe that stays open is told the same.
    let mut waiting = home.call(&args).open_stdin().start();
    let input = waiting.input.take();
    waiting.wait().exits(&[3]).says("integ connect evil asks again").never_says("--paste");
    drop(input);
}
