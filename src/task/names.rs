//! Which connection, and which list of it, a person means by `NAME/LIST`.

use crate::app::App;
use crate::error::{Error, Kind, nearest};
use crate::name::Name;
use crate::providers::Provider;
use crate::providers::tasks::Dialect;

/// Where a task goes.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub name: Name,
    pub list: Option<String>,
    /// Why nothing can be sent there now: not connected, the vault is locked.
    pub waits: Option<Waits>,
}

#[derive(Clone, Debug)]
pub(crate) struct Waits {
    pub kind: Kind,
    pub message: String,
    pub help: Option<String>,
}

impl From<&Error> for Waits {
    fn from(error: &Error) -> Waits {
        Waits { kind: error.kind, message: error.message.clone(), help: error.help.clone() }
    }
}

impl Waits {
    pub(crate) fn error(&self) -> Error {
        let mut error = Error::new(self.kind, &self.message);
        error.help.clone_from(&self.help);
        error
    }
}

/// `notion`, `google/work`, `google/work/Offers`, `linear/ENG/Website`: the longest name that is connected counts.
pub(crate) fn destination(app: &App, text: &str) -> Result<Destination, Error> {
    let (first, rest) = split(text);
    let labelled = rest.map(|rest| {
        let (label, list) = split(rest);
        (format!("{first}/{label}"), list)
    });
    let candidates = labelled.iter().map(|(name, list)| (name.as_str(), *list)).chain([(first, rest)]);
    let mut locked = None;
    for (name, list) in candidates {
        let Ok(name) = name.parse::<Name>() else { continue };
        match app.connection(&name) {
            Ok((name, grant)) => {
                takes_tasks(&app.provider(&grant)?)?;
                return Ok(Destination { name, list: list.map(str::to_owned), waits: None });
            }
            Err(error) if error.kind == Kind::NotConnected => {}
            Err(error) => locked = Some(error),
        }
    }
    // Nobody is connected by that name, or the vault cannot say: a provider that we know is worth waiting for.
    let Some(provider) = known(app, first) else { return Err(locked.unwrap_or_else(|| unknown(app, first))) };
    takes_tasks(&provider)?;
    let head: Name = provider.name.parse().map_err(Error::usage)?;
    // `google/work` may be a connection or a list: what was known before decides, then what stands behind it.
    let was_there = |name: &str| {
        let Ok(name) = name.parse::<Name>() else { return false };
        let seen = app.index().and_then(|index| {
            Ok(index.account_of_targets(name.as_str())?.is_some()
                || index.health(&name)?.checked_at.is_some())
        });
        seen.unwrap_or(false)
    };
    let label =
        labelled.as_ref().filter(|(name, list)| list.is_some() || locked.is_some() && was_there(name));
    let (name, list) = match label.filter(|(name, _)| name.parse::<Name>().is_ok()) {
        Some((label, list)) => (label.parse::<Name>().map_err(Error::usage)?.under(&provider.name), *list),
        None => (head, rest),
    };
    let why = locked.unwrap_or_else(|| Error::no_such_connection(&name));
    Ok(Destination { name, list: list.map(str::to_owned), waits: Some(Waits::from(&why)) })
}

fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once('/') {
        Some((head, rest)) => (head, Some(rest).filter(|rest| !rest.is_empty())),
        None => (text, None),
    }
}

/// The provider of this name, or of the service of this name.
fn known(app: &App, name: &str) -> Option<Provider> {
    app.catalogue().provider(name).ok().or_else(|| app.catalogue().provider_of_service(name))
}

pub(crate) fn takes_tasks(provider: &Provider) -> Result<Dialect, Error> {
    Dialect::of(provider).ok_or_else(|| {
        Error::new(Kind::NoTarget, format!("{} cannot take tasks", provider.title))
            .help("integ task targets shows what can")
    })
}

fn unknown(app: &App, name: &str) -> Error {
    let connections = app.vault().and_then(|vault| Ok(vault.grants()?)).unwrap_or_default();
    let mut known: Vec<String> = connections.into_iter().map(|(name, _)| name.to_string()).collect();
    known.extend(able(app));
    let error = Error::new(Kind::NotConnected, format!("nothing is called `{name}`"));
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`? integ task targets lists what there is")),
        None => {
            error.help("integ task targets lists what there is; integ providers lists what can be connected")
        }
    }
}

/// Providers that can take tasks.
pub(crate) fn able(app: &App) -> Vec<String> {
    let names = app.catalogue().names().into_iter();
    names
        .filter(|name| app.catalogue().provider(name).is_ok_and(|provider| Dialect::of(&provider).is_some()))
        .collect()
}
