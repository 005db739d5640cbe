//! Servers that attack: what they send is bounded and harmless, and no secret leaves before it may.

use super::connected;
use super::server::{FLOOD, LONG_LINE, MailServer, PASSWORD, SILENCE};
use crate::home::Home;

#[test]
fn endless_and_broken_answers_end() {
    std::thread::scope(|scope| {
        for at in ["greeting", "CAPABILITY", "login", "EXAMINE"] {
            scope.spawn(move || attack(at));
        }
    });
}

fn attack(at: &'static str) {
    let (server, home) = connected();
    let home = home.deadline("3s");
    for (answer, code) in [
        (LONG_LINE, 1),
        (FLOOD, 1),
        (SILENCE, 4),
        ("* LIST () {999999999999}\r\n", 1),
        ("* LIST () {99999999999999999999999}\r\n", 1),
        ("* LIST () {10}\r\n", 4),
        ("zz9 OK not yours\r\n", 1),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", 1),
        ("\r\n", 1),
        ("+ more\r\n+ more\r\n+ more\r\n", 1),
    ] {
        server.correct();
        server.says(at, answer);
        let output = home.run(&["test", "imap", "--json"]);
        assert_eq!(output.code, code, "{at} {answer:?}\n{}", output.transcript());
        output.json();
    }
    server.correct();
    home.run(&["test", "imap"]).exits(&[0]);
}

#[test]
fn what_a_server_says_is_harmless_and_repeats_no_secret() {
    let (server, home) = connected();
    let nasty = format!("{{tag}} NO [AUTHENTICATIONFAILED] \u{1b}]52;c;eA==\u{7}\u{202e} {PASSWORD} \r\n");
    for at in ["login", "EXAMINE"] {
        server.correct();
        server.says(at, &nasty.replace(PASSWORD, if at == "login" { PASSWORD } else { "" }));
        for args in [&["test", "imap"][..], &["test", "imap", "--json"], &["test", "imap", "-vv"]] {
            assert_ne!(home.run(args).code, 0);
        }
        home.run(&["status"]);
    }
}

#[test]
fn nothing_secret_is_sent_before_tls() {
    let (server, home) = (MailServer::start(), Home::empty());
    for (at, answer, why) in [
        ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n", "does not offer encryption"),
        ("greeting", "* PREAUTH welcome\r\n", "without a login"),
        ("STARTTLS", "{tag} NO not today\r\n", "refuses to encrypt"),
        ("STARTTLS", "{tag} BAD what\r\n", "refuses to encrypt"),
        // What is said in the same breath would count as if it had come under TLS.
        ("STARTTLS", "{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", "in clear"),
        ("STARTTLS", "{tag} OK go\r\na2 OK\r\n", "in clear"),
    ] {
        server.correct();
        server.says("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n{tag} OK\r\n");
        server.says(at, answer).forget();
        let output = home.mail_call(&server, "starttls", &[]).stdin(PASSWORD).run();
        assert_eq!(output.exits(&[6]).kind(), "unsafe", "{answer}");
        output.says(why);
        assert!(!server.heard_a_secret(), "{answer}: {:?}", server.heard());
    }
    // A server that does not go on to TLS, or speaks in clear where TLS is expected.
    server.correct();
    server.says("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK\r\n").forget();
    home.mail_call(&server, "starttls", &[]).stdin(PASSWORD).run().exits(&[1, 4, 6]);
    home.mail_call(&server, "tls", &[]).stdin(PASSWORD).run().exits(&[1]).says("does not speak TLS");
    assert!(!server.heard_a_secret(), "{:?}", server.heard());
    assert!(home.vault_files().is_empty());
}

#[test]
fn clear_text_is_for_this_machine() {
    let home = Home::empty();
    let args = ["connect", "imap", "--json", "--token-stdin", "--option", "user=me@mail.example"];
    let args = [&args[..], &["--option", "host=192.0.2.1", "--option", "security=none"]].concat();
    assert_eq!(home.call(&args).stdin(PASSWORD).run().exits(&[6]).kind(), "unsafe");
}
