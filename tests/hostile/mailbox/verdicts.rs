//! What each refusal means, as kind and exit code, and that the connection stays.

use super::connected;

#[test]
fn each_refusal_has_its_meaning() {
    let (server, home) = connected();
    for (at, answer, kind, code) in [
        ("login", "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials", "needs_reauth", 3),
        ("login", "{tag} NO [EXPIRED] too old", "needs_reauth", 3),
        ("login", "{tag} NO [ALERT] Application-specific password required", "needs_reauth", 3),
        ("login", "{tag} NO LOGIN failed.", "needs_reauth", 3),
        ("login", "{tag} NO [UNAVAILABLE] Temporary authentication failure", "unavailable", 4),
        ("login", "{tag} NO [ALERT] Too many simultaneous connections. (Failure)", "rate_limited", 4),
        ("login", "{tag} NO [LIMIT] slow down", "rate_limited", 4),
        ("login", "{tag} NO [THROTTLED] slow down", "rate_limited", 4),
        ("login", "* BYE shutting down", "unavailable", 4),
        ("login", "{tag} BAD what", "provider_error", 1),
        ("EXAMINE", "{tag} NO [INUSE] locked", "unavailable", 4),
        ("EXAMINE", "{tag} NO no INBOX", "provider_error", 1),
        ("EXAMINE", "* BYE [UNAVAILABLE] backend gone", "unavailable", 4),
        ("greeting", "* BYE too many connections", "rate_limited", 4),
        ("greeting", "* BYE [UNAVAILABLE] later", "unavailable", 4),
        ("CAPABILITY", "{tag} BAD what", "provider_error", 1),
    ] {
        server.correct();
        server.says(at, &format!("{answer}\r\n"));
        let output = home.run(&["test", "imap", "--json"]);
        assert_eq!((output.code, output.kind().as_str()), (code, kind), "{answer}\n{}", output.transcript());
    }
    server.correct();
    home.run(&["test", "imap"]).exits(&[0]);
}

#[test]
fn a_server_that_wants_no_passwords_gets_none() {
    let (server, home) = connected();
    for capability in ["IMAP4rev1 LOGINDISABLED", "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"] {
        server.says("CAPABILITY", &format!("* CAPABILITY {capability}\r\n{{tag}} OK\r\n")).forget();
        home.run(&["test", "imap"]).exits(&[3]).says("takes no passwords");
        assert!(!server.heard_a_secret(), "{:?}", server.heard());
    }
}

#[test]
fn a_server_that_is_gone_is_unreachable() {
    let (server, home) = connected();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let args = ["--option", &format!("port={free}")];
    assert_eq!(home.connect_mail(&server, &args).exits(&[4]).kind(), "unreachable");
    home.run(&["test", "imap"]).exits(&[0]);
}
