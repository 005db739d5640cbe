//! The words for the failures that everybody meets once when they sign in, and what cures each.

use super::{Error, Kind};
use crate::name::Name;
use crate::oauth::loopback::BindError;
use crate::oauth::{OauthError, Trouble};
use crate::providers::Provider;

/// Somebody between us and the provider answered.
pub(crate) const PORTAL: &str = "a network that wants a sign-in of its own answers like this, and so does a proxy: open any \
     page in a browser, look at HTTPS_PROXY and NO_PROXY, then try again";

/// A tunnel that a proxy refused, as the HTTP client puts it.
pub(crate) const PROXY: &str = "look at HTTPS_PROXY and NO_PROXY; nothing was lost: try again later";

/// Clocks that differ by less disturb nobody (seconds).
const TOLERATED: i64 = 60;

/// Who signs in where, for the cure.
pub(crate) struct SignInPlace<'a> {
    pub name: &'a Name,
    pub provider: &'a Provider,
    /// The exact strings to register; none where the provider takes any port of 127.0.0.1.
    pub registered: &'a [String],
}

impl SignInPlace<'_> {
    /// What failed while a person signed in.
    pub(crate) fn error(&self, error: OauthError) -> Error {
        let trouble = Trouble::of(&error, self.provider);
        let error = Error::from(error);
        let (name, title) = (self.name, &self.provider.title);
        match trouble {
            Some(Trouble::Redirect) => error.help(format!(
                "register exactly {} with the app{}, then: integ connect {name}",
                self.exact(),
                self.console()
            )),
            Some(Trouble::AdminApproval) => error.help(format!(
                "somebody who administers the organisation has to approve the app once; then: integ connect {name}"
            )),
            Some(Trouble::TestMode) => error.help(format!(
                "while the app is in test mode, only the test users it lists may sign in to {title}: add the account{}, \
                 then: integ connect {name}",
                self.console()
            )),
            None => error,
        }
    }

    /// Most providers say so on a page of their own and never send the browser back.
    pub(crate) fn timed_out(&self, patience: i64) -> Error {
        let (name, title) = (self.name, &self.provider.title);
        let words = crate::duration::words(patience);
        Error::new(
            Kind::SigninTimeout,
            format!(
                "nobody signed in to {title} within {words}; if its page complained about the redirect URI, register \
                 exactly {}{}",
                self.exact(),
                self.console()
            ),
        )
        .help(format!("integ connect {name}; without a browser here: integ connect {name} --paste"))
    }

    fn exact(&self) -> String {
        match self.registered {
            [] => "http://127.0.0.1/callback (any port)".to_owned(),
            uris => uris.join(" and "),
        }
    }

    fn console(&self) -> String {
        self.provider.console_url.as_ref().map_or(String::new(), |url| format!(" at {url}"))
    }
}

/// No registered port can be had.
pub(super) fn port(error: BindError) -> Error {
    let message = error.to_string();
    match error {
        BindError::PortTaken { .. } => Error::new(Kind::ProviderError, message)
            .help("end that program, or give another registered port with --port; without a listener: --paste"),
        BindError::PortReserved { .. } => Error::new(Kind::ProviderError, message).help(if cfg!(windows) {
            "register another port and give it with --port; `netsh int ipv4 show excludedportrange tcp` lists what is \
             reserved"
        } else {
            "register a port above 1023 and give it with --port; without a listener: --paste"
        }),
        BindError::NoLoopback(_) | BindError::Io(_) => Error::new(Kind::Storage, message).help("integ doctor"),
    }
}

/// Assertions and codes are refused by a clock that is off, and servers rarely say so. `skew`: how far the clock of this
/// machine is ahead of the server's (seconds).
pub(crate) fn with_clock(mut error: Error, skew: Option<i64>) -> Error {
    let judged = matches!(error.kind, Kind::NeedsReauth | Kind::ClientMisconfigured | Kind::ProviderError);
    let Some(skew) = skew.filter(|skew| judged && skew.abs() > TOLERATED) else { return error };
    let way = if skew > 0 { "ahead of" } else { "behind" };
    let words = crate::duration::words(skew.abs());
    error.message = format!(
        "{}; the clock of this machine is {words} {way} the server's, which alone can cause this",
        error.message
    );
    error.help = Some(format!(
        "set the clock of this machine{}",
        error.help.as_ref().map_or(String::new(), |help| format!("; then: {help}"))
    ));
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_named_only_where_it_matters() {
        let error = |kind| Error::new(kind, "refused").help("integ connect x");
        for skew in [None, Some(0), Some(60), Some(-60)] {
            assert_eq!(with_clock(error(Kind::NeedsReauth), skew).message, "refused", "{skew:?}");
        }
        assert_eq!(with_clock(error(Kind::Unreachable), Some(9_999)).message, "refused");
        let off = with_clock(error(Kind::ProviderError), Some(-300));
        assert!(off.message.contains("5 min behind"), "{}", off.message);
        assert!(off.help.unwrap().ends_with("then: integ connect x"));
    }
}
