//! The way without a listener: the person pastes the address that their browser ended on, or the code that it shows.

use std::time::{Duration, Instant};

use serde_json::json;

use super::arguments::Connect;
use super::attempt::{Attempt, patience};
use super::settle::Settled;
use super::target::Target;
use super::waiting::{self, Half};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::oauth::loopback::Answer;
use crate::oauth::{OauthError, Redirect, Server, SignIn, read_callback};
use crate::output::{sanitise, secret_from_stdin_in_time};

/// How often a person may paste something wrong before the sign-in ends.
const TRIES: usize = 3;

/// `None`: another process will finish it.
pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    redirect: &Redirect,
) -> Result<Option<Settled>, Error> {
    let title = &target.provider.title;
    if !app.prompt.is_allowed() && !arguments.paste && !arguments.detach {
        return Err(Error::new(
            Kind::InteractionNeeded,
            "somebody has to paste an address, and there is no terminal",
        )
        .help(format!(
            "integ connect {0} --paste reads it from standard input; integ connect {0} --detach lets another process do it",
            target.name
        )));
    }
    let redirect_uri = redirect.unheard().ok_or_else(|| {
        Error::usage(format!("{title} has no sign-in in a browser")).help("--device, or --token-stdin")
    })?;
    let attempt = Attempt::new(app, arguments, target, server, &redirect_uri).await?;
    let signin = attempt.begin(&redirect_uri).await?;
    let patience = patience(app, arguments)?;
    if arguments.detach {
        detach(&attempt, &signin, patience).await?;
        return Ok(None);
    }
    if app.out.json {
        app.out.object(
            json!({"v": 1, "event": "authorize", "url": signin.url.as_str(), "redirect_uri": redirect_uri}),
        )?;
    }
    explain(app, &signin);
    let pasted = ask(app, &signin, patience).await?;
    let (answer, iss) = pasted.ok_or_else(|| attempt.nobody_pasted(patience))?;
    Ok(Some(attempt.complete(&signin, &answer, &iss).await?))
}

async fn detach(attempt: &Attempt<'_>, signin: &SignIn, patience: Duration) -> Result<(), Error> {
    let app = attempt.app;
    let kept = waiting::keep(attempt, Half::Browser(signin.keep()), patience).await?;
    if app.out.json {
        app.out.object(json!({"v": 1, "event": "authorize", "url": signin.url.as_str(),
            "redirect_uri": signin.redirect_uri(), "attempt": kept.id,
            "expires_at": clock::rfc3339(kept.expires_at)}))?;
        return Ok(());
    }
    explain(app, signin);
    kept.tell(app);
    Ok(())
}

/// What is to be opened and what is to be brought back.
pub(super) fn explain(app: &App, signin: &SignIn) {
    let words = match is_shown(signin) {
        true => {
            "Open this address in any browser and sign in. It ends on a page with a code:\npaste that code here."
        }
        false => {
            "Open this address in any browser and sign in. The last page does not load, and\n\
             need not: copy its whole address from the address bar, and paste it here."
        }
    };
    app.out.say(words);
    app.out.always(&sanitise::line(signin.url.as_str()));
    app.out.say(format!("Redirect URI  {}", signin.redirect_uri()));
}

fn is_shown(signin: &SignIn) -> bool {
    signin.redirect_uri().starts_with("urn:")
}

/// From a person, who may try again, or all of standard input. `None`: nobody brought anything in time.
pub(super) async fn ask(
    app: &App,
    signin: &SignIn,
    patience: Duration,
) -> Result<Option<(Answer, Vec<String>)>, Error> {
    let read = |text: &str| read_callback(text, signin.state(), signin.bare_code());
    if !app.prompt.is_allowed() {
        let Some(text) = secret_from_stdin_in_time(patience).await? else { return Ok(None) };
        return Ok(Some(read(text.expose())?));
    }
    let question = if is_shown(signin) { "Code" } else { "Address" };
    let ends = Instant::now() + patience;
    let mut tries = 1;
    loop {
        let left = ends.saturating_duration_since(Instant::now());
        let Some(text) = app.prompt.secret_in_time(question, left).await? else { return Ok(None) };
        match read(text.expose()) {
            Err(error @ (OauthError::WrongPaste(_) | OauthError::OtherSignIn(_))) if tries < TRIES => {
                app.out.warn(&error.to_string());
                tries += 1;
            }
            outcome => return Ok(Some(outcome?)),
        }
    }
}
