//! The usual way: a browser on this machine and a listener for its answer.

use serde_json::json;
use url::Url;

use super::arguments::Connect;
use super::attempt::{Attempt, patience};
use super::settle::Settled;
use super::target::Target;
use super::{client, pages};
use crate::app::{App, environment};
use crate::error::{Error, Kind};
use crate::oauth::loopback::{Loopback, Want};
use crate::oauth::{OauthError, Redirect, Server};
use crate::output::{self, Progress, sanitise};
use crate::providers::Provider;

pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    redirect: &Redirect,
    open: bool,
) -> Result<Settled, Error> {
    let provider = &target.provider;
    let Redirect::Listen(wants) = redirect else {
        return Err(Error::new(Kind::Internal, "there is no place to listen at"));
    };
    let mut wants = wants.clone();
    if let Some(last) = wants.last().filter(|_| client::may_move(app, arguments, provider, server)) {
        wants.push(Want { port: None, ..last.clone() });
    }
    let mut listener = Loopback::bind(&wants).await.map_err(OauthError::Port)?;
    let attempt = Attempt::new(app, arguments, target, server, listener.redirect_uri()).await?;
    let signin = attempt.begin(listener.redirect_uri()).await?;
    announce(app, provider, &signin.url, listener.redirect_uri(), open)?;
    let waiting = Progress::new(&app.out, 0, "Waiting for you to sign in");
    let patience = patience(app, arguments)?;
    let Ok(callback) = tokio::time::timeout(patience, listener.wait(signin.state())).await else {
        return Err(attempt.timed_out(patience));
    };
    drop(waiting);
    // The tab waits for the outcome and is told the truth.
    let outcome = attempt.complete(&signin, &callback.answer, &callback.iss).await;
    let page = match &outcome {
        Ok(settled) => pages::success(provider, &target.name, settled),
        Err(error) => pages::failure(provider, &target.name, error),
    };
    callback.reply(page).await;
    outcome
}

fn announce(app: &App, provider: &Provider, url: &Url, redirect_uri: &str, open: bool) -> Result<(), Error> {
    if app.out.json {
        app.out.object(
            json!({"v": 1, "event": "authorize", "url": url.as_str(), "redirect_uri": redirect_uri}),
        )?;
    }
    let configured = app.config()?.text("connect.browser").map(Into::into);
    let browser = environment::os_text("BROWSER").or(configured);
    if open {
        app.out.say(format!(
            "Opening your browser to sign in to {}. If it does not open, visit:",
            provider.title
        ));
    } else if !app.out.json {
        app.out.say(format!("Sign in to {} at this address, in a browser of this machine:", provider.title));
    }
    if !app.out.json || open {
        app.out.always(&sanitise::line(url.as_str()));
    }
    app.out.say(format!("Redirect URI  {redirect_uri}"));
    if open && let Err(why) = output::open_browser(url, browser.as_deref(), environment::without_secrets) {
        app.out.warn(&format!("no browser could be opened ({why}): open the address above yourself"));
    }
    Ok(())
}
