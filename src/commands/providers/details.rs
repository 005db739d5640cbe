//! Everything about one provider.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{client_words, proof_words, summary, ways};
use crate::app::App;
use crate::commands::setup;
use crate::commands::task::readiness_json;
use crate::duration;
use crate::error::Error;
use crate::name::Name;
use crate::output::sanitise;
use crate::providers::Provider;
use crate::providers::tasks::Dialect;
use crate::task::Readiness;
use crate::vault::RefreshRule;

pub(super) fn show(app: &App, provider: &Provider) -> Result<(), Error> {
    let redirect = redirect_words(app, provider)?;
    if app.out.json {
        return Ok(app.out.document("providers", vec![document(app, provider, redirect)])?);
    }
    let mut text = Text(format!("{} ({})\n", sanitise::line(&provider.title), provider.name));
    text.field("From", &provider.origin);
    text.field("Documentation", &checked(provider));
    text.field("API", &api_words(provider));
    text.field("Proof", proof_words(provider));
    text.field("Sign-in", &ways(provider).join(", "));
    text.field("Client", client_words(app, provider));
    text.field("Console", provider.console_url.as_deref().unwrap_or("-"));
    text.field("Redirect URI", redirect.as_deref().unwrap_or("none has to be registered"));
    text.field("Access token", &access_words(provider));
    text.field("Refresh", &refresh_words(provider));
    text.list(
        "Services",
        provider
            .service
            .iter()
            .map(|(name, service)| format!("{name}  {}: {}", service.title, service.capabilities.join(", "))),
    );
    text.list("Scopes that are always asked", provider.scopes.iter().cloned());
    for (name, capability) in &provider.capability {
        let required = capability.required.iter().map(|scope| format!("{scope}  (required)"));
        let optional = capability.optional.iter().map(|scope| format!("{scope}  (optional)"));
        let mut scopes: Vec<String> = required.chain(optional).collect();
        if scopes.is_empty() {
            scopes.push("no scope of its own".into());
        }
        if capability.alone {
            scopes.push(format!(
                "in a connection of its own: integ connect {}/{name} --can {name}",
                provider.name
            ));
        }
        scopes.extend(capability.note.clone());
        text.list(&format!("Scopes of {name}"), scopes.into_iter());
    }
    text.list("Tasks", task_words(app, provider).into_iter());
    text.list(
        "Options (--option NAME=VALUE)",
        provider.option_names().iter().map(|name| option_words(provider, name)),
    );
    let steps = provider.setup_steps.iter().enumerate();
    text.list("To register", steps.map(|(number, step)| format!("{}. {step}", number + 1)));
    if let Some(paste) = &provider.paste {
        let steps = paste.steps.iter().enumerate().map(|(number, step)| format!("{}. {step}", number + 1));
        text.list(
            &format!("With {} (integ connect {} --token-stdin)", paste.with_article(), provider.name),
            steps,
        );
    }
    if let Some(machine) = &provider.jwt_bearer {
        let steps = machine.steps.iter().enumerate().map(|(number, step)| format!("{}. {step}", number + 1));
        let how = format!("integ connect {}/NAME --service-account FILE", provider.name);
        text.list(&format!("For a program, with a {} ({how})", machine.what), steps);
    }
    text.list("Not confirmed by the documentation", provider.unconfirmed.iter().cloned());
    Ok(app.out.line(text.0.trim_end())?)
}

/// What a provider file says stands in lines of ours.
struct Text(String);

impl Text {
    fn field(&mut self, name: &str, value: &str) {
        self.0.push_str(&format!("{name:<15}{}\n", sanitise::line(value)));
    }

    /// Nothing at all where there is nothing to list.
    fn list(&mut self, name: &str, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.map(|item| format!("  {}\n", sanitise::line(&item))).collect();
        if !items.is_empty() {
            self.0.push_str(&format!("\n{}\n{}", sanitise::line(name), items.concat()));
        }
    }
}

fn checked(provider: &Provider) -> String {
    match (&provider.docs, &provider.checked) {
        (Some(docs), Some(day)) => format!("{docs} (checked {day})"),
        (Some(docs), None) => docs.clone(),
        (None, _) => "-".to_owned(),
    }
}

/// The exact string, or the shape of it where any port will do.
fn redirect_words(app: &App, provider: &Provider) -> Result<Option<String>, Error> {
    if !provider.has_oauth() {
        return Ok(None);
    }
    let redirect = setup::redirect(app, provider, None)?;
    Ok(match (redirect.registered().as_slice(), &provider.redirect_entered) {
        ([], Some(entered)) => Some(format!("{entered} (any port of it)")),
        ([], None) => Some("http://127.0.0.1/callback (any port; most providers want none entered)".into()),
        (uris, _) if provider.redirect.as_deref() == Some("localhost") => {
            Some(format!("{} (any port of it)", uris.join(", ")))
        }
        (uris, _) => Some(uris.join(", ")),
    })
}

fn api_words(provider: &Provider) -> String {
    match (provider.api_base(), &provider.api_url_at) {
        ("", Some(field)) => format!("where `{field}` of the token answer says"),
        ("", None) => "-".to_owned(),
        (base, _) => base.to_owned(),
    }
}

/// Where a task goes there, and which connections can take one.
fn task_words(app: &App, provider: &Provider) -> Vec<String> {
    let Some(dialect) = Dialect::of(provider) else { return Vec::new() };
    let traits = dialect.traits();
    let place = match traits.needs_list {
        true => format!("each goes into one {}: integ task targets", traits.list),
        false => format!("each may go into one {}: integ task targets", traits.list),
    };
    let own = readiness(app, provider);
    let connections = own.iter().flat_map(|(name, found)| {
        let cures = found
            .lacks
            .iter()
            .map(|lack| format!("  {} ({})", lack.error.message, lack.error.help.as_deref().unwrap_or("-")));
        std::iter::once(format!("{name}  {}", found.words())).chain(cures).collect::<Vec<_>>()
    });
    std::iter::once(place).chain(connections).collect()
}

/// The connections of this provider. A vault that is locked hides them, and is no reason to fail.
fn readiness(app: &App, provider: &Provider) -> Vec<(Name, Readiness)> {
    if Dialect::of(provider).is_none() {
        return Vec::new();
    }
    let found = app.connections(&[]).unwrap_or_default().into_iter();
    found
        .filter_map(|(name, grant)| {
            let grant = grant.ok().filter(|grant| grant.provider == provider.name)?;
            let readiness = Readiness::of(app, &name, &grant)?;
            Some((name, readiness))
        })
        .collect()
}

/// One line: what it is, its usual value, the short names.
fn option_words(provider: &Provider, name: &str) -> String {
    let choice = provider.choice(name).unwrap_or_default();
    let mut words = format!("{name}  {}", choice.title);
    if let Some(default) = &choice.default {
        words.push_str(&format!(" (usually {default})"));
    }
    if !choice.choices.is_empty() {
        let named: Vec<String> =
            choice.choices.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        words.push_str(&format!("; short: {}", named.join(", ")));
    }
    words
}

fn option_json(provider: &Provider, name: &str) -> Value {
    let choice = provider.choice(name).unwrap_or_default();
    json!({"title": choice.title, "steps": choice.steps, "default": choice.default, "choices": choice.choices})
}

fn access_words(provider: &Provider) -> String {
    let told = provider.access_life.as_deref().and_then(|life| duration::parse(life).ok());
    match told {
        Some(life) => {
            format!("lives for {}", duration::words(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)))
        }
        None if provider.refresh_rule() == RefreshRule::On401 => {
            "its life is not told: kept until it is refused".into()
        }
        None if provider.refresh_rule() == RefreshRule::None => "lasts until it is revoked".into(),
        None => "lives as long as the answer says".into(),
    }
}

fn refresh_words(provider: &Provider) -> String {
    let rule = match provider.refresh_rule() {
        RefreshRule::Rotating => "each refresh gives a new refresh token",
        RefreshRule::Stable => "the refresh token stays",
        RefreshRule::None => "there is no refresh token",
        RefreshRule::On401 => "when the token is refused",
    };
    match &provider.refresh_life_rule {
        Some(life) => format!("{rule}; {life}"),
        None => rule.to_owned(),
    }
}

fn document(app: &App, provider: &Provider, redirect: Option<String>) -> Value {
    let mut document = summary(app, provider);
    let scopes = |name: &String| {
        provider.capability.get(name).map(
            |c| json!({"required": c.required, "optional": c.optional, "alone": c.alone, "note": c.note}),
        )
    };
    let details = json!({
        "checked": provider.checked,
        "unconfirmed": provider.unconfirmed,
        "api_url": provider.api_base(),
        "hosts": provider.hosts,
        "redirect_uri": redirect,
        "scopes": provider.scopes,
        "capability_scopes": provider.capability.keys().map(|name| (name.clone(), scopes(name))).collect::<BTreeMap<_, _>>(),
        "access_life": provider.access_life,
        "refresh_life": provider.refresh_life,
        "refresh_rule": provider.refresh_words(),
        "setup_steps": provider.setup_steps,
        "manage_url": provider.manage_url,
        "options": provider.option_names().into_iter().map(|name| { let option = option_json(provider, &name); (name, option) }).collect::<BTreeMap<_, _>>(),
    });
    let connections: Vec<Value> = readiness(app, provider)
        .iter()
        .map(|(name, found)| {
            let mut item = readiness_json(found);
            if let Value::Object(item) = &mut item {
                item.insert("name".to_owned(), json!(name.as_str()));
            }
            item
        })
        .collect();
    if let Some(Value::Object(tasks)) = document.get_mut("tasks") {
        tasks.insert("connections".to_owned(), json!(connections));
    }
    if let (Value::Object(document), Value::Object(details)) = (&mut document, details) {
        document.extend(details);
    }
    document
}
