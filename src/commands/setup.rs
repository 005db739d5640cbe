//! Walks through registering an OAuth app: where, which redirect URI, which scopes; then takes its id and secret.

use clap::Args;
use serde_json::json;
use url::Url;

use crate::app::{App, environment};
use crate::error::{Error, Kind};
use crate::name::simple;
use crate::oauth::Redirect;
use crate::output::{self, sanitise};
use crate::providers::{ClientAuth, Provider};
use crate::vault::Secret;

/// Register the OAuth app that a provider asks for
#[derive(Args)]
pub(crate) struct Setup {
    /// The provider: google, notion, slack, …
    #[arg(value_parser = simple)]
    provider: String,
    /// The client id, instead of a question
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Read the client secret from standard input
    #[arg(long)]
    client_secret_stdin: bool,
    /// The port of the redirect URI, where the usual one is taken
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Do not open the console in a browser
    #[arg(long)]
    no_browser: bool,
}

impl Setup {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let provider = match app.catalogue().provider(&self.provider) {
            Ok(provider) => provider,
            Err(error) => app.catalogue().provider_of_service(&self.provider).ok_or(error)?,
        };
        let name = provider.name.clone();
        if !provider.needs_client() {
            show_steps(app, &provider, self.port)?;
            app.out.hint(&format!("integ connect {name}"));
            return Ok(());
        }
        match &self.client_id {
            Some(id) => {
                let secret = if self.client_secret_stdin {
                    Some(app.prompt.secret_from_stdin("Client secret")?)
                } else if app.prompt.is_allowed() {
                    ask_secret(app, &provider)?
                } else {
                    None
                };
                save_client(app, &name, id, secret.as_ref(), self.port)?;
            }
            None if app.prompt.is_allowed() => {
                if !self.no_browser {
                    open_console(app, &provider);
                }
                walk_through_at(app, &provider, self.port)?;
            }
            None => {
                show_steps(app, &provider, self.port)?;
                if app.out.json {
                    return Ok(());
                }
                return Err(Error::new(
                    Kind::InteractionNeeded,
                    "setup asks for the client id, and there is no terminal",
                )
                .help(format!("integ setup {name} --client-id ID --client-secret-stdin < FILE")));
            }
        }
        app.out.say(format!("The client of {} is saved.", provider.title));
        app.out.hint(&format!("integ connect {name}"));
        Ok(())
    }
}

/// As `connect` does it on a terminal when nobody has set the provider up.
pub(super) fn walk_through(app: &App, provider: &Provider) -> Result<(), Error> {
    app.out
        .say(format!("{} needs an OAuth app of your own; this takes a few minutes, once.", provider.title));
    walk_through_at(app, provider, None)
}

fn walk_through_at(app: &App, provider: &Provider, port: Option<u16>) -> Result<(), Error> {
    show_steps(app, provider, port)?;
    let id = app.prompt.text("Client ID")?;
    if id.is_empty() {
        return Err(Error::usage("no client id was given; nothing was saved"));
    }
    let secret = ask_secret(app, provider)?;
    save_client(app, &provider.name, &id, secret.as_ref(), port)
}

/// Empty: there is none, or the one that is stored for this client stays.
fn ask_secret(app: &App, provider: &Provider) -> Result<Option<Secret>, Error> {
    if provider.client_auth == ClientAuth::None {
        return Ok(None);
    }
    let typed = app.prompt.secret("Client secret (empty if there is none)")?;
    Ok(Some(typed).filter(|secret| !secret.expose().is_empty()))
}

/// The id goes to the config, the secret to the vault.
pub(super) fn save_client(
    app: &App,
    provider: &str,
    id: &str,
    secret: Option<&Secret>,
    port: Option<u16>,
) -> Result<(), Error> {
    if id.trim().is_empty() || id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Error::usage("that is not a client id: it is empty, or has spaces in it"));
    }
    if secret.is_some_and(|s| s.expose().is_empty() || s.expose().chars().any(char::is_control)) {
        return Err(Error::usage(
            "that is not a client secret: it is empty, or has control characters in it",
        ));
    }
    if let Some(secret) = secret {
        app.vault()?.save_client_secret(provider, id, secret)?;
    }
    app.record_vault()?;
    app.change_config(|config| {
        if config.own(&format!("client.{provider}.id")).as_deref() != Some(id) {
            // What was noted of a client that we registered is not true of this one.
            for key in ["registered", "expires"] {
                config.unset(&format!("client.{provider}.{key}"))?;
            }
        }
        config.set(&format!("client.{provider}.id"), id)?;
        match port {
            Some(port) => config.set(&format!("client.{provider}.port"), &port.to_string()),
            None => Ok(()),
        }
    })
}

fn open_console(app: &App, provider: &Provider) {
    let url = provider.console_url.as_deref().and_then(|text| text.parse::<Url>().ok());
    if let Some(url) = url {
        let configured = app.config().ok().and_then(|config| config.text("connect.browser")).map(Into::into);
        let browser = configured.or_else(|| environment::os_text("BROWSER"));
        match output::open_browser(&url, browser.as_deref(), environment::without_secrets) {
            Ok(()) => app.out.say(format!("Opening {url}")),
            Err(why) => app.out.say(format!("No browser could be started ({why}). Open {url}")),
        }
    }
}

/// What has to be entered at the provider, word for word.
fn show_steps(app: &App, provider: &Provider, port: Option<u16>) -> Result<(), Error> {
    let redirect = entered(app, provider, port)?;
    let capabilities: Vec<String> = provider.capability.keys().cloned().collect();
    let scopes = provider.scopes_for(&capabilities);
    let manifest = provider.manifest.as_ref().map(|m| filled(&m.text, &redirect, &scopes));
    if app.out.json {
        return Ok(app.out.object(json!({"v": 1, "event": "setup", "provider": provider.name,
            "console_url": provider.console_url, "steps": provider.setup_steps,
            "redirect_uri": redirect.first(), "redirect_uris": redirect, "scopes": scopes, "manifest": manifest}))?);
    }
    if provider.needs_client() {
        app.out.say(format!("Registering an app with {}", provider.title));
    } else {
        app.out.say(format!("{} needs no OAuth app", provider.title));
    }
    if let Some(url) = &provider.console_url {
        app.out.say(format!("Console       {url}"));
    }
    for (number, step) in provider.setup_steps.iter().enumerate() {
        app.out.step(number + 1, step);
    }
    for uri in &redirect {
        app.out.say(format!("Redirect URI  {uri}"));
    }
    match redirect.as_slice() {
        [] if !provider.has_browser() => {}
        [] => app
            .out
            .say("Redirect URI  none has to be entered; where a form wants one: http://127.0.0.1/callback"),
        [_] => {}
        _ => app.out.say("Enter all of them: the next is used while the port of one before it is taken."),
    }
    if !scopes.is_empty() {
        app.out.say("Scopes");
        scopes.iter().for_each(|scope| app.out.say(format!("  {scope}")));
    }
    if let (Some(text), Some(manifest)) = (manifest, &provider.manifest) {
        app.out.say(format!("Manifest, to paste where it says: {}", manifest.what));
        text.lines().for_each(|line| app.out.say(&sanitise::line(line)));
    }
    if let Some(instead) = provider.paste.as_ref().filter(|_| provider.has_oauth()) {
        app.out.say(format!(
            "Without an app, with {}: integ connect {} --token-stdin",
            instead.with_article(),
            provider.name
        ));
    }
    Ok(())
}

/// The manifest of an app: `{redirects}` and `{scopes}` as the inside of a JSON list, `{redirect}` the first as it is.
fn filled(text: &str, redirects: &[String], scopes: &[String]) -> String {
    let inside = |list: &[String]| {
        let quoted: Vec<String> = list.iter().map(|item| json!(item).to_string()).collect();
        quoted.join(",")
    };
    text.replace("{redirects}", &inside(redirects))
        .replace("{redirect}", redirects.first().map_or("", String::as_str))
        .replace("{scopes}", &inside(scopes))
}

/// The exact strings to enter at the provider; none where it takes any without being told.
pub(super) fn entered(app: &App, provider: &Provider, port: Option<u16>) -> Result<Vec<String>, Error> {
    let mut uris = redirect(app, provider, port)?.registered();
    if uris.is_empty() {
        uris.extend(provider.redirect_entered.clone());
    }
    Ok(uris)
}

/// Where this provider may send the browser: with the port that was asked for, was registered, or is usual.
pub(super) fn redirect(app: &App, provider: &Provider, port: Option<u16>) -> Result<Redirect, Error> {
    let port = match port {
        Some(port) => Some(port),
        None => app.registered_port(provider)?,
    };
    Ok(Redirect::of(provider, port)?)
}
