//! Which calendar a person means: by its name, its provider's id, or `CONNECTION/name`.

use crate::index::Calendar;

#[derive(Debug)]
pub(crate) enum Unclear {
    Unknown { said: String, known: Vec<String> },
    Several { said: String, names: Vec<String> },
}

impl Calendar {
    /// `google/work/Team`
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.connection, self.name)
    }
}

pub(crate) fn find<'a>(calendars: &'a [Calendar], said: &str) -> Result<&'a Calendar, Unclear> {
    let same = |a: &str| a.to_lowercase() == said.to_lowercase();
    type Test<'t> = &'t dyn Fn(&Calendar) -> bool;
    let tests: [Test<'_>; 4] = [
        &|one| one.remote == said || format!("{}/{}", one.connection, one.remote) == said,
        // What is written exactly so goes before what differs in capitals.
        &|one| one.name == said || one.full_name() == said,
        &|one| same(&one.name),
        &|one| same(&one.full_name()),
    ];
    for test in tests {
        let found: Vec<&Calendar> = calendars.iter().filter(|one| test(one)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let names = several.iter().map(|one| unmistakable(calendars, one)).collect();
                return Err(Unclear::Several { said: said.to_owned(), names });
            }
        }
    }
    let known = calendars.iter().map(|one| one.name.clone()).collect();
    Err(Unclear::Unknown { said: said.to_owned(), known })
}

/// The full name where it is the only one of its kind, else with the id in place of the name.
pub(crate) fn unmistakable(calendars: &[Calendar], one: &Calendar) -> String {
    let full = one.full_name();
    let is_only = calendars.iter().filter(|other| other.full_name().eq_ignore_ascii_case(&full)).count() < 2;
    if is_only { full } else { format!("{}/{}", one.connection, one.remote) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(connection: &str, remote: &str, name: &str) -> Calendar {
        Calendar {
            connection: connection.into(),
            remote: remote.into(),
            name: name.into(),
            enabled: true,
            ..Calendar::default()
        }
    }

    #[test]
    fn a_calendar_is_found_by_name_id_and_connection() {
        let all = [
            calendar("google/work", "a@x", "Team"),
            calendar("google/home", "b@x", "Family"),
            calendar("google/home", "c@x", "TEAM"),
            calendar("outlook", "d@x", "Ägypten"),
            calendar("outlook", "e@x", "Twin"),
            calendar("outlook", "f@x", "Twin"),
        ];
        let found = |said: &str| find(&all, said).map(|one| one.remote.as_str());
        assert_eq!(found("family").unwrap(), "b@x");
        assert_eq!(found("c@x").unwrap(), "c@x");
        assert_eq!(found("Team").unwrap(), "a@x");
        assert_eq!(found("google/home/team").unwrap(), "c@x");
        assert_eq!(found("ÄGYPTEN").unwrap(), "d@x");
        assert!(matches!(found("team"), Err(Unclear::Several { names, .. })
            if names == ["google/work/Team", "google/home/TEAM"]));
        assert!(matches!(found("twin"), Err(Unclear::Several { names, .. })
            if names == ["outlook/e@x", "outlook/f@x"]));
        assert!(matches!(found("Tea"), Err(Unclear::Unknown { .. })));
        assert!(matches!(found(""), Err(Unclear::Unknown { .. })));
    }
}
