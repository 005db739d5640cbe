//! The provider file that leads here.

use super::clients::BUILT_IN;

pub(crate) fn text(url: &str) -> String {
    format!(
        r#"title         = "Sandbox"
docs          = "{url}/"
authorize-url = "{url}/authorize"
token-url     = "{url}/token"
revoke-url    = "{url}/revoke"
device-url    = "{url}/device_authorization"
api-url       = "{url}"
client-id     = "{BUILT_IN}"
client-auth   = "none"
pkce          = true
redirect      = "loopback"
refresh       = "rotating"
scopes        = ["profile", "items.read"]

[capability.calendars]
required = ["calendars.read"]
optional = ["calendars.write"]
dialect  = "google"

[capability.messages]
required = ["messages.read"]
optional = ["messages.send"]

[whoami]
path      = "/me"
id        = "sub"
account   = "email"
workspace = "workspace"

[error]
message   = "error_description"
reconnect = ["invalid_grant"]
"#
    )
}
