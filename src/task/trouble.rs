//! What a provider's refusal means for the task that met it.

use crate::app::{Ended, refused, scope_missing, sign_in_again};
use crate::error::{Error, Kind, later};
use crate::name::Name;
use crate::providers::tasks::Trouble;
use crate::providers::{ApiError, LIMITED, Provider};
use crate::vault::Grant;

/// What becomes of a task that was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It waits. `all`: so does everything else for this connection.
    Waits { all: bool },
    /// It may be there: the next try looks first.
    Maybe,
    /// It may be there, and no look would tell.
    Unknown,
    /// Refused for good.
    Parked,
}

#[derive(Debug)]
pub(crate) struct Halt {
    pub verdict: Verdict,
    pub error: Error,
    /// A try before the one that ended like this may have created it.
    pub doubt: bool,
}

impl Halt {
    pub(crate) fn new(verdict: Verdict, error: Error) -> Halt {
        Halt { verdict, error, doubt: false }
    }

    pub(crate) fn waits(error: Error) -> Halt {
        Halt::new(Verdict::Waits { all: true }, error)
    }

    pub(crate) fn parked(error: Error) -> Halt {
        Halt::new(Verdict::Parked, error)
    }

    /// `sent`: the request that creates was under way; anything before it created nothing.
    pub(crate) fn of(trouble: Trouble, name: &Name, provider: &Provider, grant: &Grant, sent: bool) -> Halt {
        let title = &provider.title;
        let waits = |all, error| Halt::new(Verdict::Waits { all }, error);
        let maybe = |error: Error| match sent {
            true => Halt::new(Verdict::Maybe, error),
            false => waits(true, error),
        };
        match trouble {
            Trouble::Api(ApiError::Http(error)) if error.was_sent() => {
                maybe(Error::from(error).about(name.as_str()))
            }
            Trouble::Api(ApiError::Http(error)) => waits(true, Error::from(error).about_unless_told(name)),
            Trouble::Api(error) => Halt::parked(Error::from(error).about(name.as_str())),
            Trouble::Rejected(refusal) => {
                waits(true, sign_in_again(name, Some(provider), &Ended::by(provider, grant, &refusal)))
            }
            Trouble::MissingScope(refusal) => waits(true, scope_missing(name, title, *refusal)),
            Trouble::Later { status, at } => {
                let error = later(&format!("{name}: {title}"), status, at);
                if status == LIMITED { waits(true, error) } else { maybe(error) }
            }
            Trouble::Refused { refusal, .. } => {
                let mut error = refused(name, title, *refusal);
                error.message = error.message.replace(grant.access_token.expose(), "***");
                Halt::parked(error)
            }
            Trouble::Odd => {
                let what = if sent { "and not what came of it" } else { "and nothing that can be read" };
                let error = Error::new(Kind::Unavailable, format!("{name}: {title} said yes {what}"));
                maybe(error.help("a network that asks for a sign-in of its own answers like this"))
            }
            Trouble::Unfit(why) => Halt::parked(Error::usage(format!("{name}: {why}"))),
        }
    }

    /// Nothing can tell whether it is there.
    pub(crate) fn unknown(name: &Name, id: i64, why: &str) -> Halt {
        let error = Error::new(
            Kind::AnswerLost,
            format!("{name}: the task may have been created: {why}; it is not sent again by itself"),
        );
        let help = format!(
            "look there; if it is missing: integ task retry {id} --again; else: integ task cancel {id}"
        );
        Halt::new(Verdict::Unknown, error.help(help))
    }
}

impl Error {
    fn about_unless_told(self, name: &Name) -> Error {
        if self.told { self } else { self.about(name.as_str()) }
    }
}
