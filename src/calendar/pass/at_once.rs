//! A pass that is one page, as most are.

use super::heard::Heard;
use super::{Done, Pass};
use crate::error::Error;
use crate::index::{Mark, Span, Taker};
use crate::providers::calendars::{Page, Reader, Start};

impl Pass<'_> {
    /// It goes straight into what is seen. `None`: nothing has happened, and it is to be read as others
    /// are.
    pub(super) fn at_once(&self, body: &[u8], start: Start<'_>, window: Span) -> Result<Option<Done>, Error> {
        let (dialect, full) = (self.line.dialect, start.is_full());
        let (mut reader, mut heard) = (Reader::new(dialect), Heard::default());
        let mut direct = self.index.direct(self.calendar)?;
        let read = reader.read(body, |change| self.take(&mut direct, &mut heard, start, window, change))?;
        let Ok(Page { next: None, cursor }) = read else { return Ok(None) };
        if !reader.missing().is_empty() {
            return Ok(None);
        }
        reader.finish(|change| self.take(&mut direct, &mut heard, start, window, change))?;
        let mut deleted = heard.gone.difference(&heard.left);
        if dialect.is_doubtful() && !full && deleted.any(|remote| direct.takes(remote)) {
            return Ok(None);
        }
        heard.cursor = start.next(cursor);
        self.guard(heard.cursor.as_deref())?;
        let mark = Mark { cursor: heard.cursor.as_deref(), window };
        if full {
            let rest = direct.the_rest(window)?;
            if rest.iter().any(|(_, was_inside)| *was_inside) {
                return Ok(None);
            }
            for (remote, _) in rest {
                direct.take(&remote)?;
                heard.left.insert(remote);
            }
        }
        for remote in heard.gone.difference(&heard.left) {
            direct.bury(remote)?;
        }
        let tally = direct.weigh(full, &heard.left);
        self.brake(&tally)?;
        direct.publish(&tally, &mark)?;
        Ok(Some(Done { tally, full, unreadable: heard.unreadable }))
    }
}
