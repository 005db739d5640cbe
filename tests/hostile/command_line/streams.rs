//! CL6, CL7: pipes that close, disks that are full, and nobody at the terminal.

use crate::evil::Evil;
use crate::home::Home;

#[test]
fn cl06_a_reader_that_leaves_is_no_disaster() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["token", "evil"],
        &["providers"],
        &["--help"],
        &["completions", "bash"],
        &["config", "list"],
        &["test", "evil"],
    ] {
        home.call(args).shell("{} | :").run().exits(&[0]);
        home.call(args).shell("{} | { read line; }").run();
    }
}

#[test]
fn cl06_an_output_that_cannot_be_written_is_a_failure() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    for args in [
        &["token", "evil"][..],
        &["token", "evil", "--json"],
        &["status"],
        &["status", "--json"],
        &["providers"],
        &["test", "evil"],
        &["config", "list"],
        &["completions", "bash"],
        &["--version"],
        &["--help"],
    ] {
        let output = home.call(args).shell("exec {} > /dev/full").run();
        assert!([1, 5].contains(&output.code), "{args:?} > /dev/full\n{}", output.transcript());
        assert!(
            output.err().contains("output"),
            "does not say what could not be written\n{}",
            output.transcript()
        );
    }
}

#[test]
fn cl06_closed_streams_do_no_harm() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    for closed in [">&-", "2>&-", "<&-", "<&- >&- 2>&-"] {
        for args in
            [&["token", "evil"][..], &["status"], &["refresh", "evil", "--force"], &["token", "nobody"]]
        {
            let codes: &[i32] = if args[1..] == ["nobody"] { &[2, 3] } else { &[0, 1] };
            home.call(args).shell(&format!("exec {{}} {closed}")).run().exits(codes);
        }
    }
    home.index_is_sound();
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
}

/// Every name under which a system's browser is looked for, each of which tells.
fn openers(home: &Home) {
    for name in [
        "xdg-open",
        "open",
        "gio",
        "gnome-open",
        "kde-open",
        "wslview",
        "sensible-browser",
        "firefox",
        "chromium",
    ] {
        let marker = home.path("opened");
        home.program(name, &format!("echo {name} >> '{}'", marker.display()));
    }
}

#[test]
fn cl07_without_a_terminal_nothing_is_asked_and_nothing_opens() {
    let conditions: [(&str, &[(&str, &str)]); 3] =
        [("exec {}", &[]), ("exec {} </dev/null", &[("CI", "1")]), ("exec {} <&-", &[])];
    for (script, env) in conditions {
        let evil = Evil::start();
        let mut home = Home::new(&evil);
        openers(&home);
        for (name, value) in env {
            home.set(name, value);
        }
        let run = |args: &[&str]| home.call(args).shell(script).run();
        run(&["connect", "evil"]).exits(&[3]).says("--no-browser");
        run(&["connect", "evil", "--no-input"]).exits(&[3]);
        run(&["setup", "evil"]).exits(&[2, 3]);
        home.fresh(&evil, "evil");
        run(&["disconnect", "evil"]).exits(&[2]).says("--yes");
        run(&["token", "evil"]).exits(&[0]);
        run(&["export", "evil", "--passphrase"]).exits(&[2, 3]);
        assert!(!home.path("opened").exists(), "{script}: a browser was opened");
        assert_eq!(evil.log("authorize").len(), 0);
    }
}
