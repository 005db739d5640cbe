//! What is to be synced: connections by their names, single calendars by theirs.

use crate::app::App;
use crate::calendar::Wanted;
use crate::calendar::meant::{Unclear, find};
use crate::commands::calendar::unclear;
use crate::error::{Error, Kind};
use crate::name::Name;

/// Without a name, every connection.
pub(super) fn wanted(app: &App, names: &[String]) -> Result<Vec<Wanted>, Error> {
    if names.is_empty() {
        return Ok(app
            .connections(&[])?
            .into_iter()
            .map(|(name, grant)| whole(name, grant, false))
            .collect());
    }
    let mut all: Vec<Wanted> = Vec::new();
    for said in names {
        let one = one(app, said)?;
        match all.iter_mut().find(|known| known.name == one.name) {
            None => all.push(one),
            // The whole of it, once that was asked for.
            Some(known) if known.only.is_empty() || one.only.is_empty() => known.only.clear(),
            Some(known) => known.only.extend(one.only),
        }
    }
    Ok(all)
}

fn one(app: &App, said: &str) -> Result<Wanted, Error> {
    let unknown =
        match said.parse::<Name>() {
            Ok(name) => match app.connection(&name) {
                Ok((name, grant)) => return Ok(whole(name, Ok(grant), true)),
                // It fails alone: the others are synced.
                Err(error) if error.kind == Kind::NotConnected => Ok(whole(name, Err(error), true)),
                Err(error) => return Ok(whole(name, Err(error), true)),
            },
            Err(_) => Err(Error::usage(format!("there is no connection or calendar `{said}`"))
                .help("integ calendar list")),
        };
    // Nobody has listed a calendar who has no index.
    let calendars = if app.paths.index.exists() { app.index()?.calendars()? } else { Vec::new() };
    let calendar = match find(&calendars, said) {
        Ok(calendar) => calendar,
        Err(Unclear::Unknown { .. }) => return unknown,
        Err(several) => return Err(unclear(several)),
    };
    if !calendar.enabled {
        let message = format!("the calendar `{}` is not mirrored", calendar.name);
        return Err(Error::usage(message).help(format!("integ calendar enable {said:?}")));
    }
    let (name, grant) = app.connection(&calendar.connection.parse().map_err(Error::usage)?)?;
    Ok(Wanted { only: vec![calendar.id], ..whole(name, Ok(grant), true) })
}

fn whole(name: Name, grant: Result<crate::vault::Grant, Error>, named: bool) -> Wanted {
    Wanted { name, grant, named, only: Vec::new() }
}
