//! Which calendars a command works on.

use crate::app::App;
use crate::calendar::meant::{Unclear, find, unmistakable};
use crate::error::{Error, nearest};
use crate::index::Calendar;

/// Those that were named, whether mirrored or not; without a name, all that are mirrored.
pub(super) fn named_or_mirrored(app: &App, names: &[String]) -> Result<Vec<Calendar>, Error> {
    let all = app.index()?.calendars()?;
    if names.is_empty() {
        return Ok(all.into_iter().filter(|one| one.enabled && !one.gone).collect());
    }
    named(&all, names)
}

/// Where there are calendars and none of them is wanted: told, and true.
pub(crate) fn say_none_mirrored(app: &App) -> bool {
    let known = app.index().and_then(|index| Ok(index.calendars()?)).unwrap_or_default();
    let is_so = !known.is_empty() && known.iter().all(|one| !one.enabled || one.gone);
    if is_so {
        app.out.say("No calendar is mirrored now.");
        app.out.hint("integ calendar enable NAME; integ calendar list");
    }
    is_so
}

pub(super) fn named(all: &[Calendar], names: &[String]) -> Result<Vec<Calendar>, Error> {
    let mut chosen: Vec<Calendar> = Vec::new();
    for name in names {
        let found = find(all, name).map_err(unclear)?;
        if !chosen.iter().any(|one| one.id == found.id) {
            chosen.push(found.clone());
        }
    }
    Ok(chosen)
}

pub(crate) fn unclear(unclear: Unclear) -> Error {
    match unclear {
        Unclear::Unknown { said, known } => {
            let error = Error::usage(format!("there is no calendar `{said}`"));
            let folded: Vec<String> = known.iter().map(|name| name.to_lowercase()).collect();
            let close = nearest(&said.to_lowercase(), folded.iter().map(String::as_str));
            let place = close.and_then(|close| folded.iter().position(|name| name == close));
            error.help(match place.and_then(|place| known.get(place)) {
                Some(close) => format!("did you mean `{close}`? integ calendar list"),
                None => "integ calendar list".to_owned(),
            })
        }
        Unclear::Several { said, names } => {
            let error = Error::usage(format!("several calendars are called `{said}`"));
            error.help(format!("say which: {}", names.join(", ")))
        }
    }
}

/// For a prompt: a line each that tells it from the others.
pub(super) fn lines(all: &[Calendar], some: &[&Calendar]) -> Vec<String> {
    some.iter().map(|one| unmistakable(all, one)).collect()
}
