//! What is sent to prove who one is (RFC 4616, RFC 7628, Google's XOAUTH2), in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Login;
use crate::vault::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    Plain,
    XOauth2,
    OauthBearer,
}

impl Mechanism {
    pub(super) fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::XOauth2 => "XOAUTH2",
            Mechanism::OauthBearer => "OAUTHBEARER",
        }
    }

    /// The first that the server offers and the secret fits.
    pub(super) fn choose(login: Login<'_>, offers: impl Fn(&str) -> bool) -> Option<Mechanism> {
        let fitting: &[Mechanism] = match login {
            Login::Password(_) => &[Mechanism::Plain],
            Login::Token(_) => &[Mechanism::XOauth2, Mechanism::OauthBearer],
        };
        fitting.iter().copied().find(|mechanism| offers(&format!("AUTH={}", mechanism.name())))
    }

    /// What goes to the server. Neither name nor secret holds what separates them: the caller has made sure.
    pub(super) fn response(self, user: &str, secret: &Secret, host: &str, port: u16) -> Secret {
        let secret = secret.expose();
        let text = Zeroizing::new(match self {
            Mechanism::Plain => format!("\0{user}\0{secret}"),
            Mechanism::XOauth2 => format!("user={user}\x01auth=Bearer {secret}\x01\x01"),
            Mechanism::OauthBearer => {
                // RFC 5801: what would end the name is written out.
                let user = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {secret}\x01\x01")
            }
        });
        Secret::new(STANDARD.encode(text.as_bytes()))
    }

    /// The answer to a challenge that tells why it failed; only then comes the `NO`. `*` breaks it off.
    pub(super) fn after_failure(self) -> &'static str {
        match self {
            Mechanism::Plain => "*",
            Mechanism::XOauth2 => "",
            Mechanism::OauthBearer => "AQ==",
        }
    }
}

/// What a challenge says of a failure: `status` and the scope that would do.
pub(super) fn failure(challenge: &str) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(&STANDARD.decode(challenge).ok()?).ok()?;
    let field = |name: &str| json.get(name).and_then(serde_json::Value::as_str);
    let wants = field("scope").map_or(String::new(), |scope| format!(", wants the scope {scope}"));
    Some(format!("status {}{wants}", field("status")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_examples() {
        let secret = Secret::new("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg");
        let xoauth2 = Mechanism::XOauth2.response("someuser@example.com", &secret, "h", 1);
        let google = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";
        assert_eq!(xoauth2.expose(), google);
        let secret = Secret::new("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        let bearer = Mechanism::OauthBearer.response("user@example.com", &secret, "server.example.com", 143);
        let rfc7628 = "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB";
        assert_eq!(bearer.expose(), rfc7628);
        let plain = Mechanism::Plain.response("tim", &Secret::new("tanstaaftanstaaf"), "h", 1);
        assert_eq!(plain.expose(), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
    }

    #[test]
    fn a_challenge_says_why() {
        let challenge =
            STANDARD.encode(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#);
        assert_eq!(failure(&challenge).unwrap(), "status 400, wants the scope https://mail.google.com/");
        for nothing in ["", "%%%", "AAAA", "W10="] {
            assert_eq!(failure(nothing), None);
        }
    }
}
