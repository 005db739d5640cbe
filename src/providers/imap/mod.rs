//! A mailbox: IMAP (RFC 9051) as far as it takes to prove a login. Given a server, a name and a secret; it sees neither
//! vault nor index. No secret leaves before TLS stands, and nothing that a server sends is read without a bound.

mod reply;
mod sasl;
mod server;
mod session;
mod verdict;
mod wire;

use crate::http::{Budget, HttpError, Limits};
use crate::vault::{Identity, Secret};
pub(crate) use server::{Server, candidates, chosen, mailbox_of};
use session::Session;

/// How a person is known to the server.
#[derive(Clone, Copy)]
pub(crate) enum Login<'a> {
    Password(&'a Secret),
    /// An OAuth access token.
    Token(&'a Secret),
}

/// What a look into the INBOX found.
pub(crate) struct Visit {
    pub identity: Identity,
    pub messages: Option<u32>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ImapError {
    #[error(transparent)]
    Net(#[from] HttpError),
    #[error("the certificates of this system cannot be read: {0}")]
    Roots(String),
    /// Going on could give the secret to somebody else.
    #[error("{host} {why}; nothing secret was sent")]
    Unsafe { host: String, why: &'static str },
    #[error("{host} does not speak IMAP as it should: {why}")]
    Malformed { host: String, why: &'static str },
    /// The login is no good.
    #[error("{host} does not accept it: {words}")]
    Rejected { host: String, words: String },
    #[error("{host} cannot answer now: {words}")]
    Later { host: String, words: String, limited: bool },
    #[error("{host} refuses: {words}")]
    Refused { host: String, words: String },
    #[error("{host} takes no passwords")]
    NoPasswords { host: String },
    #[error("{host} takes no OAuth tokens")]
    NoTokens { host: String },
}

/// Logs in, looks at the INBOX without changing it, logs out.
pub(crate) async fn visit(
    server: &Server,
    user: &str,
    login: Login<'_>,
    limits: &Limits,
    budget: &Budget,
) -> Result<Visit, ImapError> {
    let messages = in_time(server, budget, async {
        let mut session = Session::open(server, limits).await?;
        session.login(user, login).await?;
        let messages = session.examine("INBOX").await?;
        session.logout().await;
        Ok(messages)
    })
    .await?;
    crate::log::info(&format!("{server} let {user} in"));
    Ok(Visit { identity: server.identity(user), messages })
}

/// Whether an IMAP server is there that can be trusted with a secret. None is sent.
pub(crate) async fn greets(server: &Server, limits: &Limits, budget: &Budget) -> Result<(), ImapError> {
    let answered = in_time(server, budget, async {
        Session::open(server, limits).await?.logout().await;
        Ok(())
    })
    .await;
    match &answered {
        Ok(()) => crate::log::info(&format!("{server} speaks IMAP")),
        Err(error) => crate::log::info(&format!("{server}: {error}")),
    }
    answered
}

async fn in_time<T>(
    server: &Server,
    budget: &Budget,
    work: impl Future<Output = Result<T, ImapError>>,
) -> Result<T, ImapError> {
    let late = || HttpError::TimedOut { host: server.host.clone(), sent: true };
    tokio::time::timeout(budget.left(), work).await.unwrap_or_else(|_| Err(late().into()))
}
