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
            Change::Unreadable(remote) => {
                heard.unreadable += 1;
                crate::log::info(&format!("{}: an event is not understood: {remote}", self.calendar.name));
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
    pub(super) fn compare(&self, full: bool, heard: &Heard) -> Result<Tally, Error> {
        let count =
            |wanted: Compared| heard.compared.values().filter(|found| **found == wanted).count() as u64;
        let before = u64::try_from(self.calendar.events).unwrap_or(0);
        let (added, changed, same) = (count(Compared::New), count(Compared::Changed), count(Compared::Same));
        let mut removed = 0;
        if full {
            removed = before.saturating_sub(changed + same);
        } else {
            for remote in &heard.gone {
                removed += u64::from(self.index.version_of(self.calendar, remote)?.is_some());
            }
        }
        Ok(Tally { added, changed, removed, unchanged: before.saturating_sub(changed + removed) })
    }
}
