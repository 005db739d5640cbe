//! The emulated Google and Slack, and the provider files that point the built-in ones at them.
use std::ops::Deref;

use super::Sealed;
use super::server::Server;

pub(crate) struct Emulate(Server);

impl Emulate {
    pub(crate) fn google(env: &[(&str, &str)]) -> Self {
        Self(Server::start("emulate.mjs", &["google"], env))
    }

    pub(crate) fn slack(env: &[(&str, &str)]) -> Self {
        Self(Server::start("emulate.mjs", &["slack"], env))
    }

    /// Only addresses change: everything else is what `integ` knows about Google.
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
}

impl Deref for Emulate {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.0
    }
}
