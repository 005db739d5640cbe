//! Which calendars a connection has.

use std::cell::Cell;
use std::collections::HashSet;

use super::line::{Line, Reply};
use crate::error::{Error, Kind};
use crate::event::Listed;
use crate::providers::calendars::mend;

/// No provider lets a person have as many pages of calendars.
const PAGES: usize = 100;

/// All of them, as the provider lists them now.
pub(super) async fn list(line: &Line<'_>, requests: &Cell<u64>) -> Result<Vec<Listed>, Error> {
    let wrong = |what: &str| {
        Error::new(
            Kind::ProviderError,
            format!("{}: the calendars of {}: {what}", line.name, line.provider.title),
        )
    };
    let (mut all, mut page, mut seen) = (Vec::new(), None::<String>, HashSet::new());
    for _ in 0..PAGES {
        let make = |api: &crate::providers::Api<'_>| line.dialect.list_request(api, page.as_deref());
        let mut body = match line.ask(requests, make, |_, _| None::<()>).await? {
            Reply::Body(body) => body,
            Reply::Means(()) | Reply::TooLarge => return Err(wrong("the answer is too large")),
        };
        let known = all.len();
        let mut read = line.dialect.read_list(&body, &mut all);
        if read.is_err() && mend(&mut body) {
            all.truncate(known);
            read = line.dialect.read_list(&body, &mut all);
        }
        let read = read.map_err(|error| wrong(&error.0))?;
        match read.next {
            Some(next) if seen.insert(next.clone()) => page = Some(next),
            Some(_) => return Err(wrong("the pages go round in a circle")),
            None => {
                // Some servers do not say which one is the person's own.
                if !all.iter().any(|one: &Listed| one.is_primary)
                    && let Some(first) = all.first_mut()
                {
                    first.is_primary = true;
                }
                return Ok(all);
            }
        }
    }
    Err(wrong("there is no end to its pages"))
}
