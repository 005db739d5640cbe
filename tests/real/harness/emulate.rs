//! The emulated providers, and the provider files that point the built-in ones at them: only addresses change, and a
//! fixed port becomes any, so that tests run side by side.
use std::ops::Deref;

use super::Sealed;
use super::server::Server;

pub(crate) struct Emulate(Server);

impl Emulate {
    /// One of `google`, `slack`, `microsoft`, `github`, `linear`.
    pub(crate) fn start(service: &str, env: &[(&str, &str)]) -> Self {
        Self(Server::start("emulate.mjs", &[service], env))
    }

    pub(crate) fn known_as_google(&self, home: &mut Sealed) {
        let url = &self.url;
        home.provider(
            "google",
            &format!(
                r#"
authorize-url = "{url}/o/oauth2/v2/auth"
token-url = "{url}/oauth2/token"
revoke-url = "{url}/oauth2/revoke"
api-url = "{url}"
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
"#
            ),
        );
        home.set("INTEG_GOOGLE_CLIENT_SECRET", "GOCSPX-canary-58d1e0b7c2");
        home.secrets().plant("GOCSPX-canary-58d1e0b7c2");
        home.watch(url);
    }

    pub(crate) fn known_as_slack(&self, home: &Sealed) {
        let url = &self.url;
        home.provider(
            "slack",
            &format!(
                r#"
authorize-url = "{url}/oauth/v2/authorize"
token-url = "{url}/api/oauth.v2.access"
revoke-url = "{url}/api/auth.revoke"
api-url = "{url}/api"
hosts = ["127.0.0.1"]
client-id = "111.222"
redirect = "localhost"
"#
            ),
        );
        home.watch(url);
    }

    pub(crate) fn known_as_microsoft(&self, home: &Sealed) {
        let url = &self.url;
        home.provider(
            "microsoft",
            &format!(
                r#"
authorize-url = "{url}/{{tenant}}/oauth2/v2.0/authorize"
token-url = "{url}/{{tenant}}/oauth2/v2.0/token"
api-url = "{url}/v1.0"
client-id = "11112222-3333-4444-5555-666677778888"
"#
            ),
        );
        home.watch(url);
    }

    pub(crate) fn known_as_github(&self, home: &mut Sealed) {
        let url = &self.url;
        home.provider(
            "github",
            &format!(
                r#"
authorize-url = "{url}/login/oauth/authorize"
token-url = "{url}/login/oauth/access_token"
revoke-url = "{url}/applications/{{client-id}}/token"
api-url = "{url}"
client-id = "Ov23liEXAMPLE"
"#
            ),
        );
        home.set("INTEG_GITHUB_CLIENT_SECRET", "github-canary-3b8e1f6a02");
        home.secrets().plant("github-canary-3b8e1f6a02");
        home.watch(url);
    }

    pub(crate) fn known_as_linear(&self, home: &Sealed) {
        let url = &self.url;
        home.provider(
            "linear",
            &format!(
                r#"
authorize-url = "{url}/oauth/authorize"
token-url = "{url}/oauth/token"
revoke-url = "{url}/oauth/revoke"
api-url = "{url}"
client-id = "lin_example_client"
redirect = "localhost"
redirect-fallbacks = []
"#
            ),
        );
        home.watch(url);
    }
}

impl Deref for Emulate {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.0
    }
}
