//! What the pages left open: events that were told in part, and removals that may be none.

use super::Pass;
use super::heard::Heard;
use crate::calendar::line::Reply;
use crate::error::Error;
use crate::index::Span;
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
            let make = |api: &Api<'_>| self.line.dialect.event_request(api, &self.calendar.remote, &remote);
            let gone = |status: http::StatusCode, _: &str| matches!(status.as_u16(), 404 | 410).then_some(());
            let body = match self.line.ask(&self.requests, make, gone).await? {
                Reply::Body(body) => Some(body),
                Reply::Means(()) | Reply::TooLarge => None,
            };
            reader.take_master(&remote, body.as_deref());
        }
        self.index.stage(self.calendar, |stage| {
            reader.finish(|change| self.take(stage, heard, start, window, change))
        })?;
        let is_doubtful = start.is_full() || self.line.dialect.is_doubtful();
        if is_doubtful && !self.dry { self.doubt(heard, start, window).await } else { Ok(()) }
    }

    /// What a full pass did not bring, and what was told as removed, may be outside the window by now: each is asked for,
    /// unless there are too many.
    async fn doubt(&self, heard: &mut Heard, start: Start<'_>, window: Span) -> Result<(), Error> {
        let dialect = self.line.dialect;
        let mut doubtful: Vec<String> = Vec::new();
        if start.is_full() {
            doubtful = self.index.missing(self.calendar, window, DOUBTS)?;
        } else {
            for remote in heard.gone.difference(&heard.left) {
                if self.index.version_of(self.calendar, remote)?.is_some() {
                    doubtful.push(remote.clone());
                }
            }
        }
        for remote in doubtful.into_iter().take(DOUBTS) {
            let make = |api: &Api<'_>| dialect.event_request(api, &self.calendar.remote, &remote);
            let means = |status: http::StatusCode, _: &str| match status.as_u16() {
                404 | 410 => Some(true),
                _ => status.is_client_error().then_some(false),
            };
            let asking = self.line.ask(&self.requests, make, means);
            let is_deleted = match self.patiently(asking).await? {
                Reply::Body(body) => dialect.is_cancelled(&body),
                Reply::Means(is_deleted) => is_deleted,
                Reply::TooLarge => false,
            };
            if !is_deleted {
                heard.left.insert(remote);
            }
        }
        Ok(())
    }
}
