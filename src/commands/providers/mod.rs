//! The catalogue: whom integ can talk to, what that needs, where to register.

mod add;
mod check;
mod details;
mod drift;
mod question;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Error;
use crate::name::simple;
use crate::output::{Table, sanitise};
use crate::providers::tasks::Dialect;
use crate::providers::{Proof, Protocol, Provider, ProviderError};

/// Show whom integ can talk to
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Providers {
    #[command(subcommand)]
    action: Option<Action>,
    /// Everything about one: a provider or a service
    #[arg(value_parser = simple)]
    name: Option<String>,
}

#[derive(Subcommand)]
enum Action {
    Add(add::Add),
    Check(check::Check),
}

impl Providers {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.action {
            Some(Action::Add(add)) => return add.run(app),
            Some(Action::Check(check)) => return check.run(app),
            None => {}
        }
        match self.name {
            Some(name) => {
                let provider = find(app, &name)?;
                details::show(app, &provider)
            }
            None => list(app),
        }
    }
}

fn find(app: &App, name: &str) -> Result<Provider, Error> {
    match app.catalogue().provider(name) {
        Err(unknown @ ProviderError::Unknown { .. }) => {
            Ok(app.catalogue().provider_of_service(name).ok_or(unknown)?)
        }
        other => Ok(other?),
    }
}

/// A file that is wrong is shown as such and hides no other.
fn list(app: &App) -> Result<(), Error> {
    let names = app.catalogue().names();
    let found: Vec<(String, Result<Provider, Error>)> = names
        .into_iter()
        .map(|name| {
            let provider = app.catalogue().provider(&name).map_err(Error::from);
            (name, provider)
        })
        .collect();
    if app.out.json {
        let items = found.iter().map(|(name, provider)| match provider {
            Ok(provider) => summary(app, provider),
            Err(error) => json!({"name": name, "error": error.json()}),
        });
        return Ok(app.out.document("providers", items.collect())?);
    }
    let mut table = Table::new(&["Provider", "Title", "Can", "Services", "Sign-in", "Client", "Proof"])
        .spare(&["Title", "Sign-in"]);
    for (name, provider) in &found {
        match provider {
            Ok(provider) => {
                let services = join(provider.service.keys());
                table.row(&[
                    name,
                    &provider.title,
                    &join(provider.capability.keys()),
                    &services,
                    flow_words(provider),
                    client_words(app, provider),
                    proof_words(provider),
                ]);
            }
            Err(_) => table.row(&[name, "✗ its file is wrong", "-", "-", "-", "-", "-"]),
        }
    }
    app.out.line(table.render())?;
    for (_, error) in found.iter().filter_map(|(name, provider)| Some((name, provider.as_ref().err()?))) {
        app.out.warn(&error.message);
    }
    app.out.hint("integ providers NAME shows everything about one; any other OAuth server: integ connect NAME --issuer URL");
    Ok(())
}

fn join<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let words: Vec<&str> = words.map(String::as_str).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// How a person signs in, as one word for scripts.
fn flow(provider: &Provider) -> &'static str {
    match provider.redirect.as_deref() {
        _ if provider.protocol == Protocol::Imap => "password",
        _ if !provider.has_oauth() => "token",
        Some(redirect) if redirect.starts_with("https:") || redirect.starts_with("urn:") => "paste",
        Some(redirect) if redirect.starts_with("http") => "fixed-port",
        _ => "loopback",
    }
}

/// Every way to a token, the one that `flow` names first.
fn ways(provider: &Provider) -> Vec<&'static str> {
    if provider.protocol == Protocol::Imap {
        return vec!["password", "token of another connection"];
    }
    let browser = match flow(provider) {
        "token" => None,
        "paste" => Some("pasted code"),
        _ => Some("browser"),
    };
    let device = provider.device_url.as_ref().map(|_| "device code");
    let token = provider.paste.as_ref().map(|_| "pasted token");
    let machine = provider.jwt_bearer.as_ref().map(|_| "key of a machine");
    let client = provider.client_credentials.then_some("client credentials");
    [browser, device, token, machine, client].into_iter().flatten().collect()
}

fn flow_words(provider: &Provider) -> &'static str {
    match flow(provider) {
        "token" => "a token is pasted",
        "password" => "password, or --via NAME",
        "paste" => "browser, pasted code",
        "fixed-port" => "browser, fixed port",
        _ if provider.device_url.is_some() => "browser or device code",
        _ => "browser",
    }
}

fn client_words(app: &App, provider: &Provider) -> &'static str {
    match has_client(app, provider) {
        _ if !provider.needs_client() => "not needed",
        true => "set",
        false => "integ setup",
    }
}

/// How far its file is proven: against somebody else's server, by the provider's own description, or by reading.
fn proof_words(provider: &Provider) -> &'static str {
    provider.proof.map_or("-", Proof::word)
}

/// A config that is wrong says nothing about the catalogue.
fn has_client(app: &App, provider: &Provider) -> bool {
    app.client_id(provider).ok().flatten().or_else(|| provider.client_id.clone()).is_some()
}

fn summary(app: &App, provider: &Provider) -> Value {
    let clean = |text: &Option<String>| text.as_deref().map(|text| sanitise::line(text).into_owned());
    json!({
        "name": provider.name,
        "title": sanitise::line(&provider.title),
        "capabilities": provider.capability.keys().collect::<Vec<_>>(),
        "services": provider.service.keys().collect::<Vec<_>>(),
        "flow": flow(provider),
        "ways": ways(provider),
        "console_url": clean(&provider.console_url),
        "docs": clean(&provider.docs),
        "proof": provider.proof.map(Proof::word),
        "origin": provider.origin,
        "has_client": has_client(app, provider),
        "tasks": Dialect::of(provider).map(|dialect| {
            let traits = dialect.traits();
            json!({"list": traits.list, "needs_list": traits.needs_list})
        }),
    })
}
