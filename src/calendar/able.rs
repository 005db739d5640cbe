//! Which connections have calendars, as far as anybody knows.

use crate::app::App;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::providers::Provider;
use crate::providers::calendars::Dialect;
use crate::vault::Grant;

/// A connection to sync; `named`: a person asked for this one.
pub(crate) struct Wanted {
    pub name: Name,
    pub grant: Result<Grant, Error>,
    pub named: bool,
    /// Only these of its calendars, as the index numbers them; empty: all that are mirrored.
    pub only: Vec<i64>,
}

/// Who can list calendars; `None`: a connection that nobody named has none.
pub(super) fn able(app: &App, one: Wanted) -> Result<Option<(Name, Provider, Dialect, Grant)>, Error> {
    let Wanted { name, grant, named, .. } = one;
    let grant = match grant {
        Ok(grant) => grant,
        Err(error) if named || may_be_mirrored(app, &name) => return Err(error),
        // It has none that anybody knows of.
        Err(error) => {
            crate::log::info(&error.message);
            return Ok(None);
        }
    };
    let provider = app.provider(&grant)?;
    let dialect = Dialect::of(&provider);
    let dialect = match dialect.filter(|_| grant.capabilities.iter().any(|can| can == "calendars")) {
        Some(dialect) => dialect,
        None if !named => return Ok(None),
        None if dialect.is_some() => {
            let message = format!("{name} was not connected for calendars");
            return Err(Error::new(Kind::MissingScope, message)
                .help(format!("integ connect {name} --can +calendars")));
        }
        None => return Err(Error::usage(format!("the calendars of {} are not mirrored", provider.title))),
    };
    // The provider would only refuse, and could not name the cure.
    let missing = provider.missing_scopes(&["calendars".to_owned()], &grant.scopes);
    if !missing.is_empty() {
        let message = format!("{name} may not read calendars: {} was not granted", missing.join(", "));
        let mut error = Error::new(Kind::MissingScope, message);
        error.needed = missing;
        return Err(error.help(format!("integ connect {name} --can +calendars")));
    }
    Ok(Some((name, provider, dialect, grant)))
}

/// As far as the index knows: where that cannot be read either, silence would pass for a sync.
fn may_be_mirrored(app: &App, name: &Name) -> bool {
    let known = app.index().and_then(|index| Ok(index.calendars_of(name)?));
    known.map_or(true, |known| !known.is_empty())
}
