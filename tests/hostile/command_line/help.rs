//! CL1, CL14: no secret is ever a command-line value, and no example shows one.

use crate::evil::Evil;
use crate::home::Home;

/// The subcommands, as `--help` lists them.
pub(crate) fn subcommands(home: &Home) -> Vec<String> {
    let help = home.run(&["--help"]).exits(&[0]).out();
    let lines = help.lines().skip_while(|line| !line.trim().eq_ignore_ascii_case("commands:")).skip(1);
    lines
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("     "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn cl01_no_option_takes_a_secret_as_its_value() {
    let home = Home::empty();
    let commands = subcommands(&home);
    for wanted in
        ["connect", "status", "token", "refresh", "disconnect", "import", "export", "run", "api", "setup"]
    {
        assert!(commands.iter().any(|name| name == wanted), "{wanted} is not in {commands:?}");
    }
    for command in commands {
        let help = home.run(&[&command, "--help"]).exits(&[0]).out();
        for line in help.lines().map(str::trim).filter(|line| line.starts_with('-')) {
            let mut words = line.split([' ', ',', '=']).filter(|word| !word.is_empty());
            let flag = words.clone().find(|word| word.starts_with("--")).unwrap_or_default().to_owned();
            let takes_value = words.any(|word| word.starts_with('<'));
            let secret = ["secret", "password", "passphrase", "token"].iter().any(|word| flag.contains(word));
            let indirect = ["-fd", "-file", "-stdin"].iter().any(|tail| flag.ends_with(tail));
            assert!(!(secret && takes_value && !indirect), "{command}: {line}");
        }
    }
}

#[test]
fn cl01_a_secret_given_as_an_option_is_refused_and_not_repeated() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let secret = "hunter2-very-secret";
    for args in [
        &["connect", "evil", "--token", secret][..],
        &["connect", "evil", "--access-token", secret],
        &["connect", "evil", "--client-secret", secret],
        &["setup", "evil", "--client-secret", secret],
        &["import", "evil", "--token", secret],
        &["import", "--passphrase", secret],
        &["export", "evil", "--passphrase-value", secret],
        &["vault", "init", "--key", secret],
        &["token", "evil", "--password", secret],
    ] {
        let output = home.run(args);
        output.exits(&[2]).never_says(secret);
    }
    let output = home.run(&["connect", "evil", "--client-secret=hunter2-very-secret"]);
    output.exits(&[2]).never_says(secret).says("stdin");
}

#[test]
fn cl14_no_example_puts_a_secret_on_a_command_line() {
    let home = Home::empty();
    for command in subcommands(&home) {
        let help = home.run(&[&command, "--help"]).exits(&[0]).out().to_lowercase();
        for bad in [
            "--client-secret ",
            "--client-secret=",
            "--token ",
            "--password",
            "export integ_import=",
            "echo $",
        ] {
            assert!(!help.contains(bad), "{command}: {bad:?}");
        }
    }
}

/// The two shortest calls take no parser: they say what it says.
#[test]
fn the_version_is_the_same_by_every_way() {
    let home = Home::empty();
    let parsed = home.run(&["--quiet", "--version"]).exits(&[0]).out();
    assert_eq!(parsed, format!("integ {}\n", env!("CARGO_PKG_VERSION")));
    for args in [&["--version"][..], &["-V"], &["--no-input", "-V"]] {
        assert_eq!(home.run(args).exits(&[0]).out(), parsed, "{args:?}");
    }
}
