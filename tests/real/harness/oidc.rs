//! The certified OpenID provider and the provider file that points `integ` at it.
use std::ops::Deref;
use std::time::Duration;

use serde_json::{Value, json};

use super::Sealed;
use super::http::{get, request};
use super::server::Server;

pub(crate) struct Oidc(Server);

impl Oidc {
    pub(crate) fn start(env: &[(&str, &str)]) -> Self {
        Self(Server::start("oidc.mjs", &[], env))
    }

    /// Makes it known in `home` as `acme`, with the public client.
    pub(crate) fn known_to(&self, home: &Sealed) {
        self.known_as(home, "acme", "client-id = \"desk\"\nclient-auth = \"none\"");
    }

    pub(crate) fn known_as(&self, home: &Sealed, name: &str, client: &str) {
        let url = &self.url;
        home.provider(
            name,
            &format!(
                r#"
title = "Acme"
issuer = "{url}"
api-url = "{url}"
{client}
redirect = "loopback"
refresh = "rotating"
scopes = ["openid", "email", "offline_access"]
authorize-params = {{ prompt = "consent" }}
[capability.calendars]
required = ["calendar.read"]
optional = ["calendar.write"]
[capability.tasks]
required = ["tasks"]
[whoami]
path = "/me"
id = "sub"
account = "email"
"#
            ),
        );
        home.watch(url);
    }

    /// Connects `args` with a token that is expired, as far as `integ` was told, when this returns; later ones live for an hour.
    pub(crate) fn connect_expired(&self, home: &Sealed, args: &[&str]) {
        self.tell("ttl", &json!({ "access": 3600, "says": 1 }));
        home.connect(args).out.ok();
        self.tell("ttl", &json!({ "says": null }));
        std::thread::sleep(Duration::from_millis(1100));
    }

    /// Whether the server still honours any token it ever issued.
    pub(crate) fn any_alive(&self) -> bool {
        let secrets = get(&format!("{}/_test/secrets", self.url)).unwrap().body;
        let secrets: Vec<String> = serde_json::from_str(&secrets).unwrap();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        secrets
            .iter()
            .filter(|secret| secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
            .any(|secret| {
                let body = format!("client_id=desk&token={secret}");
                let answer =
                    request("POST", &format!("{}/token/introspection", self.url), &body, &headers).unwrap();
                assert_eq!(answer.status, 200, "{}", answer.body);
                serde_json::from_str::<Value>(&answer.body).unwrap()["active"] == true
            })
    }

    /// The refresh token that would work now.
    pub(crate) fn live_refresh_token(&self) -> String {
        self.tell("live_refresh_token", &json!({}))["refresh_token"].as_str().unwrap().to_owned()
    }

    /// Requests that present a refresh token or a code.
    pub(crate) fn token_requests(&self) -> usize {
        self.requests("POST", "/token")
    }
}

impl Deref for Oidc {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.0
    }
}
