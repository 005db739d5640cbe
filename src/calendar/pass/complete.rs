//! What the pages left open: events that were told in part, and removals that may be none.

use super::Pass;
use super::heard::Heard;
use crate::calendar::line::Reply;
use crate::calendar::window;
use crate::error::Error;
use crate::event::When;
use crate::index::{Span, seconds};
use crate::providers::Api;
use crate::providers::calendars::{Reader, Start};

/// So many removed events are asked for one by one.
const DOUBTS: usize = 20;

impl Pass<'_> {
    /// Events that were told in part, and where the rest of them stands.
    pub(super) async fn complete(
        &self,
        reader: &mut Reader,
        heard: &mut Heard,
        start: Start<'_>,
        window: Span,
    ) -> Result<(), Error> {
        for remote in reader.missing() {
            let make = |api: &Api<'_>| self.line.dialect.event_request(api, &remote);
            let gone = |status: http::StatusCode, _: &str| matches!(status.as_u16(), 404 | 410).then_some(());
            let body = match self.line.ask(&self.requests, make, gone).await? {
                Reply::Body(body) => Some(body),
                Reply::Means(()) | Reply::TooLarge => None,
            };
            reader.take_master(&remote, body.as_deref()).map_err(|error| self.wrong(&error.0))?;
        }
        self.index.stage(self.calendar, |stage| {
            reader.finish(|change| self.take(stage, heard, start, window, change))
        })?;
        if self.line.dialect.is_doubtful() && !start.is_full() && !self.dry {
            self.doubt(heard, window).await?;
        }
        Ok(())
    }

    /// What was told as removed may have left the window: each is asked for, unless there are too many.
    async fn doubt(&self, heard: &mut Heard, window: Span) -> Result<(), Error> {
        let dialect = self.line.dialect;
        let mut doubtful: Vec<&String> = Vec::new();
        for remote in heard.gone.difference(&heard.left) {
            if self.index.version_of(self.calendar, remote)?.is_some() {
                doubtful.push(remote);
            }
        }
        let mut left = Vec::new();
        for remote in doubtful.into_iter().take(DOUBTS) {
            let make = |api: &Api<'_>| dialect.event_request(api, remote);
            let none = |status: http::StatusCode, _: &str| status.is_client_error().then_some(());
            let asking = self.line.ask(&self.requests, make, none);
            if let Reply::Body(body) = self.patiently(asking).await?
                && let Some(when) = dialect.when(&body)
            {
                let (from, to) = seconds(&when);
                if !window::holds(window, from, to, matches!(when, When::Days { .. })) {
                    left.push(remote.clone());
                }
            }
        }
        heard.left.extend(left);
        Ok(())
    }
}
