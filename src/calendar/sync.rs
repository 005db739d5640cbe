//! All calendars of all connections, side by side.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::{self, FuturesUnordered};

use super::able::{Wanted, able};
use super::line::Line;
use super::listing::list;
use super::pass::{Done, Pass, Unreadable};
use super::window::Reach;
use crate::app::{App, noted};
use crate::clock;
use crate::error::{Error, Kind, later};
use crate::event::Listed;
use crate::index::{Calendar, Index, Tally};
use crate::name::Name;
use crate::output::Bars;
use crate::providers::LIMITED;
use crate::vault::{VaultError, lock};

/// What a person asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// Seconds before and after now.
    pub past: i64,
    pub future: i64,
    /// Read everything again.
    pub full: bool,
    /// Remove even what looks like a mistake, and ask before the provider wants to be asked.
    pub force: bool,
    /// Only what failed the last time.
    pub since_error: bool,
    /// Ask, and write nothing.
    pub dry: bool,
}

/// What became of a calendar, or of a connection whose calendars could not even be listed.
pub(crate) struct Outcome {
    pub connection: Name,
    pub name: Option<String>,
    /// The provider's id.
    pub remote: Option<String>,
    pub tally: Tally,
    pub full: bool,
    pub unreadable: Unreadable,
    pub requests: u64,
    pub milliseconds: u128,
    pub error: Option<Error>,
}

/// The list is read again after this long (seconds).
const LISTED: i64 = 86_400;

/// Calendars of one account at a time, where the provider file does not say.
const CONCURRENT: usize = 16;

pub(crate) async fn sync(app: &App, wanted: Vec<Wanted>, wish: Wish) -> Vec<Outcome> {
    let bars = Bars::new(&app.out);
    let mut running: FuturesUnordered<_> =
        wanted.into_iter().map(|one| connection(app, one, wish, &bars)).collect();
    let mut by_connection = BTreeMap::new();
    while let Some((name, outcomes)) = running.next().await {
        by_connection.insert(name, outcomes);
    }
    by_connection.into_values().flatten().collect()
}

async fn connection(app: &App, one: Wanted, wish: Wish, bars: &Bars) -> (Name, Vec<Outcome>) {
    let (started, requests) = (Instant::now(), Cell::new(0));
    let name = one.name.clone();
    let outcomes = match calendars(app, one, wish, bars, &requests).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            if !wish.dry && error.kind != Kind::Busy {
                note_all(app, &name, &error);
            }
            vec![Outcome {
                connection: name.clone(),
                name: None,
                remote: None,
                tally: Tally::default(),
                full: false,
                unreadable: Unreadable::default(),
                requests: requests.get(),
                milliseconds: started.elapsed().as_millis(),
                error: Some(error),
            }]
        }
    };
    (name, outcomes)
}

/// What keeps a connection from being asked keeps each of its calendars.
fn note_all(app: &App, name: &Name, error: &Error) {
    let note = || -> Result<(), Error> {
        let index = app.index()?;
        for calendar in index.calendars_of(name)?.iter().filter(|calendar| calendar.enabled) {
            index.calendar_failed(calendar.id, &noted(error), error.retry_at)?;
        }
        Ok(())
    };
    note().unwrap_or_else(|error| crate::log::info(&format!("not noted: {}", error.message)));
}

async fn calendars(
    app: &App,
    one: Wanted,
    wish: Wish,
    bars: &Bars,
    requests: &Cell<u64>,
) -> Result<Vec<Outcome>, Error> {
    let only = one.only.clone();
    let Some((name, provider, dialect, grant)) = able(app, one)? else { return Ok(Vec::new()) };
    // One at a time: whoever comes second finds the work done.
    let key = format!("{}/sync:{name}", app.profile);
    let wait = app.lock_wait()?;
    let _lock = match wish.dry {
        true => None,
        false => Some(
            lock::acquire(&app.paths.index_locks(), &key, None, wait)
                .await
                .map_err(|error| busy(&name, error))?,
        ),
    };
    let index = app.index()?;
    index.relax()?;
    let line = Line::new(app, name, provider, dialect, grant)?;
    let mut known = index.calendars_of(&line.name)?;
    let listed_at = known.iter().filter_map(|calendar| calendar.listed_at).max();
    // Whoever signed in anew may be somebody else.
    let is_another = known.iter().any(|one| one.account.is_some() && one.account != line.account);
    if wish.full || is_another || listed_at.is_none_or(|at| clock::now().saturating_sub(at) >= LISTED) {
        match list(&line, requests).await {
            // What a dry run may not note is as if it had been.
            Ok(listed) if wish.dry => {
                if known.is_empty() || is_another {
                    known = listed
                        .into_iter()
                        .filter(|one| one.is_primary)
                        .map(|one| as_new(&line.name, one))
                        .collect();
                }
            }
            Ok(listed) => {
                index.take_list(&line.name, line.account.as_deref(), &listed)?;
                known = index.calendars_of(&line.name)?;
            }
            Err(error) if known.is_empty() => return Err(error),
            // What is known can be synced all the same, or will say better what is wrong.
            Err(error) => {
                crate::log::info(&error.message);
                // Each of its calendars has failed, where it is the connection that has.
                if is_another || error.kind == Kind::NeedsReauth {
                    return Err(error);
                }
            }
        }
    }
    let is_asked = |one: &Calendar| only.is_empty() || only.contains(&one.id);
    let is_due = |one: &&Calendar| one.enabled && is_asked(one) && (!wish.since_error || one.error.is_some());
    let due = known.iter().filter(is_due);
    let concurrent = line.provider.rate.as_ref().and_then(|rate| rate.concurrent).unwrap_or(CONCURRENT);
    let passes = due.map(|calendar| pass(index, &line, calendar, wish, bars));
    let mut outcomes: Vec<(i64, Outcome)> =
        stream::iter(passes).buffer_unordered(concurrent.max(1)).collect().await;
    outcomes.sort_by_key(|(id, _)| known.iter().position(|calendar| calendar.id == *id));
    let mut outcomes: Vec<Outcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    // Reading the list belongs to whoever is told first.
    if let Some(first) = outcomes.first_mut() {
        first.requests += requests.get();
    }
    Ok(outcomes)
}

/// Reads the list of calendars of every connection that has any: how many were asked, and what those could not do.
pub(crate) async fn relist(app: &App, wanted: Vec<Wanted>) -> (usize, Vec<Error>) {
    let mut running: FuturesUnordered<_> = wanted.into_iter().map(|one| relist_one(app, one)).collect();
    let (mut asked, mut failed) = (0, Vec::new());
    while let Some(outcome) = running.next().await {
        asked += usize::from(!matches!(outcome, Ok(false)));
        failed.extend(outcome.err());
    }
    (asked, failed)
}

async fn relist_one(app: &App, one: Wanted) -> Result<bool, Error> {
    let Some((name, provider, dialect, grant)) = able(app, one)? else { return Ok(false) };
    let line = Line::new(app, name, provider, dialect, grant)?;
    let listed = list(&line, &Cell::new(0)).await?;
    app.index()?.take_list(&line.name, line.account.as_deref(), &listed)?;
    Ok(true)
}

async fn pass(
    index: &Index,
    line: &Line<'_>,
    calendar: &Calendar,
    wish: Wish,
    bars: &Bars,
) -> (i64, Outcome) {
    let started = Instant::now();
    let pass = Pass {
        line,
        index,
        calendar,
        reach: Reach { past: wish.past, future: wish.future },
        full: wish.full,
        force: wish.force,
        dry: wish.dry,
        requests: Cell::new(0),
        bar: bars.add(&format!("{}  {}", line.name, calendar.name)),
    };
    let waits = calendar.retry_at.filter(|at| *at > clock::now() && !wish.force);
    let ended = match waits {
        _ if calendar.gone => Err(gone(line, calendar)),
        Some(at) => Err(later(&format!("{}: {}", line.name, line.provider.title), LIMITED, Some(at))),
        None => pass.run().await,
    };
    if let Err(error) = &ended
        && waits.is_none()
        && !wish.dry
    {
        let noting = index.calendar_failed(calendar.id, &noted(error), error.retry_at);
        noting.unwrap_or_else(|error| crate::log::info(&error.to_string()));
    }
    let (done, error) = match ended {
        Ok(done) => (done, None),
        Err(error) => {
            (Done { tally: Tally::default(), full: false, unreadable: Unreadable::default() }, Some(error))
        }
    };
    let outcome = Outcome {
        connection: line.name.clone(),
        name: Some(calendar.name.clone()),
        remote: Some(calendar.remote.clone()),
        tally: done.tally,
        full: done.full,
        unreadable: done.unreadable,
        requests: pass.requests.get(),
        milliseconds: started.elapsed().as_millis(),
        error,
    };
    (calendar.id, outcome)
}

fn as_new(connection: &Name, listed: Listed) -> Calendar {
    Calendar {
        connection: connection.to_string(),
        remote: listed.remote,
        name: listed.name,
        enabled: true,
        ..Calendar::default()
    }
}

fn busy(name: &Name, error: VaultError) -> Error {
    match error {
        VaultError::Busy { .. } => Error::new(Kind::Busy, format!("another sync of {name} is under way"))
            .help("try again later, or wait longer: --lock-wait 5m"),
        other => other.into(),
    }
}

fn gone(line: &Line<'_>, calendar: &Calendar) -> Error {
    let message =
        format!("{}: {} no longer lists the calendar `{}`", line.name, line.provider.title, calendar.name);
    Error::new(Kind::ProviderError, message).help(format!("integ calendar disable {:?}", calendar.name))
}
