//! CB31: the address of the page where the browser ended, pasted.

use std::io::Write as _;

use crate::evil::{Evil, browser};
use crate::home::{Home, Output};

/// Starts a pasted sign-in and gives it what `make` makes of the address that the browser was sent to.
fn paste(home: &Home, make: &dyn Fn(&str) -> String) -> Output {
    let mut running = home.call(&["connect", "evil", "--paste", "--timeout", "10"]).open_stdin().start();
    let first = browser::fetch("GET", &running.url(), "");
    let text = make(first.header("location").unwrap());
    let mut input = running.input.take().unwrap();
    let _ = input.write_all(text.as_bytes());
    drop(input);
    running.wait()
}

#[test]
fn cb31_the_right_address_connects_with_spaces_around_it() {
    for (before, after) in [("", "\n"), ("  ", "  \r\n"), ("", "")] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        paste(&home, &|address| format!("{before}{address}{after}")).exits(&[0]);
    }
}

type Make = Box<dyn Fn(&str) -> String>;

#[test]
fn cb31_nothing_else_connects() {
    let state = |address: &str| address.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let makers: Vec<(&str, Make)> = vec![
        ("nothing", Box::new(|_| String::new())),
        ("a wrong state", Box::new(move |a| a.replace(&state(a), "AAAAAAAAAAAAAAAAAAAAAA"))),
        ("no state", Box::new(|a| a.split("&state=").next().unwrap().to_owned())),
        ("a megabyte", Box::new(|_| "a".repeat(1 << 20))),
        ("right to left", Box::new(|a| a.replace("code=", "code=\u{202e}"))),
        ("another place", Box::new(|_| "https://evil.invalid/callback?code=x&state=y\n".to_owned())),
        ("a word", Box::new(|_| "hello\n".to_owned())),
    ];
    for (what, make) in makers {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let output = paste(&home, make.as_ref());
        // Whatever is no address may be a code: the provider says what it thinks of it.
        output.exits(if what == "a word" { &[1] } else { &[2, 3, 6] });
        assert_eq!(home.vault_files().len(), 0, "{what}");
    }
}

#[test]
fn cb31_the_address_of_another_sign_in_does_not_connect() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let other = home.waiting(&["evil/other"]);
    let theirs = browser::fetch("GET", &other.url, "").header("location").unwrap().to_owned();
    let output = paste(&home, &|_| format!("{theirs}\n"));
    assert_ne!(output.code, 0, "{}", output.transcript());
    assert_eq!(evil.log("token").len(), 0);
}
