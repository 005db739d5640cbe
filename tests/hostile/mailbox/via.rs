//! A mailbox that leans on another connection for its token.

use serde_json::json;

use super::server::{MailServer, PASSWORD, USER};
use crate::evil::Evil;
use crate::home::{Home, provider_toml};

const CHALLENGE: &str = "+ eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJtYWlsIn0=\r\n";

struct Stage {
    evil: Evil,
    server: MailServer,
    home: Home,
    token: String,
}

/// `evil/work` is connected, and its tokens open the mailbox at the server, which `imap` knows to be Evil's.
fn stage(mechanism: &str) -> Stage {
    let evil = Evil::start();
    let (server, home) = (MailServer::start(), Home::new(&evil));
    home.provider(
        "evil",
        &format!("{}\n[capability.imap]\nrequired = [\"openid\"]\n", provider_toml(&evil, &[])),
    );
    knows(&home, server.port);
    server.says("CAPABILITY", &format!("* CAPABILITY IMAP4rev1 SASL-IR AUTH={mechanism}\r\n{{tag}} OK\r\n"));
    let token = home.fresh(&evil, "evil/work").access;
    server.accepts(&token);
    Stage { evil, server, home, token }
}

fn knows(home: &Home, port: u16) {
    let text = format!(
        "[mailbox.evil]\ntitle = \"Evil\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nvia = \"evil\"\n"
    );
    home.provider("imap", &text);
}

impl Stage {
    fn connect(&self) -> crate::home::Output {
        let user = format!("user={USER}");
        self.home.run(&["connect", "imap/work", "--via", "evil/work", "--option", &user, "--json"])
    }
}

#[test]
fn a_token_opens_the_mailbox() {
    for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
        let stage = stage(mechanism);
        let Stage { home, server, .. } = &stage;
        assert_eq!(stage.connect().exits(&[0]).last_event()["verified"], true);
        home.run(&["test", "imap/work"]).exits(&[0]).says("3 messages");
        assert!(server.heard().iter().any(|line| line.contains(mechanism)), "{:?}", server.heard());
        // It has no secret of its own, and hands out that of the other.
        assert_eq!(home.run(&["token", "imap/work"]).exits(&[0]).out().trim_end(), stage.token);
        home.run(&["status"]).exits(&[0]).says("via evil/work");
        home.run(&["rename", "evil/work", "evil/home"]).exits(&[0]).says("imap/work");
        home.run(&["test", "imap/work"]).exits(&[0]);
        home.run(&["disconnect", "evil/home", "--yes"]).exits(&[0]).says("imap/work");
        home.run(&["test", "imap/work"]).exits(&[3]).says("evil/home");
    }
}

#[test]
fn a_refused_token_is_renewed_once() {
    let stage = stage("XOAUTH2");
    stage.connect().exits(&[0]);
    stage.server.takes_only(&[]);
    stage.server.says("challenge", CHALLENGE);
    let before = stage.evil.count("token", "refresh_token");
    let output = stage.home.run(&["test", "imap/work", "--json"]);
    assert_eq!(output.exits(&[3]).kind(), "needs_reauth");
    output.says("integ connect evil/work --can +imap").says("status 400").says("wants the scope mail");
    assert_eq!(stage.evil.count("token", "refresh_token"), before + 1);
    // The failure's challenge was answered with an empty line, and only then the server said no.
    let heard = stage.server.heard();
    let at = heard.iter().rposition(|line| line.contains("AUTHENTICATE XOAUTH2")).unwrap();
    assert_eq!(heard[at + 1], "", "{heard:?}");
}

#[test]
fn a_failure_by_oauthbearer_is_ended_as_rfc_7628_wants() {
    let stage = stage("OAUTHBEARER");
    stage.connect().exits(&[0]);
    stage.server.takes_only(&[]);
    stage.server.says("challenge", CHALLENGE);
    stage.home.run(&["test", "imap/work"]).exits(&[3]);
    assert!(stage.server.heard().iter().any(|line| line == "AQ=="), "{:?}", stage.server.heard());
    // A server that cannot check now says nothing about the token.
    let before = stage.evil.count("token", "refresh_token");
    stage.server.says("login", "{tag} NO [UNAVAILABLE] Temporary authentication failure\r\n");
    stage.home.run(&["test", "imap/work"]).exits(&[4]);
    assert_eq!(stage.evil.count("token", "refresh_token"), before);
}

#[test]
fn what_the_other_connection_lacks_is_named() {
    let stage = stage("XOAUTH2");
    let Stage { home, evil, server, .. } = &stage;
    let lacking = provider_toml(evil, &[]) + "\n[capability.imap]\nrequired = [\"https://mail.example/\"]\n";
    home.provider("evil", &lacking);
    let refused = stage.connect();
    assert_eq!(refused.exits(&[3]).kind(), "missing_scope");
    refused.says("integ connect evil/work --can +imap");
    assert!(!server.heard_a_secret());
    let alone = lacking + "alone = true\n";
    home.provider("evil", &alone);
    stage.connect().exits(&[3]).says("integ connect evil/imap --can imap").says("--via evil/imap");
    home.run(&["connect", "imap/x", "--via", "nobody"]).exits(&[3]).says("nobody");
    server.says("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n");
    home.provider("evil", &provider_toml(evil, &[]));
    stage.connect().exits(&[3]).says("takes no OAuth tokens");
    assert!(!server.heard_a_secret());
}

#[test]
fn a_mailbox_does_not_lean_on_itself() {
    let stage = stage("XOAUTH2");
    stage.connect().exits(&[0]);
    stage.home.run(&["connect", "imap/x", "--via", "imap/work"]).exits(&[2]).says("none of its own");
    // A password takes the place of a token only where it is meant to.
    stage.server.says("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n");
    stage.server.says("login", "{tag} OK in\r\n");
    stage.home.run_with(&["connect", "imap/work", "--token-stdin"], PASSWORD).exits(&[0]);
    assert_eq!(stage.home.run(&["token", "imap/work"]).out().trim_end(), PASSWORD);
}

#[test]
fn a_bundle_cannot_send_a_token_elsewhere() {
    let stage = stage("XOAUTH2");
    stage.connect().exits(&[0]);
    let there = Home::new(&stage.evil);
    there.fresh(&stage.evil, "evil/work");
    let recipient = there.run(&["vault", "recipient"]).out().trim().to_owned();
    let sealed = stage.home.run(&["export", "imap/work", "--to", &recipient]).exits(&[0]).stdout.clone();
    stage.server.forget();
    // Nothing here says that this server is Evil's.
    let refused = there.run_with(&["import", "-", "--json"], &sealed);
    assert_eq!(refused.exits(&[6]).kind(), "unsafe");
    assert_eq!(stage.server.heard(), Vec::<String>::new());
    knows(&there, stage.server.port);
    stage.server.says("login", "{tag} OK in\r\n");
    there.run_with(&["import", "-"], &sealed).exits(&[0]);
    there.run(&["test", "imap/work"]).exits(&[0]);
    // The same in the form that a person writes.
    let text = json!({"provider": "imap", "name": "imap/y", "access_token": "x",
        "options": {"user": USER, "host": "localhost", "via": "evil/work"}});
    there.run_with(&["import", "-"], text.to_string()).exits(&[6]);
}
