//! Names into ids: the list, the person and the tags that a person wrote, found among what is known and asked for where it
//! is not.

use serde_json::Value;

use crate::error::{Error, Kind, nearest};
use crate::index::StoredTarget;
use crate::name::Name;
use crate::providers::tasks::{Part, Target};

/// More choices than these are not listed in a message.
const MOST_SHOWN: usize = 12;

/// What a list is called together with the folder that it is in.
pub(crate) fn path_of(target: &Target, known: &[Target]) -> String {
    let mut path = target.name.clone();
    let mut within = target.within.clone();
    // A provider may say that two folders are in each other.
    for _ in 0..8 {
        let Some(folder) = within.and_then(|id| {
            known.iter().find(|other| matches!(other.part, Part::Folder | Part::List) && other.id == id)
        }) else {
            break;
        };
        path = format!("{}/{path}", folder.name);
        within = folder.within.clone();
    }
    path
}

/// The one list that a person means; `Err`: none, or which ones it could be.
pub(super) fn list<'a>(known: &'a [Target], text: &str) -> Result<Option<&'a Target>, Vec<&'a Target>> {
    let lists = || known.iter().filter(|target| target.part == Part::List);
    if let Some(exact) = lists().find(|target| target.id == text) {
        return Ok(Some(exact));
    }
    let folded = text.to_lowercase();
    let found: Vec<&Target> = lists()
        .filter(|target| target.is_called(text) || path_of(target, known).to_lowercase() == folded)
        .collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        // The one that has nothing above it is what a bare name means.
        _ => match found.iter().filter(|target| target.within.is_none()).collect::<Vec<_>>().as_slice() {
            [top] => Ok(Some(top)),
            _ => Err(found),
        },
    }
}

/// A person or a tag that this list knows.
pub(super) fn part<'a>(
    known: &'a [Target],
    part: Part,
    list: Option<&Target>,
    text: &str,
) -> Result<Option<&'a Target>, Vec<&'a Target>> {
    let here = |target: &&Target| match (&target.within, list) {
        (None, _) => true,
        (Some(within), Some(list)) => *within == list.id || Some(within) == list.within.as_ref(),
        (Some(_), None) => false,
    };
    let called = |target: &&Target| target.part == part && target.is_called(text);
    let found: Vec<&Target> = known.iter().filter(called).filter(here).collect();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => match several.iter().find(|target| target.id == text) {
            Some(exact) => Ok(Some(exact)),
            None => Err(found),
        },
    }
}

/// Nothing is called that: what there is, or what is near.
pub(super) fn no_such(name: &Name, what: &str, text: &str, known: &[String]) -> Error {
    let message = format!("{name}: there is no {what} `{text}`");
    let folded: Vec<String> = known.iter().map(|name| name.to_lowercase()).collect();
    let near = nearest(&text.to_lowercase(), folded.iter().map(String::as_str))
        .and_then(|near| known.iter().find(|name| name.to_lowercase() == near));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("integ task targets {name} --refresh"),
        None => format!("there are: {}", shown(known)),
    };
    Error::new(Kind::NoTarget, message).help(help)
}

pub(super) fn ambiguous(name: &Name, what: &str, text: &str, found: &[&Target], known: &[Target]) -> Error {
    let choices: Vec<String> =
        found.iter().map(|target| format!("{} ({})", path_of(target, known), target.id)).collect();
    Error::new(Kind::NoTarget, format!("{name}: several are called `{text}`"))
        .help(format!("name the {what} with what it is in, or by its id: {}", shown(&choices)))
}

pub(super) fn shown(names: &[String]) -> String {
    let mut text = names.iter().take(MOST_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_SHOWN {
        text.push_str(&format!(", … ({} in all)", names.len()));
    }
    text
}

impl From<&StoredTarget> for Target {
    fn from(stored: &StoredTarget) -> Target {
        Target {
            part: Part::of(&stored.part).unwrap_or(Part::Folder),
            id: stored.remote.clone(),
            name: stored.name.clone(),
            alias: stored.alias.clone(),
            within: Some(stored.within.clone()).filter(|within| !within.is_empty()),
            detail: serde_json::from_str(&stored.detail).unwrap_or(Value::Null),
        }
    }
}

impl From<&Target> for StoredTarget {
    fn from(target: &Target) -> StoredTarget {
        StoredTarget {
            part: target.part.word().to_owned(),
            remote: target.id.clone(),
            within: target.within.clone().unwrap_or_default(),
            name: target.name.clone(),
            alias: target.alias.clone(),
            detail: target.detail.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_found_by_name_path_key_or_id() {
        let folder = Target::new(Part::Folder, "f", "Work");
        let known = [
            folder,
            Target::new(Part::List, "1", "Offers").within(Some("f")),
            Target::new(Part::List, "2", "Home"),
            Target::new(Part::List, "3", "Home").within(Some("f")),
            Target::new(Part::List, "4", "Twice").within(Some("f")),
            Target::new(Part::List, "5", "Twice").within(Some("f")).alias(Some("TW")),
        ];
        let id = |text: &str| list(&known, text).map(|found| found.map(|target| target.id.as_str()));
        assert_eq!(id("offers"), Ok(Some("1")));
        assert_eq!(id("work/offers"), Ok(Some("1")));
        assert_eq!(id("Home"), Ok(Some("2")));
        assert_eq!(id("Work/Home"), Ok(Some("3")));
        assert_eq!(id("tw"), Ok(Some("5")));
        assert_eq!(id("4"), Ok(Some("4")));
        assert_eq!(id("Work"), Ok(None));
        assert_eq!(list(&known, "Twice").unwrap_err().len(), 2);
    }
}
