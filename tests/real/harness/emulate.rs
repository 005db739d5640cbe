//! The emulated providers, and the provider files that point the built-in ones at them: only addresses change, and a
//! fixed port becomes any, so that tests run side by side.
use std::ops::Deref;

use super::Sealed;
use super::server::Server;

/// A provider of `emulate`: its file, where `SERVER` stands for the address, and the secret of its app where it wants one.
struct Service {
    name: &'static str,
    secret: Option<&'static str>,
    file: &'static str,
}

pub(crate) struct Emulate {
    server: Server,
    service: &'static Service,
}

impl Emulate {
    /// The service of that name in the list below.
    pub(crate) fn start(name: &str, env: &[(&str, &str)]) -> Self {
        let service = SERVICES.iter().find(|service| service.name == name).unwrap();
        Self { server: Server::start("emulate.mjs", &[name], env), service }
    }

    /// The home's provider of that name leads here.
    pub(crate) fn known_to(&self, home: &mut Sealed) {
        let Service { name, secret, file } = self.service;
        home.provider(name, &file.replace("SERVER", &self.url));
        if let Some(secret) = secret {
            home.set(&format!("INTEG_{}_CLIENT_SECRET", name.to_uppercase()), secret);
            home.secrets().plant(secret);
        }
        home.watch(&self.url);
    }
}

impl Deref for Emulate {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.server
    }
}

const SERVICES: &[Service] = &[
    Service {
        name: "google",
        secret: Some("GOCSPX-canary-58d1e0b7c2"),
        file: r#"
authorize-url = "SERVER/o/oauth2/v2/auth"
token-url = "SERVER/oauth2/token"
revoke-url = "SERVER/oauth2/revoke"
api-url = "SERVER"
hosts = ["127.0.0.1"]
client-id = "desk.apps.example"
[whoami]
path = "/oauth2/v2/userinfo"
id = "sub"
account = "email"
# What it has of these APIs; of Google Tasks it has nothing.
[capability.messages]
probe = "/gmail/v1/users/me/labels"
[capability.files]
probe = "/drive/v3/files"
[capability.tasks]
probe = "/oauth2/v2/userinfo"
"#,
    },
    Service {
        name: "slack",
        secret: None,
        file: r#"
authorize-url = "SERVER/oauth/v2/authorize"
token-url = "SERVER/api/oauth.v2.access"
revoke-url = "SERVER/api/auth.revoke"
api-url = "SERVER/api"
hosts = ["127.0.0.1"]
client-id = "111.222"
redirect = "localhost"
"#,
    },
    Service {
        name: "microsoft",
        secret: None,
        file: r#"
authorize-url = "SERVER/{tenant}/oauth2/v2.0/authorize"
token-url = "SERVER/{tenant}/oauth2/v2.0/token"
api-url = "SERVER/v1.0"
client-id = "11112222-3333-4444-5555-666677778888"
"#,
    },
    Service {
        name: "github",
        secret: Some("github-canary-3b8e1f6a02"),
        file: r#"
authorize-url = "SERVER/login/oauth/authorize"
token-url = "SERVER/login/oauth/access_token"
revoke-url = "SERVER/applications/{client-id}/token"
api-url = "SERVER"
client-id = "Ov23liEXAMPLE"
"#,
    },
    Service {
        name: "linear",
        secret: None,
        file: r#"
authorize-url = "SERVER/oauth/authorize"
token-url = "SERVER/oauth/token"
revoke-url = "SERVER/oauth/revoke"
api-url = "SERVER"
client-id = "lin_example_client"
redirect = "localhost"
redirect-fallbacks = []
"#,
    },
];
