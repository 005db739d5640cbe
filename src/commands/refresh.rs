//! Renews tokens now: those that are stale, those that will be soon, or all the same.

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

use super::name_argument;
use crate::app::{App, Found, Need};
use crate::clock;
use crate::duration;
use crate::error::Error;
use crate::name::Name;
use crate::oauth::Renewed;
use crate::output::{Progress, sanitise};
use crate::vault::Grant;

/// Renew access tokens
#[derive(Args)]
#[command(after_help = "Without a name, --all or --due has to be given.")]
pub(crate) struct Refresh {
    /// The connections
    #[arg(value_parser = name_argument, required_unless_present_any = ["all", "due"])]
    names: Vec<Name>,
    /// Every connection
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Only what expires soon, or would die of not being used
    #[arg(long)]
    due: bool,
    /// Also what is fresh, and what the provider refused before
    #[arg(long)]
    force: bool,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// With --due: what would die within so many seconds counts as well.
    #[arg(skip)]
    horizon: i64,
}

pub(super) struct Outcome {
    pub(super) name: Name,
    word: &'static str,
    expires_at: Option<i64>,
    pub(super) error: Option<Error>,
}

/// Renews what is due, for those who come again only after `period`: nothing may die between two visits.
pub(super) async fn due(app: &App, found: Found, period: Duration) -> Vec<Outcome> {
    let horizon = i64::try_from(period.as_secs()).unwrap_or(0).saturating_mul(2);
    let refresh = Refresh { names: Vec::new(), all: true, due: true, force: false, dry_run: false, horizon };
    refresh.renew_all(app, found).await
}

impl Refresh {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let found = app.connections(&self.names)?;
        if let [(name, _)] = found.as_slice() {
            app.subject.set(Some(name.to_string()));
        }
        let outcomes = app.block_on(self.renew_all(app, found))?;
        if app.is_dry() {
            outcomes.iter().filter(|one| one.error.is_some()).try_for_each(|outcome| outcome.show(app))?;
        } else if app.out.json {
            app.out.document("refreshes", outcomes.iter().map(Outcome::json).collect())?;
        } else {
            outcomes.iter().try_for_each(|outcome| outcome.show(app))?;
        }
        let total = outcomes.len();
        let failed: Vec<Error> = outcomes.into_iter().filter_map(|outcome| outcome.error).collect();
        match Error::of_many(total, &failed) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    async fn renew_all(&self, app: &App, found: Found) -> Vec<Outcome> {
        let progress = Progress::new(&app.out, found.len(), "Refreshing");
        let mut running: FuturesUnordered<_> =
            found.into_iter().map(|(name, grant)| self.renew(app, name, grant)).collect();
        let mut outcomes = Vec::new();
        while let Some(outcome) = running.next().await {
            progress.step();
            outcomes.push(outcome);
        }
        outcomes.sort_by(|a, b| a.name.cmp(&b.name));
        outcomes
    }

    async fn renew(&self, app: &App, name: Name, grant: Result<Grant, Error>) -> Outcome {
        let done =
            |name, word, grant: &Grant| Outcome { name, word, expires_at: grant.expires_at, error: None };
        let grant = match grant {
            Ok(grant) => grant,
            Err(error) => return Outcome { name, word: "failed", expires_at: None, error: Some(error) },
        };
        let nothing_to_do =
            !grant.can_refresh() && grant.is_fresh(clock::now(), None) && !grant.needs_reauth();
        // Asked for all, a token that needs no refresh is no failure; asked for by name with --force, it is.
        if nothing_to_do && (!self.force || self.names.is_empty()) {
            return done(name, "unsupported", &grant);
        }
        let need = match self.need(app, &grant) {
            Ok(Some(need)) => need,
            Ok(None) => return done(name, "fresh", &grant),
            Err(error) => return Outcome { name, word: "failed", expires_at: None, error: Some(error) },
        };
        let generation = grant.generation;
        match app.fresh(&name, grant, need).await {
            Ok(Renewed::Refreshed(grant)) => done(name, "refreshed", &grant),
            Ok(Renewed::Adopted(grant)) if !grant.can_refresh() => done(name, "unsupported", &grant),
            Ok(Renewed::Adopted(grant)) if grant.generation == generation => done(name, "fresh", &grant),
            Ok(Renewed::Adopted(grant)) => done(name, "adopted", &grant),
            Err(error) => Outcome { name, word: "failed", expires_at: None, error: Some(error) },
        }
    }

    /// How badly this grant is to be renewed; `None`: it is not due.
    fn need(&self, app: &App, grant: &Grant) -> Result<Option<Need<'static>>, Error> {
        let now = clock::now();
        if self.force {
            return Ok(Some(Need { force: true, ..Need::default() }));
        }
        if !self.due {
            return Ok(Some(Need::default()));
        }
        let config = app.config()?;
        let soon = i64::try_from(config.duration("refresh.due").as_secs()).unwrap_or(0);
        let expires_soon =
            !grant.is_fresh(now, Some(soon).filter(|s| *s > 300)) || !grant.is_fresh(now, None);
        let idles = grant.refresh_expires_at.is_some_and(|dies| {
            let life = dies.saturating_sub(grant.obtained_at).max(1);
            let share = i64::try_from(config.number("refresh.idle")).unwrap_or(50);
            now.saturating_sub(grant.obtained_at) >= life / 100 * share
                || dies.saturating_sub(now) <= self.horizon
        });
        Ok(match (expires_soon, idles) {
            (_, true) => Some(Need { force: !grant.needs_reauth(), ..Need::default() }),
            (true, false) => Some(Need { min_valid: Some(soon), ..Need::default() }),
            (false, false) => None,
        })
    }
}

impl Outcome {
    fn show(&self, app: &App) -> Result<(), Error> {
        if let Some(error) = &self.error {
            app.out.always(format!("✗ {}", sanitise::line(&error.message)));
            if let Some(help) = &error.help {
                app.out.hint(help);
            }
            return Ok(());
        }
        let left = self.expires_at.map(|at| duration::words(at - clock::now()));
        let text = match (self.word, left) {
            ("unsupported", Some(left)) => format!("valid for {left}; it has no refresh token"),
            ("unsupported", None) => "lasts until it is revoked".to_owned(),
            (word, Some(left)) => format!("{word}, valid for {left}"),
            (word, None) => word.to_owned(),
        };
        if self.word == "fresh" && !app.out.quiet {
            app.out.line(format!("✓ {}  {text}; --force refreshes all the same", self.name))?;
            return Ok(());
        }
        Ok(app.out.line(format!("✓ {}  {text}", self.name))?)
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name.as_str(),
            "outcome": self.word,
            "expires_at": self.expires_at.map(clock::rfc3339),
            "reason": self.error.as_ref().and_then(|error| error.reason),
            "retry_at": self.error.as_ref().and_then(|error| error.retry_at).map(clock::rfc3339),
            "error": self.error.as_ref().map(Error::json),
        })
    }
}
