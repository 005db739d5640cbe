//! `integ run`: the program gets tokens and no secret of integ's own, and takes integ's place.

use std::process::Stdio;

use crate::desk::{Desk, answer};
use crate::seal::{Ended, Home};

const TOKEN: &str = "CANARY-run-77";

fn home() -> (Desk, Home) {
    let desk = Desk::open(|_| answer(200, "{}"));
    let home = Home::new();
    for name in ["a", "b"] {
        home.provider(name, &format!("title = \"X\"\napi-url = \"{}\"\n", desk.url));
        home.paste(name, &format!("{TOKEN}-{name}"));
    }
    home.paste("a/work", &format!("{TOKEN}-work"));
    (desk, home)
}

#[test]
fn tokens_are_in_the_environment_and_our_secrets_are_not() {
    let (_desk, home) = home();
    let script = "echo $A_TOKEN $MINE $A_WORK_TOKEN $INTEG_VAULT_KEY_FILE; \
                  env | grep -c '^INTEG_.*\\(KEY\\|SECRET\\|IMPORT\\)='";
    let mut command = home
        .command(&["run", "--with", "a", "--with", "b=MINE", "--with", "a/work", "--", "sh", "-c", script]);
    command.env("INTEG_IMPORT", "s").env("INTEG_A_CLIENT_SECRET", "s");
    // A path is no secret, and an integ in there needs it.
    command.env("INTEG_VAULT_KEY_FILE", "/a/path");
    let ended = Ended::of(command.output().unwrap());
    assert_eq!(ended.stdout, format!("{TOKEN}-a {TOKEN}-b {TOKEN}-work /a/path\n0\n"), "{}", ended.stderr);
}

#[test]
fn its_exit_code_is_the_programs() {
    let (_desk, home) = home();
    home.run(&["run", "--with", "a", "--", "sh", "-c", "exit 42"]).expect(42);
    home.run(&["run", "sh", "-c", "exit 0", "--json"]).expect(0);
    #[cfg(unix)]
    home.run(&["run", "--", "sh", "-c", "kill -TERM $$"]).expect(128 + 15);
}

#[cfg(unix)]
#[test]
fn the_program_takes_our_place_and_our_input() {
    let (_desk, home) = home();
    let mut command = home.command(&["run", "--with", "a", "--", "sh", "-c", "echo $$; cat"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"in").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{pid}\nin"));
}

#[test]
fn what_cannot_be_run_is_said_before_anything_is_done() {
    let (desk, home) = home();
    let before = desk.asked().len();
    for wrong in [
        &["run", "--with", "a", "--", "no-such-program"][..],
        &["run", "--with", "a", "--", "/etc"],
        &["run", "--with", "a=T", "--with", "b=T", "--", "true"],
        &["run", "--with", "a=PATH", "--", "true"],
        &["run", "--with", "a=LD_PRELOAD", "--", "true"],
        &["run", "--with", "a=A-B", "--", "true"],
        &["run", "--with", "a"],
    ] {
        home.run(wrong).expect(2).without(TOKEN);
    }
    home.run(&["run", "--with", "gone", "--", "true"]).expect(3);
    let ended =
        home.run(&["run", "--with", "gone", "--with", "a", "--with", "away", "--", "echo", "ran"]).expect(3);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("gone") && ended.stderr.contains("away"));
    assert_eq!(desk.asked().len(), before);
}
