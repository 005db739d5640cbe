//! Mailboxes at a mail server that nobody here wrote.
use serde_json::json;

use crate::harness::{Authority, Dovecot, Oidc, Output, Run, Sealed, needs};

const ALICE: &str = "alice@example.com";
/// With a space and a letter beyond ASCII.
const PASSWORD: &str = "canary pass-ä1";

struct Stage {
    mail: Dovecot,
    provider: Oidc,
    home: Sealed,
    authority: Authority,
}

impl Stage {
    fn new() -> Option<Self> {
        Self::taking("xoauth2 oauthbearer")
    }

    /// Tokens by these mechanisms.
    fn taking(mechanisms: &str) -> Option<Self> {
        if !needs("dovecot", &["oidc-provider", "$dovecot", "$openssl"]) {
            return None;
        }
        let (provider, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
        home.secrets().plant(PASSWORD);
        let authority = Authority::new(&home);
        let mail = Dovecot::start(&authority, &provider.url, mechanisms);
        provider.known_to(&home);
        Some(Self { mail, provider, home, authority })
    }

    fn integ(&self, args: &[&str]) -> Run<'_> {
        self.home.integ(args).env("SSL_CERT_FILE", &self.authority.roots())
    }

    /// `connect` with the server at this port.
    fn connect(&self, name: &str, port: u16, security: &str, more: &[&str]) -> Run<'_> {
        let [port, security] = [format!("port={port}"), format!("security={security}")];
        let mut args = vec!["connect", name, "--json", "--option", "host=127.0.0.1"];
        let user = format!("user={ALICE}");
        args.extend(["--option", &user, "--option", &port, "--option", &security]);
        args.extend(more);
        self.integ(&args)
    }

    #[track_caller]
    fn opens(&self, name: &str) {
        let test = self.integ(&["test", name, "--json"]).run();
        assert_eq!(test.code, 0, "{test}\n{}", self.mail.log());
        let told = &test.json()["tests"][0];
        assert_eq!((&told["outcome"], &told["account"]), (&"ok".into(), &ALICE.into()), "{test}");
        assert_eq!(told["detail"], "7 messages in its INBOX", "{test}");
    }

    #[track_caller]
    fn refuses(&self, name: &str, kind: &str, code: i32) -> Output {
        let out = self.integ(&["test", name, "--json"]).run().exits(code);
        assert_eq!(out.json()["tests"][0]["error"]["kind"], kind, "{out}\n{}", self.mail.log());
        out
    }
}

#[test]
fn a_password_opens_the_mailbox_over_tls_and_starttls() {
    let Some(stage) = Stage::new() else { return };
    let secured = [("imap", stage.mail.imaps, "tls"), ("imap/start", stage.mail.imap, "starttls")];
    for (name, port, security) in secured {
        stage.connect(name, port, security, &["--token-stdin"]).stdin(PASSWORD).run().ok();
        stage.opens(name);
    }
    // Nothing was marked as read, and the secret is what was given.
    stage.opens("imap");
    let token = stage.home.integ(&["token", "imap"]).reveals().run().ok();
    assert_eq!(token.text(), PASSWORD);
    stage.connect("imap/clear", stage.mail.imap, "none", &["--token-stdin"]).stdin(PASSWORD).run().ok();
    stage.opens("imap/clear");
    let wrong =
        stage.connect("imap/wrong", stage.mail.imaps, "tls", &["--token-stdin"]).stdin("wrong one").run();
    assert_eq!(wrong.clone().exits(3).error(), "needs_reauth");
    wrong.says("AUTHENTICATIONFAILED");
    assert_eq!(stage.home.vault_files().len(), 3);
}

#[test]
fn a_certificate_that_proves_nothing_gets_no_password() {
    let Some(stage) = Stage::new() else { return };
    for (port, security) in [(stage.mail.imaps, "tls"), (stage.mail.imap, "starttls")] {
        let call = stage.connect("imap", port, security, &["--token-stdin"]);
        // Without our roots.
        let out = call.env("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt").stdin(PASSWORD).run();
        assert_eq!(out.clone().exits(6).error(), "unsafe");
        stage.connect("imap", port, security, &["--token-stdin"]).stdin(PASSWORD).run().ok();
        let elsewhere = ["test", "imap", "--json"];
        let out =
            stage.home.integ(&elsewhere).env("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt").run();
        assert_eq!(out.clone().exits(6).json()["tests"][0]["error"]["kind"], "unsafe", "{out}");
    }
    assert!(!stage.mail.log().contains("auth failed"), "{}", stage.mail.log());
}

#[test]
fn a_token_of_another_connection_opens_the_mailbox() {
    let Some(stage) = Stage::new() else { return };
    stage.home.connect(&["acme/work"]).out.ok();
    for (name, port, security) in [("imap", stage.mail.imaps, "tls"), ("imap/b", stage.mail.imap, "starttls")]
    {
        stage.connect(name, port, security, &["--via", "acme/work"]).run().ok();
        stage.opens(name);
    }
    // Its own account is meant where no other is named.
    let port = format!("port={}", stage.mail.imaps);
    let args = ["connect", "imap/c", "--via", "acme/work", "--option", "host=127.0.0.1", "--option", &port];
    stage.integ(&args).run().ok();
    stage.opens("imap/c");
    let printed =
        |name: &str| stage.home.integ(&["token", name, "--xoauth2", ALICE]).reveals().run().ok().stdout;
    assert_eq!(printed("imap"), printed("acme/work"));
    // Somebody else's mailbox stays closed.
    let more = ["--via", "acme/work", "--option", "user=bob@example.com"];
    let other = stage.connect("imap/bob", stage.mail.imaps, "tls", &more).run();
    assert_eq!(other.exits(3).error(), "needs_reauth");
}

#[test]
fn a_token_is_taken_by_either_mechanism() {
    for mechanism in ["xoauth2", "oauthbearer"] {
        let Some(stage) = Stage::taking(mechanism) else { return };
        stage.home.connect(&["acme"]).out.ok();
        stage.connect("imap", stage.mail.imaps, "tls", &["--via", "acme"]).run().ok();
        stage.opens("imap");
        stage.provider.tell("revoke", &json!({ "account": "alice" }));
        stage.refuses("imap", "needs_reauth", 3);
        let used = format!("method={}", mechanism.to_uppercase());
        assert!(stage.mail.log().contains(&used), "{}", stage.mail.log());
    }
}

#[test]
fn a_spent_token_is_renewed_and_a_dead_grant_needs_a_person() {
    let Some(stage) = Stage::new() else { return };
    // It says an hour, and does not live for two seconds.
    stage.provider.tell("ttl", &json!({ "access": 2, "says": 3600 }));
    stage.home.connect(&["acme"]).out.ok();
    stage.provider.tell("ttl", &json!({ "access": 3600, "says": null }));
    std::thread::sleep(std::time::Duration::from_millis(2100));
    stage.connect("imap", stage.mail.imaps, "tls", &["--via", "acme"]).run().ok();
    assert_eq!(stage.provider.token_requests(), 2, "the refused token was renewed");
    stage.opens("imap");
    stage.provider.tell("revoke", &json!({ "account": "alice" }));
    stage.refuses("imap", "needs_reauth", 3).says("integ connect acme");
}

#[test]
fn a_check_that_fails_is_no_reason_to_sign_in_again() {
    let Some(stage) = Stage::new() else { return };
    stage.home.connect(&["acme"]).out.ok();
    stage.connect("imap", stage.mail.imaps, "tls", &["--via", "acme"]).run().ok();
    // Dovecot cannot ask whose the token is.
    stage.provider.tell("faults", &json!({ "path": "/token/introspection", "fail": 1000, "status": 503 }));
    stage.refuses("imap", "unavailable", 4).never_says("integ connect");
    stage.provider.tell("faults", &json!({}));
    stage.opens("imap");
}
