//! The conversation: greeting, TLS, login, a look at a mailbox.

use std::time::Duration;

use zeroize::Zeroizing;

use super::reply::{self, Reply, Status, Word};
use super::sasl::{self, Mechanism};
use super::server::Server;
use super::wire::Wire;
use super::{ImapError, Login, verdict};
use crate::http::Limits;
use crate::providers::Security;

/// Replies to one command; a server that goes on for longer says nothing that is needed.
const MOST_REPLIES: usize = 2_000;
/// A goodbye is waited for this long.
const GOODBYE: Duration = Duration::from_millis(500);

pub(super) struct Session<'a> {
    server: &'a Server,
    wire: Wire,
    /// As of now: before and after TLS, before and after a login they may differ.
    capabilities: Option<Vec<String>>,
    exists: Option<u32>,
    commands: u32,
}

impl<'a> Session<'a> {
    /// Up to the point where a secret may be sent.
    pub(super) async fn open(server: &'a Server, limits: &Limits) -> Result<Session<'a>, ImapError> {
        let here = server.security == Security::None;
        let wire = Wire::connect(&server.host, server.port, here, limits.connect).await?;
        let mut session = Session { server, wire, capabilities: None, exists: None, commands: 0 };
        if server.security == Security::Tls {
            session.wire.encrypt().await?;
        }
        session.greeting().await?;
        if server.security == Security::StartTls {
            session.start_tls().await?;
        }
        Ok(session)
    }

    async fn greeting(&mut self) -> Result<(), ImapError> {
        let line = self.wire.receive().await?;
        let Some(Reply::Status(status)) = reply::read(&line).filter(|_| line.starts_with("* ")) else {
            return Err(self.malformed("its greeting is not IMAP's"));
        };
        match status.word {
            Word::Ok => {
                self.learn(&status);
                Ok(())
            }
            // Whoever is let in without a password proves nothing about one; and before TLS it would prevent TLS.
            Word::PreAuth => Err(self.not_safe("lets anybody in without a login")),
            _ => Err(verdict::of_goodbye(&self.server.host, &status)),
        }
    }

    /// Nothing that was heard in clear counts afterwards.
    async fn start_tls(&mut self) -> Result<(), ImapError> {
        if !self.offers("STARTTLS").await? {
            return Err(self.not_safe("does not offer encryption (STARTTLS)"));
        }
        let status = self.command("STARTTLS").await?;
        match status.word {
            Word::Ok => {}
            Word::No | Word::Bye if verdict::is_later(&status) => {
                return Err(verdict::of_goodbye(&self.server.host, &status));
            }
            _ => return Err(self.not_safe("refuses to encrypt (STARTTLS)")),
        }
        self.wire.encrypt().await?;
        self.capabilities = None;
        self.exists = None;
        Ok(())
    }

    pub(super) async fn login(&mut self, user: &str, login: Login<'_>) -> Result<(), ImapError> {
        let host = self.server.host.clone();
        // Asks once; what is asked below is known then.
        self.offers("IMAP4REV1").await?;
        let known = self.capabilities.clone().unwrap_or_default();
        let offers = |name: &str| known.iter().any(|capability| capability == name);
        let (status, told) = match (Mechanism::choose(login, offers), login) {
            (Some(mechanism), Login::Password(secret) | Login::Token(secret)) => {
                let response = mechanism.response(user, secret, &host, self.server.port);
                self.authenticate(mechanism, response.expose(), offers("SASL-IR")).await?
            }
            (None, Login::Password(secret)) if !offers("LOGINDISABLED") => {
                let Some(arguments) = quoted(user, secret.expose()) else {
                    let words = "it takes passwords of plain ASCII letters only".to_owned();
                    return Err(ImapError::Refused { host, words });
                };
                (self.command(&arguments).await?, None)
            }
            (None, Login::Password(_)) => return Err(ImapError::NoPasswords { host }),
            (None, Login::Token(_)) => return Err(ImapError::NoTokens { host }),
        };
        let (Login::Password(secret) | Login::Token(secret)) = login;
        match status.word {
            Word::Ok => Ok(()),
            _ => Err(verdict::of_login(&host, &status, told.as_deref(), secret)),
        }
    }

    /// What the server answered in the end, and why it failed where a challenge told.
    async fn authenticate(
        &mut self,
        mechanism: Mechanism,
        response: &str,
        at_once: bool,
    ) -> Result<(Status, Option<String>), ImapError> {
        let name = mechanism.name();
        let tag = if at_once {
            self.begin(&format!("AUTHENTICATE {name} {response}")).await?
        } else {
            let tag = self.begin(&format!("AUTHENTICATE {name}")).await?;
            match self.outcome(&tag).await? {
                Outcome::Challenge(_) => self.wire.send(response).await?,
                Outcome::Ended(status) => return Ok((status, None)),
            }
            tag
        };
        match self.outcome(&tag).await? {
            Outcome::Ended(status) => Ok((status, None)),
            Outcome::Challenge(challenge) => {
                self.wire.send(mechanism.after_failure()).await?;
                match self.outcome(&tag).await? {
                    // A login is never a success after its failure was told.
                    Outcome::Ended(status) if status.word != Word::Ok => {
                        Ok((status, sasl::failure(&challenge)))
                    }
                    _ => Err(self.malformed("it does not come to an end with the login")),
                }
            }
        }
    }

    /// Opens a mailbox for reading only; how many messages are in it.
    pub(super) async fn examine(&mut self, mailbox: &str) -> Result<Option<u32>, ImapError> {
        let status = self.command(&format!("EXAMINE {mailbox}")).await?;
        match status.word {
            Word::Ok => Ok(self.exists),
            _ => Err(verdict::of_command(&self.server.host, &status)),
        }
    }

    /// Out of politeness: what is answered, or that nothing is, changes nothing.
    pub(super) async fn logout(mut self) {
        let _ = tokio::time::timeout(GOODBYE, self.command("LOGOUT")).await;
    }

    async fn offers(&mut self, name: &str) -> Result<bool, ImapError> {
        if self.capabilities.is_none() {
            let status = self.command("CAPABILITY").await?;
            if status.word != Word::Ok {
                return Err(verdict::of_command(&self.server.host, &status));
            }
        }
        Ok(self.capabilities.iter().flatten().any(|capability| capability == name))
    }

    async fn command(&mut self, text: &str) -> Result<Status, ImapError> {
        let tag = self.begin(text).await?;
        match self.outcome(&tag).await? {
            Outcome::Ended(status) => Ok(status),
            Outcome::Challenge(_) => Err(self.malformed("it wants more where there is no more")),
        }
    }

    async fn begin(&mut self, text: &str) -> Result<String, ImapError> {
        self.commands += 1;
        let tag = format!("a{}", self.commands);
        self.wire.send(&Zeroizing::new(format!("{tag} {text}"))).await?;
        Ok(tag)
    }

    /// The next thing that concerns this command; what else comes is taken note of.
    async fn outcome(&mut self, tag: &str) -> Result<Outcome, ImapError> {
        for _ in 0..MOST_REPLIES {
            let line = self.wire.receive().await?;
            match reply::read(&line) {
                Some(Reply::Continue(text)) => return Ok(Outcome::Challenge(text)),
                Some(Reply::Status(status)) => match &status.tag {
                    Some(named) if named == tag => {
                        self.learn(&status);
                        return Ok(Outcome::Ended(status));
                    }
                    Some(_) => return Err(self.malformed("it answers what was not asked")),
                    None if status.word == Word::Bye => return Ok(Outcome::Ended(status)),
                    None => self.learn(&status),
                },
                Some(Reply::Capability(words)) => self.capabilities = Some(words),
                Some(Reply::Exists(count)) => self.exists = Some(count),
                Some(Reply::Other) => {}
                None => return Err(self.malformed("a line of it is not IMAP's")),
            }
        }
        Err(self.malformed("it goes on without end"))
    }

    fn learn(&mut self, status: &Status) {
        if status.word == Word::Ok && status.code == "CAPABILITY" {
            self.capabilities = Some(reply::words(&status.detail));
        }
    }

    fn malformed(&self, why: &'static str) -> ImapError {
        ImapError::Malformed { host: self.server.host.clone(), why }
    }

    fn not_safe(&self, why: &'static str) -> ImapError {
        ImapError::Unsafe { host: self.server.host.clone(), why }
    }
}

enum Outcome {
    Ended(Status),
    Challenge(String),
}

/// `LOGIN` with quoted strings; they hold ASCII without line breaks.
fn quoted(user: &str, password: &str) -> Option<Zeroizing<String>> {
    let fits = |text: &str| text.bytes().all(|b| (0x20..=0x7e).contains(&b));
    let escaped = |text: &str| Zeroizing::new(text.replace('\\', "\\\\").replace('"', "\\\""));
    let all = || Zeroizing::new(format!("LOGIN \"{}\" \"{}\"", *escaped(user), *escaped(password)));
    (fits(user) && fits(password)).then(all)
}
