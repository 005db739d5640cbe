//! Mailboxes: a grant that speaks IMAP is a password, or leans on another connection for its token (`via`).

use super::{App, Need};
use crate::error::{Error, Kind};
use crate::http::Budget;
use crate::name::Name;
use crate::providers::imap::{self, ImapError, Login, Server, Visit};
use crate::providers::{Mailbox, Protocol, Provider};
use crate::vault::{Grant, Secret};

/// The capability whose scopes let a token into a mailbox.
const IMAP: &str = "imap";

impl App {
    /// The connection whose token this name hands out: its own, or that of the connection it leans on.
    pub(crate) fn bearer(&self, name: &Name) -> Result<(Name, Grant), Error> {
        let (name, grant) = self.connection(name)?;
        match grant.via() {
            Some(via) => self.leant_on(&name, via),
            None => Ok((name, grant)),
        }
    }

    fn leant_on(&self, name: &Name, via: &str) -> Result<(Name, Grant), Error> {
        let gone = || {
            Error::new(
                Kind::NotConnected,
                format!("{name} signs in with the token of {via}, which is not connected"),
            )
            .help(format!("integ connect {via}; or choose another: integ connect {name} --via NAME"))
        };
        let via: Name = via.parse().map_err(|_| gone())?;
        let (via, grant) = self.connection(&via).map_err(|error| match error.kind {
            Kind::NotConnected => gone(),
            _ => error,
        })?;
        // One step: a chain of them could end where it began.
        if grant.via().is_some() || grant.is_password() {
            let message = format!("{name} signs in with the token of {via}, which has none of its own");
            return Err(Error::usage(message).help(format!("integ connect {name} --via NAME")));
        }
        Ok((via, grant))
    }

    /// Whose token may open a mailbox: the connection, and the provider it is at. It must be able to.
    pub(crate) fn for_mail(&self, name: &Name, via: &str) -> Result<(Name, Grant, Provider), Error> {
        let (via, grant) = self.leant_on(name, via)?;
        let provider = self.provider(&grant)?;
        let can = provider.capability.get(IMAP);
        let missing = provider.missing_scopes(&[IMAP.to_owned()], &grant.scopes);
        if can.is_some() && !missing.is_empty() {
            let message = format!("{via} may not read mail by IMAP: {} was not granted", missing.join(", "));
            return Err(Error::new(Kind::MissingScope, message).help(consent(&via, &provider, name)));
        }
        Ok((via, grant, provider))
    }

    /// Logs in to the mailbox of a grant and looks at its INBOX. A token that is refused is renewed once.
    pub(crate) async fn visit(
        &self,
        name: &Name,
        provider: &Provider,
        grant: &Grant,
    ) -> Result<Visit, Error> {
        let server = imap::chosen(provider, &grant.options).map_err(|option| not_chosen(name, option))?;
        let Some(user) = grant.options.get("user") else { return Err(not_chosen(name, "user")) };
        let (limits, budget) = (self.limits("limits.answer")?, self.budget()?);
        let look = |login: Secret, is_token: bool, budget: Budget| {
            let (server, limits) = (&server, &limits);
            async move {
                let login = if is_token { Login::Token(&login) } else { Login::Password(&login) };
                imap::visit(server, user, login, limits, &budget).await
            }
        };
        let Some(via) = grant.via() else {
            let seen = look(grant.access_token.clone(), false, budget).await;
            return seen.map_err(|error| password_error(name, provider, grant, user, error));
        };
        let (via, token_grant, token_provider) = self.for_mail(name, via)?;
        let fresh = self.fresh(&via, token_grant, Need::default()).await?.into_grant();
        let mut seen = look(fresh.access_token.clone(), true, budget).await;
        if matches!(seen, Err(ImapError::Rejected { .. })) && fresh.can_refresh() {
            let need = Need { rejected: Some(&fresh.access_token), ..Need::default() };
            let renewed = self.fresh(&via, fresh.clone(), need).await?.into_grant();
            seen = look(renewed.access_token, true, budget).await;
        }
        seen.map_err(|error| match error {
            ImapError::Rejected { host, words } => Error::new(
                Kind::NeedsReauth,
                format!("{host} does not accept the token of {via} for {user}: {words}"),
            )
            .help(consent(&via, &token_provider, name)),
            other => other.into(),
        })
    }

    /// The first of these servers that answers as a mail server does, before anything secret is sent.
    pub(crate) async fn mail_server(&self, name: &Name, servers: Vec<Server>) -> Result<Server, Error> {
        let (limits, budget) = (self.limits("limits.answer")?, self.budget()?);
        let mut worst: Option<ImapError> = None;
        let mut tried: Vec<String> = Vec::new();
        let only = servers.len() == 1;
        for server in servers {
            match imap::greets(&server, &limits, &budget).await {
                Ok(()) => return Ok(server),
                // It is there, and will let us in later.
                Err(error @ ImapError::Later { .. }) => return Err(error.into()),
                Err(error) => {
                    tried.push(server.to_string());
                    // That somebody unsafe answered says more than that others did not.
                    let is_worse = matches!(
                        error,
                        ImapError::Unsafe { .. } | ImapError::Net(crate::http::HttpError::Certificate { .. })
                    );
                    if worst.is_none() || is_worse {
                        worst = Some(error);
                    }
                }
            }
        }
        let error = worst.map_or_else(|| not_chosen(name, "host"), Error::from);
        match (only, error.kind) {
            (true, _) | (_, Kind::Unsafe) => Err(error),
            _ => Err(Error::new(error.kind, format!("no IMAP server answers: tried {}", tried.join(", ")))
                .help(format!("integ connect {name} --option host=SERVER"))),
        }
    }

    /// A bundle may name any server: the token of another connection goes only where a provider file says that its
    /// provider's mail is. Elsewhere a person must name the server themselves.
    pub(crate) fn stays_with_mail(&self, provider: &Provider, grant: &Grant) -> Result<(), Error> {
        let Some(via) = grant.via().filter(|_| provider.protocol == Protocol::Imap) else { return Ok(()) };
        let name: Name = via.parse().map_err(Error::usage)?;
        let of_token = match self.connection(&name) {
            Ok((_, grant)) => grant.provider,
            Err(_) => name.head().to_owned(),
        };
        let known = imap::mailbox_of(provider, &grant.options).and_then(|mailbox| mailbox.via.clone());
        if known == Some(of_token) {
            return Ok(());
        }
        let host = grant.options.get("host").map_or("another server", String::as_str);
        let host = crate::output::sanitise::excerpt(host);
        let message = format!("the token of {name} would go to {host}, which no provider file names for it");
        Err(Error::new(Kind::Unsafe, message)
            .help(format!("if it is right: integ connect imap --via {name} --option host=SERVER")))
    }

    /// The connections that lean on this one.
    pub(crate) fn leaning_on(&self, via: &Name) -> Result<Vec<Name>, Error> {
        let leans = |grant: &Grant| grant.via() == Some(via.as_str());
        let all = self.vault()?.grants()?;
        Ok(all
            .into_iter()
            .filter(|(_, grant)| grant.as_ref().is_ok_and(leans))
            .map(|(name, _)| name)
            .collect())
    }

    /// A connection gets another name: those that lean on it follow. The caller holds their locks.
    pub(crate) fn lean_on(&self, old: &Name, new: &Name, leaning: &[Name]) -> Result<(), Error> {
        let vault = self.vault()?;
        for name in leaning {
            let found = vault.grant(name)?.filter(|grant| grant.via() == Some(old.as_str()));
            let Some(mut grant) = found else { continue };
            grant.options.insert("via".into(), new.to_string());
            vault.save(name, &mut grant)?;
            self.out.say(format!("{name} signs in with the token of {new} now."));
        }
        Ok(())
    }
}

/// The command that lets a connection's token into a mailbox.
fn consent(via: &Name, provider: &Provider, name: &Name) -> String {
    match provider.capability.get(IMAP) {
        Some(can) if can.alone && !via.as_str().ends_with("/imap") => format!(
            "integ connect {0}/imap --can imap, then: integ connect {name} --via {0}/imap",
            provider.name
        ),
        Some(can) if can.alone => format!("integ connect {via} --can imap"),
        Some(_) => format!("integ connect {via} --can +imap"),
        None => format!("integ connect {via}"),
    }
}

fn not_chosen(name: &Name, option: &str) -> Error {
    let value = if option == "user" { "ADDRESS" } else { "VALUE" };
    Error::usage(format!("{name}: the option `{option}` is missing or makes no sense"))
        .help(format!("integ connect {name} --option {option}={value}"))
}

/// What a refused password means where it was given, with the cure of that mail provider.
fn password_error(name: &Name, provider: &Provider, grant: &Grant, user: &str, error: ImapError) -> Error {
    let mailbox = imap::mailbox_of(provider, &grant.options);
    match error {
        ImapError::Rejected { host, words } => {
            let message = format!("{host} does not accept the password of {user}: {words}");
            Error::new(Kind::NeedsReauth, message).help(password_cure(name, mailbox))
        }
        ImapError::NoPasswords { .. } => {
            Error::new(Kind::NeedsReauth, error.to_string()).help(password_cure(name, mailbox))
        }
        other => other.into(),
    }
}

fn password_cure(name: &Name, mailbox: Option<&Mailbox>) -> String {
    match mailbox {
        Some(Mailbox { title, via: Some(via), no_passwords: true, .. }) => {
            format!(
                "{title} takes no passwords: integ connect {via}/imap --can imap, then: integ connect {name} --via {via}/imap"
            )
        }
        Some(Mailbox { title, app_password: Some(page), .. }) => format!(
            "{title} wants an app password (2-step verification must be on): {page}, then: integ connect {name}"
        ),
        _ => format!("integ connect {name}"),
    }
}

impl From<ImapError> for Error {
    fn from(error: ImapError) -> Error {
        let message = error.to_string();
        let kind = match error {
            ImapError::Net(error) => return error.into(),
            ImapError::Roots(_) => {
                return Error::new(Kind::Storage, message)
                    .help("integ doctor; SSL_CERT_FILE names other roots");
            }
            ImapError::Unsafe { .. } => Kind::Unsafe,
            ImapError::Malformed { .. } | ImapError::Refused { .. } => Kind::ProviderError,
            ImapError::Rejected { .. } | ImapError::NoPasswords { .. } | ImapError::NoTokens { .. } => {
                Kind::NeedsReauth
            }
            ImapError::Later { limited: true, .. } => {
                return Error::new(Kind::RateLimited, message).help("try again in some minutes");
            }
            ImapError::Later { .. } => {
                return Error::new(Kind::Unavailable, message).help("nothing was lost: try again later");
            }
        };
        Error::new(kind, message)
    }
}

/// A provider without an HTTP API is told apart before anything is sent.
pub(crate) fn speaks_http(provider: &Provider, name: &Name) -> Result<(), Error> {
    match provider.protocol {
        Protocol::Http => Ok(()),
        Protocol::Imap => Err(Error::usage(format!("{name} speaks IMAP: there is no HTTP API to call"))
            .help(format!("integ test {name}; integ token {name}"))),
    }
}
