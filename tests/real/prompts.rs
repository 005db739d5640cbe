//! A person at a terminal, played by `expect`: what is typed in secret stays secret, and the terminal comes back whole.
use std::process::Command;

use crate::harness::{Oidc, Sealed, needs};

const SECRET: &str = "basic:100%+sure/& =canary-7f3a9c";

/// Answers the question for the client id and waits for the one for its secret, with the terminal ready to hide it.
const ASKED: &str = r#"
proc await {what} {
    expect {
        -nocase -re $what { }
        timeout { puts "NO PROMPT"; exit 3 }
        eof { puts "ENDED"; exit 4 }
    }
    sleep 0.3
}
await {client id[^\n]*[:?>]}
send "desk-basic\r"
await {client secret[^\n]*[:?>]}
"#;

/// Runs an `expect` script in the home's environment; returns the whole conversation as the terminal showed it.
fn expect(home: &Sealed, script: &str) -> String {
    let path = home.hand_over("script.exp", &format!("set timeout 30\nlog_user 1\n{script}\n"));
    let out =
        Command::new("expect").arg(&path).env_clear().envs(home.env()).env("TERM", "xterm").output().unwrap();
    let shown = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        out.status.success(),
        "expect: {:?}\n{shown}\n{}",
        out.status,
        String::from_utf8_lossy(&out.stderr)
    );
    shown
}

fn start() -> Option<(Oidc, Sealed)> {
    needs("prompts", &["oidc-provider", "$expect"]).then(|| {
        let (server, home) = (Oidc::start(&[]), Sealed::new());
        server.known_as(&home, "acme", "client-auth = \"basic\"");
        home.secrets().plant(SECRET);
        (server, home)
    })
}

fn integ() -> &'static str {
    env!("CARGO_BIN_EXE_integ")
}

#[test]
fn a_client_secret_is_typed_unseen() {
    let Some((_server, home)) = start() else { return };
    let shown = expect(
        &home,
        &format!(
            r#"spawn -noecho {} setup acme
{ASKED}
send -- "{SECRET}\r"
expect eof
lassign [wait] pid id os code
exit $code"#,
            integ()
        ),
    );
    assert!(!shown.contains(SECRET), "{shown}");
    home.connect(&["acme"]).out.ok();
}

#[test]
fn an_interrupted_prompt_gives_the_terminal_back() {
    let Some((_server, home)) = start() else { return };
    let shown = expect(
        &home,
        &format!(
            r#"spawn -noecho sh -c {{stty -a > "$TMPDIR/../outside/before"; trap : INT; {} setup acme; echo "code=$?"; stty -a > "$TMPDIR/../outside/after"}}
{ASKED}
send "\003"
expect eof
exit 0"#,
            integ()
        ),
    );
    assert!(shown.contains("code=130"), "{shown}");
    let read = |name| std::fs::read_to_string(home.outside().join(name)).unwrap();
    assert_eq!(read("before"), read("after"), "{shown}");
    assert!(read("after").contains(" echo "), "{}", read("after"));
}

#[test]
fn what_is_exported_to_a_terminal_is_sealed() {
    let Some((_server, home)) = start() else { return };
    home.integ(&["setup", "acme", "--client-id", "desk-basic", "--client-secret-stdin"])
        .stdin(SECRET)
        .run()
        .ok();
    home.connect(&["acme"]).out.ok();
    let recipient = home.integ(&["vault", "recipient"]).run().ok().text().to_owned();
    let shown = expect(
        &home,
        &format!(
            "spawn -noecho {} export acme --to {recipient}\nexpect eof\nlassign [wait] pid id os code\nputs \"code=$code\"\nexit 0",
            integ()
        ),
    );
    assert!(shown.contains("BEGIN AGE ENCRYPTED FILE") || !shown.contains("code=0"), "{shown}");
    assert!(home.secrets().found_in(shown.as_bytes()).is_none(), "{shown}");
}

#[test]
fn deleting_asks_at_a_terminal() {
    let Some((server, home)) = start() else { return };
    home.integ(&["setup", "acme", "--client-id", "desk-basic", "--client-secret-stdin"])
        .stdin(SECRET)
        .run()
        .ok();
    home.connect(&["acme"]).out.ok();
    expect(
        &home,
        &format!(
            r#"spawn -noecho {} disconnect acme
expect {{
    -re {{\?|\[y|\(y}} {{ }}
    timeout {{ puts "NO QUESTION"; exit 3 }}
    eof {{ puts "ENDED"; exit 4 }}
}}
sleep 0.3
send "n\r"
expect eof
exit 0"#,
            integ()
        ),
    );
    assert!(server.any_alive());
    home.integ(&["token", "acme"]).reveals().run().ok();
}
