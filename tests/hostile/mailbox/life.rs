//! From the first connect to the end.

use super::connected;
use super::server::{MailServer, PASSWORD, USER};
use crate::home::Home;

#[test]
fn a_mailbox_connects_and_is_tested() {
    let (server, home) = (MailServer::start(), Home::empty());
    let event = home.connect_mail(&server, &[]).exits(&[0]).last_event();
    assert_eq!((&event["account"], &event["verified"]), (&USER.into(), &true.into()), "{event}");
    let test = home.run(&["test", "imap", "--json"]).exits(&[0]).json();
    assert_eq!(
        (&test["tests"][0]["outcome"], &test["tests"][0]["account"]),
        (&"ok".into(), &USER.into()),
        "{test}"
    );
    assert_eq!(test["tests"][0]["detail"], "3 messages in its INBOX");
    home.run(&["test"]).exits(&[0]).says("3 messages");
    let status = home.status("imap");
    assert_eq!((&status["state"], &status["provider"]), (&"connected".into(), &"imap".into()), "{status}");
    assert!(server.heard().iter().any(|line| line.contains("EXAMINE INBOX")), "{:?}", server.heard());
    assert!(!server.heard().iter().any(|line| line.contains("SELECT")), "nothing is marked as read");
    // Again, with the server that is known by now.
    home.call(&["connect", "imap", "--token-stdin"]).stdin(PASSWORD).run().exits(&[0]);
}

#[test]
fn every_way_of_sending_a_password_is_understood() {
    let (server, home) = connected();
    for (capability, sent) in [
        ("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n", "AUTHENTICATE PLAIN"),
        (
            "* CAPABILITY IMAP4rev2 SASL-IR AUTH=PLAIN LOGINDISABLED\r\n{tag} OK\r\n",
            "AUTHENTICATE PLAIN AG1l",
        ),
    ] {
        server.says("CAPABILITY", capability).forget();
        home.run(&["test", "imap"]).exits(&[0]);
        assert!(server.heard().iter().any(|line| line.contains(sent)), "{:?}", server.heard());
    }
    // Capabilities may come with the greeting; LOGIN quotes what it sends, and this password is not ASCII.
    server.correct();
    server.says("greeting", "* OK [CAPABILITY IMAP4rev1] hello\r\n").forget();
    home.run(&["test", "imap", "--json"]).exits(&[1]).says("ASCII");
    assert!(!server.heard_a_secret());
    let plain = "CANARY-at-pass word \"\\";
    home.call(&["connect", "imap", "--token-stdin"]).stdin(plain).run().exits(&[0]);
    assert!(
        server
            .heard()
            .iter()
            .any(|line| line.contains(r#"LOGIN "me@mail.example" "CANARY-at-pass word \"\\""#)),
        "{:?}",
        server.heard()
    );
}

#[test]
fn other_commands_know_what_a_password_is() {
    let (server, home) = connected();
    assert_eq!(home.run(&["token", "imap"]).exits(&[0]).out().trim_end(), PASSWORD);
    for args in [&["token", "imap", "--header"][..], &["token", "imap", "--xoauth2", USER]] {
        home.run(args).exits(&[2]).says("not an OAuth token");
    }
    home.run(&["api", "imap", "/me"]).exits(&[2]).says("no HTTP API");
    home.run(&["refresh", "imap", "--json"]).exits(&[0]).says("unsupported");
    home.run(&["refresh", "--all", "--force"]).exits(&[0]);
    home.program("show", "/bin/echo \"$MAIL\"");
    let run = home.run(&["run", "--with", "imap=MAIL", "--", "show"]);
    assert_eq!(run.exits(&[0]).out().trim_end(), PASSWORD);
    home.run(&["status"]).exits(&[0]).says(USER);
    home.run(&["providers", "imap"]).exits(&[0]).says("--option");
    home.run(&["setup", "imap"]).exits(&[0]).says("app password");
    home.run(&["doctor"]).exits(&[0]);
    home.run(&["rename", "imap", "post"]).exits(&[0]);
    home.run(&["test", "post"]).exits(&[0]);
    server.forget();
    home.run(&["disconnect", "post", "--yes"]).exits(&[0]).says("still works");
    assert_eq!(server.heard(), Vec::<String>::new());
    assert!(home.vault_files().is_empty());
}

#[test]
fn a_mailbox_moves_to_another_machine() {
    let (_server, laptop) = connected();
    let there = Home::empty();
    let recipient = there.run(&["vault", "recipient"]).out().trim().to_owned();
    let sealed = laptop.run(&["export", "imap", "--to", &recipient]);
    there.run_with(&["import", "-"], sealed.exits(&[0]).stdout.clone()).exits(&[0]);
    there.run(&["test", "imap"]).exits(&[0]);
    // And in the form that a person writes.
    let home = Home::empty();
    let server = MailServer::start();
    let text = format!(
        r#"{{"provider":"imap","name":"imap/x","access_token":"CANARY-at-x",
            "options":{{"user":"{USER}","host":"127.0.0.1","port":"{}","security":"none"}}}}"#,
        server.port
    );
    server.says("login", "{tag} NO [UNAVAILABLE] later\r\n");
    home.run_with(&["import", "-"], &text).exits(&[0]).says("unverified");
    server.says("login", "{tag} OK in\r\n");
    home.run(&["test", "imap/x"]).exits(&[0]);
    assert_eq!(home.status("imap/x")["state"], "connected");
}

#[test]
fn a_domain_of_ones_own_file_leads_to_its_server() {
    let (server, home) = (MailServer::start(), Home::empty());
    home.provider(
        "imap",
        &format!(
            "[mailbox.mine]\ntitle = \"Mine\"\ndomains = [\"mail.example\"]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
             app-password = \"https://mail.example/app\"\n",
            server.port
        ),
    );
    let args = ["connect", "imap", "--option", &format!("user={USER}"), "--token-stdin"];
    home.run_with(&args, PASSWORD).exits(&[0]).says("127.0.0.1");
    home.run(&["test"]).exits(&[0]);
    server.says("login", "{tag} NO [ALERT] Application-specific password required\r\n");
    home.run(&["test"]).exits(&[3]).says("https://mail.example/app");
}

#[test]
fn what_is_missing_is_named_and_nothing_is_stored() {
    let (server, home) = (MailServer::start(), Home::empty());
    home.run(&["connect", "imap"]).exits(&[3]).says("--option user=ADDRESS");
    home.run(&["connect", "imap", "--option", "user=me@gmail.com"]).exits(&[3]).says("--token-stdin");
    home.run_with(&["connect", "imap", "--option", "user=me", "--token-stdin"], "x").exits(&[2]).says("host");
    home.run_with(&["connect", "imap", "--option", "user=me@outlook.com", "--token-stdin"], "x")
        .exits(&[2])
        .says("takes no passwords")
        .says("--via microsoft/imap");
    for (option, code) in [
        ("port=0", 2),
        ("port=x", 2),
        ("security=plain", 2),
        ("host=a b", 2),
        ("user=a b", 2),
        ("colour=red", 2),
    ] {
        home.connect_mail(&server, &["--option", option]).exits(&[code]);
    }
    for bad in ["", "a\u{7}b", "a\nb"] {
        home.mail_call(&server, "none", &[]).stdin(bad).run().exits(&[2]);
    }
    server.says("login", "{tag} NO [AUTHENTICATIONFAILED] no\r\n");
    assert_eq!(home.connect_mail(&server, &[]).exits(&[3]).kind(), "needs_reauth");
    assert!(home.vault_files().is_empty());
    // A server that will answer later: what was given is kept, as it is for other providers.
    server.says("login", "{tag} NO [UNAVAILABLE] later\r\n");
    home.connect_mail(&server, &[]).exits(&[0]).says("unverified");
}

#[test]
fn another_mailbox_does_not_take_its_place() {
    let (server, home) = connected();
    home.connect_mail(&server, &["--expect", "you@mail.example"]).exits(&[6]);
    server.says("login", "{tag} OK in\r\n");
    let other = ["--option", "user=you@mail.example"];
    assert_eq!(home.connect_mail(&server, &other).exits(&[6]).kind(), "account_mismatch");
    assert_eq!(home.status("imap")["account"], USER);
    home.connect_mail(&server, &[&other[..], &["--replace"]].concat()).exits(&[0]);
}
