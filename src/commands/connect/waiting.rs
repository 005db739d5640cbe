//! A sign-in whose second half another process does. What it needs waits in the vault, for a quarter of an hour and for
//! one use; what a person is given to carry over has no secret in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arguments::Connect;
use super::attempt::{Attempt, LONGEST};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::oauth::{KeptDevice, KeptSignIn, Server, fresh_id};
use crate::vault::VaultError;

/// Letters and digits of an id.
const ID: usize = 10;

#[derive(Serialize, Deserialize)]
pub(super) struct Waiting {
    v: u32,
    /// Its own key: an item that was copied over another one's is not used.
    profile: String,
    pub id: String,
    pub name: Name,
    pub expires_at: i64,
    /// What was asked for: the second half decides it anew, by the same words.
    pub arguments: Connect,
    pub client_id: String,
    issuer: Option<String>,
    token: Option<String>,
    pub half: Half,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Half {
    Browser(KeptSignIn),
    Device(KeptDevice),
}

/// What the first process says of it.
pub(super) struct Kept {
    pub id: String,
    pub expires_at: i64,
}

impl Kept {
    pub(super) fn tell(&self, app: &App) {
        app.out.say(format!("To finish it, before {}:", clock::local(self.expires_at)));
        app.out.always(format!("integ connect --resume {}{}", self.id, profile(app)));
    }
}

fn profile(app: &App) -> String {
    if app.profile == "default" { String::new() } else { format!(" --profile {}", app.profile) }
}

/// Nothing came of it, and nothing was used up.
pub(super) fn waits(app: &App, id: &str) -> String {
    format!("nothing was lost, the sign-in waits on: integ connect --resume {id}{}", profile(app))
}

pub(super) async fn keep(attempt: &Attempt<'_>, half: Half, life: Duration) -> Result<Kept, Error> {
    let app = attempt.app;
    let id = fresh_id(ID);
    let life = i64::try_from(life.min(LONGEST).as_secs()).unwrap_or(0);
    let waiting = Waiting {
        v: 1,
        profile: app.profile.clone(),
        id: id.clone(),
        name: attempt.target.name.clone(),
        expires_at: clock::now() + life,
        arguments: decided(attempt),
        client_id: attempt.client.id.clone(),
        issuer: attempt.server.issuer.clone(),
        token: attempt.server.token.as_ref().map(ToString::to_string),
        half,
    };
    waiting.store(app)?;
    app.record_vault()?;
    Ok(Kept { id, expires_at: waiting.expires_at })
}

/// What was asked for, with what a person answered meanwhile: nobody is asked again.
fn decided(attempt: &Attempt<'_>) -> Connect {
    let mut kept = attempt.arguments.to_keep();
    kept.name = Some(attempt.target.name.clone());
    for (name, value) in &attempt.target.options {
        if !kept.option.iter().any(|(given, _)| given == name) {
            kept.option.push((name.clone(), value.clone()));
        }
    }
    kept
}

impl Waiting {
    fn read(profile: &str, id: &str, bytes: &[u8]) -> Option<Waiting> {
        let waiting: Waiting = serde_json::from_slice(bytes).ok()?;
        (waiting.v == 1 && waiting.id == id && waiting.profile == profile).then_some(waiting)
    }

    /// Into the vault, for whoever takes it out.
    pub(super) fn store(&self, app: &App) -> Result<(), Error> {
        let bytes = serde_json::to_vec(self).map_err(|_| damaged(&self.id))?;
        Ok(app.vault()?.keep_signin(&self.id, &zeroize::Zeroizing::new(bytes))?)
    }

    /// What is left of its time; a time that no sign-in has is none.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = u64::try_from(self.expires_at - clock::now()).ok().filter(|left| *left > 0)?;
        Some(Duration::from_secs(left)).filter(|left| *left <= LONGEST)
    }

    /// The code goes where it would have gone, or nowhere.
    pub(super) fn check(&self, server: &Server, client_id: &str) -> Result<(), Error> {
        let token = server.token.as_ref().map(ToString::to_string);
        if self.token == token && self.issuer == server.issuer && self.client_id == client_id {
            return Ok(());
        }
        Err(Error::new(
            Kind::Unsafe,
            format!(
                "{}: the client or the server's addresses have changed since this sign-in began",
                self.name
            ),
        )
        .help(format!("nothing was stored; begin anew: integ connect {} --detach", self.name)))
    }
}

/// By its id, or the newest of a connection.
pub(super) fn find(app: &App, wanted: &str) -> Result<Waiting, Error> {
    let mut newest: Option<Waiting> = None;
    for (id, item) in app.vault()?.signins()? {
        let named = id == wanted;
        let waiting = match item {
            Ok(bytes) => Waiting::read(&app.profile, &id, &bytes),
            Err(VaultError::Damaged { .. }) => None,
            Err(other) if named => return Err(other.into()),
            Err(_) => continue,
        };
        match waiting {
            Some(waiting) if named => return Ok(waiting),
            None if named => return Err(damaged(&id)),
            Some(waiting)
                if waiting.name.as_str() == wanted
                    && newest.as_ref().is_none_or(|other| other.expires_at < waiting.expires_at) =>
            {
                newest = Some(waiting);
            }
            _ => {}
        }
    }
    newest.ok_or_else(|| gone(wanted))
}

/// It is used once: whoever takes it out of the vault goes on.
pub(super) async fn claim(app: &App, id: &str) -> Result<(), Error> {
    let _lock = app.vault()?.lock_signins(app.lock_wait()?).await?;
    match app.vault()?.take_signin(id)? {
        true => Ok(()),
        false => Err(gone(id)),
    }
}

/// What died, and what is no sign-in at all, is taken out. Nobody's work depends on it.
pub(super) fn sweep(app: &App) {
    let swept = || -> Result<(), Error> {
        let vault = app.vault()?;
        for (id, item) in vault.signins()? {
            let over = match item {
                Ok(bytes) => {
                    Waiting::read(&app.profile, &id, &bytes).is_none_or(|waiting| waiting.left().is_none())
                }
                Err(error) => matches!(error, VaultError::Damaged { .. }),
            };
            if over {
                vault.take_signin(&id)?;
            }
        }
        Ok(())
    };
    swept().unwrap_or_else(|error| crate::log::info(&error.message));
}

pub(super) fn gone(wanted: &str) -> Error {
    Error::new(
        Kind::SigninTimeout,
        format!(
            "no sign-in `{wanted}` is waiting: it was finished, or it is over (they wait for 15 minutes)"
        ),
    )
    .help("integ connect NAME --detach begins another")
}

fn damaged(id: &str) -> Error {
    Error::new(Kind::Unsafe, format!("the sign-in `{id}` is damaged or was changed; nothing was done"))
        .help("integ connect NAME --detach begins another")
}
