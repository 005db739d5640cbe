//! Which project and client an event belongs to, by rules: its calendar, words in its title, who takes part.

use crate::event::Event;
use crate::index::Calendar;

/// Every condition that is given must hold, by any of its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    pub name: String,
    /// Names, the provider's ids or `CONNECTION/NAME`.
    pub calendars: Vec<String>,
    /// Words or phrases.
    pub words: Vec<String>,
    /// Addresses or domains.
    pub attendees: Vec<String>,
    pub project: Option<String>,
    pub client: Option<String>,
}

impl Rule {
    pub(crate) fn has_condition(&self) -> bool {
        !(self.calendars.is_empty() && self.words.is_empty() && self.attendees.is_empty())
    }

    pub(crate) fn matches(&self, event: &Event<'_>, calendar: &Calendar) -> bool {
        let any = |values: &[String], holds: &dyn Fn(&str) -> bool| {
            values.is_empty() || values.iter().any(|value| holds(value))
        };
        self.has_condition()
            && any(&self.calendars, &|wanted| is_calendar(wanted, calendar))
            && any(&self.words, &|wanted| has_words(&event.title, wanted))
            && any(&self.attendees, &|wanted| {
                let people = event.attendees.iter().chain(&event.organizer);
                people.into_iter().any(|address| attendee_matches(address, wanted))
            })
    }
}

fn is_calendar(wanted: &str, calendar: &Calendar) -> bool {
    let name = calendar.name.to_lowercase();
    let wanted_lower = wanted.to_lowercase();
    wanted == calendar.remote
        || wanted_lower == name
        || wanted_lower == format!("{}/{name}", calendar.connection.to_lowercase())
}

/// Whole words, whatever their case: `call` is not in "recall".
fn has_words(title: &str, wanted: &str) -> bool {
    let (title, wanted) = (title.to_lowercase(), wanted.trim().to_lowercase());
    if wanted.is_empty() {
        return false;
    }
    title.match_indices(&wanted).any(|(at, found)| {
        let before = title.get(..at).and_then(|text| text.chars().next_back());
        let after = title.get(at + found.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// An address, or a domain and what is below it.
fn attendee_matches(address: &str, wanted: &str) -> bool {
    let (address, wanted) = (address.trim().to_lowercase(), wanted.trim().to_lowercase());
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    match wanted.split_once('@') {
        Some(("", "")) | None if wanted.is_empty() => false,
        Some(("", wanted)) => is_below(domain, wanted),
        Some(_) => address == wanted,
        None => is_below(domain, &wanted),
    }
}

fn is_below(domain: &str, wanted: &str) -> bool {
    !wanted.is_empty()
        && (domain == wanted || domain.strip_suffix(wanted).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_caseless() {
        for (title, wanted, holds) in [
            ("Call about the offer", "call", true),
            ("Recall", "call", false),
            ("Acme: kick-off", "ACME", true),
            ("acme2 review", "acme", false),
            ("Über uns", "über", true),
            ("Quarterly  review", "quarterly review", false),
            ("anything", " ", false),
            ("[acme] call", "acme] call", true),
        ] {
            assert_eq!(has_words(title, wanted), holds, "{title} / {wanted}");
        }
    }

    #[test]
    fn attendees_are_addresses_or_domains() {
        for (address, wanted, holds) in [
            ("bob@acme.com", "acme.com", true),
            ("bob@ACME.com", "@acme.com", true),
            ("bob@eu.acme.com", "acme.com", true),
            ("bob@notacme.com", "acme.com", false),
            ("bob@acme.com.evil.example", "acme.com", false),
            ("bob@acme.com", "bob@acme.com", true),
            ("rob@acme.com", "bob@acme.com", false),
            ("bob@acme.com", "", false),
            ("bob@acme.com", "@", false),
            ("no address", "acme.com", false),
        ] {
            assert_eq!(attendee_matches(address, wanted), holds, "{address} / {wanted}");
        }
    }
}
