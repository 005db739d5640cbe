//! The usual way: a browser on this machine and a listener for its answer.

use serde_json::json;
use url::Url;

use super::attempt::{Attempt, patience};
use super::target::Target;
use super::{Connect, Settled, client, pages};
use crate::app::{App, environment};
use crate::error::{Error, Kind};
use crate::oauth::loopback::{BindError, Loopback, Want};
use crate::oauth::{OauthError, Server};
use crate::output::{self, Progress, sanitise};
use crate::providers::Provider;

pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    want: &Want,
) -> Result<Settled, Error> {
    let provider = &target.provider;
    let browser = may_open(app, arguments, target)?;
    let listener = match Loopback::bind(want).await {
        Err(BindError::PortTaken { .. }) if client::may_move(app, arguments, provider, server)? => {
            Loopback::bind(&Want { ports: Vec::new(), ..want.clone() }).await
        }
        bound => bound,
    };
    let mut listener = listener.map_err(bind_error)?;
    let attempt = Attempt::new(app, arguments, target, server, listener.redirect_uri()).await?;
    let signin = attempt.begin(listener.redirect_uri()).await?;
    announce(app, provider, &signin.url, listener.redirect_uri(), browser)?;
    let waiting = Progress::new(&app.out, 0, "Waiting for you to sign in");
    let patience = patience(app, arguments)?;
    let Ok(callback) = tokio::time::timeout(patience, listener.wait(signin.state())).await else {
        let words = crate::duration::words(i64::try_from(patience.as_secs()).unwrap_or(0));
        return Err(Error::new(
            Kind::SigninTimeout,
            format!("nobody signed in to {} within {words}", provider.title),
        )
        .help(format!("integ connect {0}; without a browser here: integ connect {0} --paste", target.name)));
    };
    drop(waiting);
    // The tab waits for the outcome and is told the truth.
    let outcome = attempt.complete(signin, &callback.answer, &callback.iss).await;
    let page = match &outcome {
        Ok(settled) => pages::success(provider, &target.name, settled),
        Err(error) => pages::failure(provider, &target.name, error),
    };
    callback.reply(page).await;
    outcome
}

/// Whether to open a browser. Without a terminal nothing opens or waits unless that was asked for.
fn may_open(app: &App, arguments: &Connect, target: &Target) -> Result<bool, Error> {
    if arguments.no_browser {
        return Ok(false);
    }
    let given = environment::os_text("BROWSER").is_some() && !environment::is_ci() && app.prompt.may_act();
    if app.prompt.is_allowed() || given {
        return Ok(true);
    }
    let name = &target.name;
    Err(Error::new(Kind::InteractionNeeded, format!("connecting {name} needs a person in a browser, and there is no terminal"))
        .help(format!("at a terminal: integ connect {name}; for a program: integ connect {name} --no-browser; on a server: integ import")))
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
        app.out.say(&format!(
            "Opening your browser to sign in to {}. If it does not open, visit:",
            provider.title
        ));
    } else if !app.out.json {
        app.out.say(&format!("Sign in to {} at this address; waiting on {redirect_uri}", provider.title));
    }
    if !app.out.json || open {
        app.out.always(&sanitise::line(url.as_str()));
    }
    if open && let Err(why) = output::open_browser(url, browser.as_deref(), environment::without_secrets) {
        app.out.warn(&format!("no browser could be opened ({why}): open the address above yourself"));
    }
    Ok(())
}

fn bind_error(error: BindError) -> Error {
    match error {
        BindError::PortTaken { ports, holder } => {
            let ports = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            OauthError::Port { ports, holder }.into()
        }
        other => Error::new(Kind::Storage, other.to_string()).help("integ doctor"),
    }
}
