//! One connection as it stands, and what a person must do about it.

use crate::app::{App, Ended};
use crate::clock;
use crate::error::{Error, Kind};
use crate::index::{Calendar, Health};
use crate::name::Name;
use crate::providers::Provider;
use crate::reason::Reason;
use crate::task::Readiness;
use crate::vault::Grant;

pub(super) struct Row {
    pub(super) name: Name,
    pub(super) grant: Result<Grant, Error>,
    pub(super) provider: Option<Provider>,
    pub(super) health: Health,
    /// Those that are mirrored.
    pub(super) calendars: Vec<Calendar>,
    /// `None`: its provider takes no tasks.
    pub(super) tasks: Option<Readiness>,
}

impl Row {
    pub(super) fn of(app: &App, name: Name, grant: Result<Grant, Error>) -> Row {
        let provider = grant.as_ref().ok().and_then(|grant| app.provider(grant).ok());
        // A damaged index hides what was learnt, not what is connected.
        let health = app.index().and_then(|index| Ok(index.health(&name)?)).unwrap_or_default();
        let calendars = app.index().and_then(|index| Ok(index.calendars_of(&name)?)).unwrap_or_default();
        let calendars = calendars.into_iter().filter(|calendar| calendar.enabled).collect();
        let tasks = grant.as_ref().ok().and_then(|grant| Readiness::of(app, &name, grant));
        Row { name, grant, provider, health, calendars, tasks }
    }

    pub(super) fn state(&self, now: i64) -> &'static str {
        match &self.grant {
            Ok(grant) => grant.state(now),
            Err(_) if !self.is_connected() => "not_connected",
            Err(_) => "unreadable",
        }
    }

    /// Somebody may name what is not there.
    pub(super) fn is_connected(&self) -> bool {
        self.grant.as_ref().err().is_none_or(|error| error.kind != Kind::NotConnected)
    }

    pub(super) fn missing(&self, grant: &Grant) -> Vec<String> {
        self.provider.as_ref().map_or(Vec::new(), |p| p.missing_scopes(&grant.capabilities, &grant.scopes))
    }

    /// What it can do of what it was asked for: all that is granted, as far as that is known.
    pub(super) fn granted<'a>(&self, grant: &'a Grant) -> Vec<&'a str> {
        let lacks = |capability: &String| {
            let alone = std::slice::from_ref(capability);
            self.provider.as_ref().is_some_and(|p| !p.missing_scopes(alone, &grant.scopes).is_empty())
        };
        grant.capabilities.iter().filter(|one| !lacks(one)).map(String::as_str).collect()
    }

    pub(super) fn was_asked_for(&self, capability: &str) -> bool {
        self.grant.as_ref().is_ok_and(|grant| grant.capabilities.iter().any(|own| own == capability))
    }

    /// What to say below the table, and its cure.
    pub(super) fn trouble(&self, now: i64) -> Option<(String, Option<String>)> {
        let grant = match &self.grant {
            Ok(grant) => grant,
            Err(error) => return Some((error.message.clone(), error.help.clone())),
        };
        if let Some(problem) = self.problem(now) {
            return Some((problem.message, problem.help));
        }
        // A rate limit that is over asks nobody for anything.
        let is_over = self.health.retry_at.is_some() && self.health.waits_until(now).is_none();
        if let Some(error) =
            self.health.error.as_ref().filter(|error| !(is_over && error.kind == Kind::RateLimited.word()))
        {
            return Some((format!("{} ({})", error.message, clock::local(error.at)), error.help.clone()));
        }
        let missing = self.missing(grant);
        if !missing.is_empty() {
            let help = format!("integ connect {}", self.name);
            return Some((format!("not granted: {}", missing.join(", ")), Some(help)));
        }
        None
    }

    /// What a person must do something about.
    pub(super) fn problem(&self, now: i64) -> Option<Error> {
        let grant = match &self.grant {
            Ok(grant) => grant,
            Err(error) => {
                let mut copy = Error::new(error.kind, error.message.clone());
                copy.help.clone_from(&error.help);
                return Some(copy);
            }
        };
        match grant.state(now) {
            "needs_reauth" => {
                let error = crate::app::sign_in_again(&self.name, self.provider.as_ref(), &Ended::of(grant));
                Some(error.of_machine(&self.name, grant))
            }
            "expired" => Some(
                Error::new(Kind::NeedsReauth, format!("{} has expired and has no refresh token", self.name))
                    .because(Some(Reason::Expired))
                    .help(format!("integ connect {}", self.name)),
            ),
            _ => None,
        }
    }
}
