//! What each change of a pass means for the mirror.

use super::Pass;
use super::heard::{Compared, Heard};
use crate::calendar::window;
use crate::error::Error;
use crate::event::When;
use crate::index::{Span, Taker, Tally, seconds};
use crate::providers::calendars::{Change, Start};

impl Pass<'_> {
    pub(super) fn take(
        &self,
        taker: &mut impl Taker,
        heard: &mut Heard,
        start: Start<'_>,
        window: Span,
        change: Change<'_>,
    ) -> Result<(), Error> {
        self.bar.advance(1);
        match change {
            Change::Event(event) => {
                let (from, to) = seconds(&event.when);
                let all_day = matches!(event.when, When::Days { .. });
                // What a full pass brings is what was asked for; changes may be of anything.
                if start.is_full() || window::holds(window, from, to, all_day) {
                    heard.gone.remove(&*event.remote);
                    if self.dry {
                        let compared = match self.index.version_of(self.calendar, &event.remote)? {
                            None => Compared::New,
                            Some(version) if version == event.version => Compared::Same,
                            Some(_) => Compared::Changed,
                        };
                        heard.compared.insert(event.remote.to_string(), compared);
                    } else {
                        taker.put(&event)?;
                    }
                } else {
                    heard.left.insert(event.remote.to_string());
                    self.forget(taker, heard, &event.remote)?;
                }
            }
            Change::Gone(remote) => {
                heard.left.remove(&*remote);
                self.forget(taker, heard, &remote)?;
            }
            // What was known of it stays, and a later word on it counts.
            Change::Unreadable(garbled) => {
                let (name, id, what) = (&self.calendar.name, &garbled.id, &garbled.what);
                crate::log::info(&format!("{name}: the event {id:?} is not understood: {what}"));
                if !id.is_empty() {
                    heard.gone.remove(id);
                    if !self.dry {
                        taker.keep(id)?;
                    } else if self.index.version_of(self.calendar, id)?.is_some() {
                        heard.compared.insert(id.clone(), Compared::Same);
                    }
                }
                heard.unreadable.note(garbled);
            }
        }
        Ok(())
    }

    fn forget(&self, taker: &mut impl Taker, heard: &mut Heard, remote: &str) -> Result<(), Error> {
        if !self.dry {
            taker.take(remote)?;
        }
        heard.compared.remove(remote);
        heard.gone.insert(remote.to_owned());
        Ok(())
    }

    /// What a pass would have done.
    pub(super) fn compare(&self, full: bool, window: Span, heard: &Heard) -> Result<Tally, Error> {
        let count =
            |wanted: Compared| heard.compared.values().filter(|found| **found == wanted).count() as u64;
        let before = u64::try_from(self.calendar.events).unwrap_or(0);
        let (added, changed, same) = (count(Compared::New), count(Compared::Changed), count(Compared::Same));
        let (mut removed, mut left) = (0, 0);
        if full {
            let missing = before.saturating_sub(changed + same);
            let inside = |remote: &str| !heard.compared.contains_key(remote);
            removed = self.index.count_in(self.calendar, window, inside)?.min(missing);
            left = missing - removed;
        } else {
            for remote in &heard.gone {
                let was_there = u64::from(self.index.version_of(self.calendar, remote)?.is_some());
                *(if heard.left.contains(remote) { &mut left } else { &mut removed }) += was_there;
            }
        }
        let unchanged = before.saturating_sub(changed + removed + left);
        Ok(Tally { added, changed, removed, left, unchanged })
    }
}
