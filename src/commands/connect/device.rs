//! The way for machines without a browser: a code that is entered on another device.

use std::time::Duration;

use serde_json::json;

use super::arguments::Connect;
use super::attempt::{Attempt, patience};
use super::settle::Settled;
use super::target::Target;
use super::waiting::{self, Half};
use crate::app::App;
use crate::clock;
use crate::error::Error;
use crate::oauth::{DeviceSignIn, OauthError, Redirect, Server, Tokens};
use crate::output::{Progress, sanitise};

pub(super) enum Failed {
    /// The server does not let this client sign in with a code.
    NotOffered(Error),
    /// Nobody has answered; the code may still live.
    Later(Error),
    Final(Error),
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Error {
        match failed {
            Failed::NotOffered(error) | Failed::Later(error) | Failed::Final(error) => error,
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed::Final(error)
    }
}

/// `None`: another process will finish it.
pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    redirect: &Redirect,
) -> Result<Option<Settled>, Failed> {
    // Nothing is sent there; a client that is registered now has to name it.
    let redirect_uri = redirect.unheard().unwrap_or_default();
    let attempt = Attempt::new(app, arguments, target, server, &redirect_uri).await?;
    let context = attempt.context()?;
    let device = match DeviceSignIn::begin(&context, server, &target.scopes).await {
        Ok(device) => device,
        Err(error @ OauthError::Refused { .. }) => return Err(Failed::NotOffered(attempt.words(error))),
        Err(error) => return Err(Failed::Final(attempt.words(error))),
    };
    let patience = patience(app, arguments)?;
    if arguments.detach {
        detach(&attempt, &device, patience).await?;
        return Ok(None);
    }
    tell(app, &device)?;
    let tokens = wait(&attempt, device, patience).await?;
    Ok(Some(attempt.settle(tokens).await?))
}

async fn detach(attempt: &Attempt<'_>, device: &DeviceSignIn, patience: Duration) -> Result<(), Error> {
    let app = attempt.app;
    let kept = waiting::keep(attempt, Half::Device(device.keep()), patience.min(device.life())).await?;
    if app.out.json {
        let mut event = event(device);
        if let Some(event) = event.as_object_mut() {
            event.insert("attempt".into(), kept.id.as_str().into());
            event.insert("expires_at".into(), clock::rfc3339(kept.expires_at).into());
        }
        return Ok(app.out.object(event)?);
    }
    show(app, device);
    kept.tell(app);
    Ok(())
}

pub(super) fn tell(app: &App, device: &DeviceSignIn) -> Result<(), Error> {
    if app.out.json {
        app.out.object(event(device))?;
    }
    show(app, device);
    Ok(())
}

fn event(device: &DeviceSignIn) -> serde_json::Value {
    json!({"v": 1, "event": "device", "user_code": device.user_code, "url": device.page.as_str(),
        "url_complete": device.shortest_way().as_str()})
}

fn show(app: &App, device: &DeviceSignIn) {
    app.out.always(format!("Open  {}\nCode  {}", sanitise::line(device.page.as_str()), device.user_code));
    if app.config().is_ok_and(|config| config.get("connect.qr") != "never") {
        app.out.qr(device.shortest_way().as_str());
    }
}

pub(super) async fn wait(
    attempt: &Attempt<'_>,
    device: DeviceSignIn,
    patience: Duration,
) -> Result<Tokens, Failed> {
    let (app, context) = (attempt.app, attempt.context()?);
    let _progress = Progress::new(&app.out, 0, "Waiting for you to enter the code");
    match tokio::time::timeout(patience, device.wait(&context, attempt.server)).await {
        Ok(tokens) => tokens.map_err(|error| Failed::Final(attempt.words(error))),
        Err(_) => {
            let words = crate::duration::words(i64::try_from(patience.as_secs()).unwrap_or(0));
            let error = OauthError::TimedOut(format!("the code was not entered within {words}"));
            Err(Failed::Later(attempt.words(error)))
        }
    }
}
