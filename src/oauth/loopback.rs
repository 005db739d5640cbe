//! The loopback listener: where the browser brings the answer of the authorization server (RFC 8252, section 7.3).
//!
//! The sockets listen before any URL names them and are never bound again, so nobody can take the port in between.
//! Exactly one request ends the wait: a plain GET of the redirect URI that carries this sign-in's state and either a
//! code or an error. Everything else on this machine may knock (other users, web pages, port scanners); it gets a 4xx
//! and changes nothing.

mod accept;
mod bind;
mod desk;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod head;
mod holder;
mod judge;
mod query;
mod refusal;
mod respond;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) use bind::{BindError, Host, Want};
use desk::{Arrivals, Desk};
pub(crate) use judge::is_code;

use super::page::Page;
use crate::vault::Secret;

/// How long `reply` waits for the browser to take the page.
const FLUSH_TIME: Duration = Duration::from_secs(2);

/// Open from `bind` until dropped; dropping it closes the port at once and every connection with it.
pub(crate) struct Loopback {
    sockets: Arc<accept::Sockets>,
    desk: Arc<Desk>,
    arrivals: Arrivals,
    redirect_uri: String,
    #[cfg(test)]
    port: u16,
    accepting: Option<JoinHandle<()>>,
}

impl Loopback {
    /// Binds the first of these places that is free, and listens. Connections queue in the kernel until `wait` says which
    /// state is expected.
    pub(crate) async fn bind(wants: &[Want]) -> Result<Loopback, BindError> {
        let (bound, want) = bind::bind(wants)?;
        let authority = format!("{}:{}", bound.host, bound.port);
        let redirect_uri = format!("http://{authority}{}", want.path);
        let path = if want.path.is_empty() { "/".to_owned() } else { want.path.clone() };
        let (desk, arrivals) = Desk::new(judge::Place { authority, path });
        Ok(Loopback {
            sockets: Arc::new(accept::Sockets::new(bound.sockets)),
            desk: Arc::new(desk),
            arrivals,
            redirect_uri,
            #[cfg(test)]
            port: bound.port,
            accepting: None,
        })
    }

    /// The redirect URI to register and to send: it names the address that was really bound.
    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    #[cfg(test)]
    fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the answer that carries `state`. Has no deadline of its own and may be cancelled and called again.
    pub(crate) async fn wait(&mut self, state: &str) -> Callback {
        if self.desk.expect(state) {
            while self.arrivals.try_recv().is_ok() {}
        }
        if self.accepting.is_none() {
            let serving = accept::serve(Arc::clone(&self.sockets), Arc::clone(&self.desk));
            self.accepting = Some(tokio::spawn(serving));
        }
        match self.arrivals.recv().await {
            Some(callback) => callback,
            // The desk holds the sending half and lives as long as we do.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.sockets.close();
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

/// The one answer, while its browser tab is still loading. Dropped without a reply, the tab says that the sign-in
/// did not finish.
pub(crate) struct Callback {
    pub(crate) answer: Answer,
    /// Every `iss` of the request (RFC 9207). The caller refuses a wrong one, a missing one where it must be, and two.
    pub(crate) iss: Vec<String>,
    page: oneshot::Sender<Page>,
    taken: oneshot::Receiver<()>,
}

impl Callback {
    /// Shows the true outcome in the waiting tab; returns when the page was handed over or the browser did not take it.
    pub(crate) async fn reply(self, page: Page) {
        if self.page.send(page).is_ok() {
            let _ = tokio::time::timeout(FLUSH_TIME, self.taken).await;
        }
    }
}

pub(crate) enum Answer {
    Code(Secret),
    /// `error` and `error_description`, fit to be shown: one line of bounded length without control characters.
    Refused {
        error: String,
        description: Option<String>,
    },
}
