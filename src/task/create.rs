//! Tasks as they were asked for become rows, and rows are sent: one or a thousand, the same way.

use std::collections::BTreeMap;

use super::courier::Courier;
use super::flush::Flush;
use super::names::Destination;
use super::trouble::Verdict;
use super::{fits, made_key, mark_of, notices};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::index::{Draft, Entry, State};
use crate::new_task::NewTask;
use crate::providers::tasks::Once;

/// One task, and where it goes.
pub(crate) struct Ask {
    pub task: NewTask,
    pub to: Destination,
    pub key: Option<String>,
}

/// So long ago it may have been created elsewhere (seconds).
const ELSEWHERE: i64 = 30 * 86_400;

/// What became of it.
#[derive(Debug)]
pub(crate) struct Made {
    /// `None`: it was refused before it was written down.
    pub entry: Option<Entry>,
    /// What will not arrive.
    pub notices: Vec<String>,
    pub error: Option<Error>,
}

impl Made {
    pub(crate) fn refused(error: Error) -> Made {
        Made { entry: None, notices: Vec::new(), error: Some(error) }
    }
}

/// In the order of `asks`. `told` hears of each as it is settled, by its place.
pub(crate) fn create(
    app: &App,
    asks: Vec<Ask>,
    mut told: impl FnMut(usize, &Made),
) -> Result<Vec<Made>, Error> {
    let mut made: Vec<Option<Made>> = asks.iter().map(|_| None).collect();
    let mut groups: BTreeMap<String, Vec<(usize, Ask)>> = BTreeMap::new();
    for (place, ask) in asks.into_iter().enumerate() {
        groups.entry(ask.to.name.to_string()).or_default().push((place, ask));
    }
    for asks in groups.into_values() {
        let mut settle = |place: usize, one: Made| {
            told(place, &one);
            if let Some(slot) = made.get_mut(place) {
                *slot = Some(one);
            }
        };
        of_one_connection(app, asks, &mut settle)?;
    }
    Ok(made
        .into_iter()
        .map(|one| one.unwrap_or_else(|| Made::refused(Error::new(Kind::Internal, "it was forgotten"))))
        .collect())
}

fn of_one_connection(
    app: &App,
    asks: Vec<(usize, Ask)>,
    settle: &mut dyn FnMut(usize, Made),
) -> Result<(), Error> {
    let Some(to) = asks.first().map(|(_, ask)| ask.to.clone()) else { return Ok(()) };
    let opened = match &to.waits {
        None => Courier::open(app, &to.name),
        Some(waits) => Err(waits.error()),
    };
    // What is wrong with the connection is wrong for a while: its tasks wait. What is wrong with the setup is not kept.
    let opened = match opened {
        Err(error) if !keeps(error.kind) => {
            asks.iter().for_each(|(place, _)| settle(*place, Made::refused(error.clone())));
            return Ok(());
        }
        opened => opened,
    };
    let (mut drafts, mut places) = (Vec::new(), Vec::new());
    // The same for all, so that they are looked for in the same listing.
    let elsewhere = clock::now().saturating_sub(ELSEWHERE);
    for (place, ask) in asks {
        match prepared(app, opened.as_ref(), ask, elsewhere) {
            Ok(Some((draft, notices))) => {
                drafts.push(draft);
                places.push((place, notices));
            }
            Ok(None) => settle(place, Made { entry: None, notices: Vec::new(), error: None }),
            Err(error) => settle(place, Made::refused(error)),
        }
    }
    if drafts.is_empty() {
        return Ok(());
    }
    let rows = app.index()?.enqueue(&drafts)?;
    // One key may stand in several lines: it is one task.
    let mut open: BTreeMap<i64, Vec<(usize, Vec<String>)>> = BTreeMap::new();
    for ((entry, _), (place, notices)) in rows.into_iter().zip(places) {
        if entry.state == State::Done {
            settle(place, Made { entry: Some(entry), notices, error: None });
        } else {
            open.entry(entry.id).or_default().push((place, notices));
        }
    }
    let courier = match opened {
        Ok(courier) => courier,
        Err(error) => {
            for (id, lines) in open {
                let entry = app.index()?.entry(id)?;
                for (place, notices) in lines {
                    settle(place, Made { entry: entry.clone(), notices, error: Some(error.clone()) });
                }
            }
            return Ok(());
        }
    };
    let flush = Flush { courier: &courier, only: Some(open.keys().copied().collect()) };
    let outcome = app.block_on(flush.run(|delivered| {
        let entry = app.index().and_then(|index| Ok(index.entry(delivered.entry.id)?)).ok().flatten();
        let error = delivered.outcome.err();
        for (place, notices) in open.remove(&delivered.entry.id).unwrap_or_default() {
            let entry = entry.clone().or_else(|| Some(delivered.entry.clone()));
            settle(place, Made { entry, notices, error: error.clone() });
        }
    }))?;
    outcome?;
    // Another process has it, it is one that nobody may send again, or the connection gave out before its turn.
    for (id, lines) in open {
        let entry = app.index()?.entry(id)?;
        for (place, notices) in lines {
            let error = entry.as_ref().and_then(|entry| not_ours(&to, entry, courier.last_halt()));
            settle(place, Made { entry: entry.clone(), notices, error });
        }
    }
    Ok(())
}

/// A row to be; `None`: `--dry-run`, and the request was shown.
fn prepared(
    app: &App,
    courier: Result<&Courier<'_>, &Error>,
    ask: Ask,
    elsewhere: i64,
) -> Result<Option<(Draft, Vec<String>)>, Error> {
    let Ask { mut task, to, key } = ask;
    let name = &to.name;
    let is_ours = key.is_none();
    let key = key.unwrap_or_else(made_key);
    let (traits, title, account) = match courier {
        Ok(courier) => (courier.traits(), courier.provider.title.clone(), courier.account.clone()),
        Err(_) => {
            let provider = provider_of(app, name)?;
            let dialect = super::names::takes_tasks(&provider)?;
            let known = app.index()?.account_of_targets(name.as_str())?;
            (dialect.traits(), provider.title, known.filter(|account| !account.is_empty()))
        }
    };
    if let Some(parent) = task.parent.take() {
        task.parent = Some(of_ours(app, name.as_str(), &parent)?.unwrap_or(parent));
    }
    fits(&task, traits, name)?;
    let notices = notices(&task, traits, &title);
    let mark = mark_of(account.as_deref().unwrap_or(name.as_str()), &key);
    let mut place = None;
    if let Ok(courier) = courier {
        let resolved = app.block_on(courier.resolve(&task, to.list.as_deref(), None))?;
        let resolved = match resolved {
            Err(halt) if halt.verdict == Verdict::Parked => return Err(halt.error),
            // It cannot be asked now: the names are looked at when it is sent.
            other => other.ok(),
        };
        if app.is_dry() {
            notices.iter().for_each(|notice| app.out.warn(notice));
            let resolved = resolved.unwrap_or_default();
            let shown = app.block_on(courier.deliver(0, &task, &mark, &resolved, Default::default()))?;
            return match shown {
                Err(halt) if !halt.error.told => Err(halt.error),
                _ => Ok(None),
            };
        }
        place = resolved.and_then(|resolved| resolved.list).map(|list| list.id);
    }
    if app.is_dry() {
        return courier.map(|_| None).map_err(Error::clone);
    }
    // Its key may have been used on another machine: it is looked for first, where the provider is not sent a key or an id
    // of ours and looks by itself. A mark has an account.
    let look = !is_ours && account.is_some() && matches!(traits.once, Once::Marker { .. });
    let maybe_since = look.then_some(elsewhere);
    let connection = name.to_string();
    let draft = Draft { key, mark, connection, account, list: to.list, place, task, maybe_since };
    Ok(Some((draft, notices)))
}

/// The number of a task of ours stands for its id there.
fn of_ours(app: &App, connection: &str, parent: &str) -> Result<Option<String>, Error> {
    let Some(id) = parent.parse::<i64>().ok().filter(|_| parent.len() <= 9) else { return Ok(None) };
    let entry = app.index()?.entry(id)?.filter(|entry| entry.connection == connection);
    Ok(entry.and_then(|entry| entry.remote))
}

fn provider_of(app: &App, name: &crate::name::Name) -> Result<crate::providers::Provider, Error> {
    let head = name.head();
    match app.catalogue().provider(head) {
        Ok(provider) => Ok(provider),
        Err(unknown) => Ok(app.catalogue().provider_of_service(head).ok_or(unknown)?),
    }
}

/// Reasons that pass, or that a person takes away: what was asked for is kept meanwhile.
fn keeps(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::NotConnected
            | Kind::NeedsReauth
            | Kind::MissingScope
            | Kind::InteractionNeeded
            | Kind::NoClient
            | Kind::VaultLocked
            | Kind::VaultAbsent
            | Kind::VaultBroken
            | Kind::Unreachable
            | Kind::Unavailable
            | Kind::RateLimited
            | Kind::Busy
    )
}

fn not_ours(to: &Destination, entry: &Entry, halt: Option<Error>) -> Option<Error> {
    let name = &to.name;
    match entry.state {
        State::Done => None,
        State::Sending => Some(
            Error::new(Kind::Busy, format!("{name}: another process is sending it"))
                .help(format!("integ task show {}", entry.id)),
        ),
        State::Unknown => Some(super::Halt::unknown(name, entry.id, "an earlier try was not answered").error),
        State::Parked | State::Cancelled => {
            Some(Error::new(Kind::ProviderError, format!("{name}: it was refused")))
        }
        State::Queued => Some(halt.unwrap_or_else(|| {
            let wait = Error::new(Kind::RateLimited, format!("{name}: it waits"));
            wait.help(format!("integ task retry {}", entry.id))
        })),
    }
}
