//! The hot path: with a fresh grant this reads the config and one vault item, and nothing else.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::name_argument;
use crate::app::{App, Need, duration_argument};
use crate::clock;
use crate::duration;
use crate::error::Error;
use crate::name::Name;
use crate::output::secret_from_stdin;
use crate::vault::{Grant, RefreshRule, Secret};

/// Print an access token that is valid for a while
#[derive(Args)]
pub(crate) struct Token {
    /// The connection
    #[arg(value_parser = name_argument)]
    name: Name,
    /// How long it must be valid at least (5 minutes, or half its life where that is shorter)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    min_valid: Option<Duration>,
    /// Print it as an HTTP header
    #[arg(long, conflicts_with_all = ["xoauth2", "json"])]
    header: bool,
    /// Print it as a SASL XOAUTH2 answer for this user (IMAP, SMTP)
    #[arg(long, value_name = "USER", conflicts_with = "json")]
    xoauth2: Option<String>,
    /// A token that was refused comes on standard input; renew if it is still the stored one
    #[arg(long)]
    rejected: bool,
}

impl Token {
    /// The token of this connection, no more.
    pub(crate) fn plain(name: Name) -> Token {
        Token { name, min_valid: None, header: false, xoauth2: None, rejected: false }
    }

    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let (name, grant) = app.connection(&self.name)?;
        let min_valid = self.min_valid.map(|d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX));
        let rejected = if self.rejected { Some(secret_from_stdin()?) } else { None };
        let fresh = grant.is_fresh(clock::now(), min_valid) && !grant.needs_reauth();
        if fresh && rejected.is_none() {
            app.unrecorded.set(true);
            return self.print(app, &name, &grant);
        }
        let grant =
            renewed(app, &name, grant, Need { min_valid, rejected: rejected.as_ref(), force: false })?;
        self.print(app, &name, &grant)
    }

    fn print(&self, app: &App, name: &Name, grant: &Grant) -> Result<(), Error> {
        let (now, token) = (clock::now(), &grant.access_token);
        if let (Some(wanted), Some(left)) = (self.min_valid, grant.remaining(now))
            && left < i64::try_from(wanted.as_secs()).unwrap_or(i64::MAX)
        {
            let (left, wanted) = (duration::words(left), wanted.as_secs());
            app.out.warn(&format!("{name}: this token lives for {left}, less than the {wanted} s asked for"));
        }
        if grant.refresh == RefreshRule::On401 && app.out.json {
            app.out.say("This provider does not tell how long a token lives; `--rejected` renews one that was refused.");
        }
        if app.out.json {
            return Ok(app.out.document(
                "tokens",
                vec![json!({
                    "name": name.as_str(),
                    "access_token": token.expose(),
                    "token_type": grant.token_type,
                    "authorization_scheme": grant.authorization_scheme(),
                    "expires_at": grant.expires_at.map(clock::rfc3339),
                })],
            )?);
        }
        let text = match &self.xoauth2 {
            Some(user) => xoauth2(user, token)?,
            None if self.header => {
                Secret::new(format!("Authorization: {}", grant.authorization_value().expose()))
            }
            None => token.clone(),
        };
        Ok(app.out.line(text.expose())?)
    }
}

/// Not inlined: a fresh token does not pay for the room that this takes on the stack.
#[inline(never)]
fn renewed(app: &App, name: &Name, grant: Grant, need: Need<'_>) -> Result<Grant, Error> {
    app.subject.set(Some(name.to_string()));
    Ok(app.block_on(app.fresh(name, grant, need))??.into_grant())
}

/// `user=USER^Aauth=Bearer TOKEN^A^A`, base64 (Google, "OAuth 2.0 Mechanism": SASL XOAUTH2).
fn xoauth2(user: &str, token: &Secret) -> Result<Secret, Error> {
    use base64::Engine;
    if user.is_empty() || user.chars().any(char::is_control) {
        return Err(Error::usage("the user of --xoauth2 must be a mail address"));
    }
    let answer = zeroize::Zeroizing::new(format!("user={user}\x01auth=Bearer {}\x01\x01", token.expose()));
    Ok(Secret::new(base64::engine::general_purpose::STANDARD.encode(&*answer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoauth2_is_the_documented_example() {
        let answer =
            xoauth2("someuser@example.com", &Secret::new("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"))
                .unwrap();
        let expected = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";
        assert_eq!(answer.expose(), expected);
        assert!(xoauth2("a\x01b", &Secret::new("t")).is_err());
    }
}
