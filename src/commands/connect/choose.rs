//! What a person at a terminal is asked before a sign-in: whom to connect, and what to do about what is connected already.
//! Without a terminal nothing is asked: a sign-in of what is connected renews it.

use super::arguments::{Connect, nameless};
use super::decide::Asked;
use super::target::Target;
use super::told::who;
use crate::app::App;
use crate::error::Error;
use crate::name::Name;
use crate::output::sanitise;

/// A provider or a service from a list that is searched by typing.
pub(super) fn name(app: &App) -> Result<Name, Error> {
    if !app.prompt.is_allowed() {
        return Err(nameless());
    }
    let connected: Vec<String> =
        app.vault()?.grants()?.into_iter().map(|(name, _)| name.head().to_owned()).collect();
    let catalogue = app.catalogue();
    let mut offers: Vec<(String, String)> = Vec::new();
    // A file that is wrong hides no other; `integ providers` names it.
    for provider in catalogue.names().iter().filter_map(|name| catalogue.provider(name).ok()) {
        let mark = if connected.contains(&provider.name) { "  (connected)" } else { "" };
        let can: Vec<&str> = provider.capability.keys().map(String::as_str).collect();
        let can = if can.is_empty() { String::new() } else { format!(": {}", can.join(", ")) };
        offers.push((provider.name.clone(), format!("{}{can}{mark}", provider.title)));
        for (service, view) in &provider.service {
            let can = view.capabilities.join(", ");
            offers.push((service.clone(), format!("{}: {can} of {}", view.title, provider.title)));
        }
    }
    let width = offers.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = offers
        .iter()
        .map(|(name, about)| sanitise::line(&format!("{name:<width$}  {about}")).into_owned())
        .collect();
    let chosen = app.prompt.search("Connect (type to search)", &lines)?;
    let (name, _) = offers.get(chosen).ok_or_else(nameless)?;
    name.parse().map_err(Error::usage)
}

pub(super) enum WhatNow {
    Nothing,
    /// Sign in, perhaps to something else than was named.
    Change(Box<Connect>),
}

/// `None`: nothing has to be asked.
pub(super) fn what_now(app: &App, arguments: &Connect, target: &Target) -> Result<Option<WhatNow>, Error> {
    let Some(grant) = &target.existing else { return Ok(None) };
    let says_how = says_how(arguments)
        || arguments.dry_run
        || target.machine
        || arguments.replace
        || arguments.expect.is_some()
        || !arguments.can.is_empty()
        || arguments.via.is_some()
        || !arguments.option.is_empty()
        || !arguments.scope.is_empty();
    let adds = target.capabilities.iter().any(|capability| !grant.capabilities.contains(capability));
    // What was left half done is ended first.
    let unfinished = target.unfinished(arguments).is_some();
    if !app.prompt.is_allowed() || says_how || adds || unfinished || grant.needs_reauth() {
        return Ok(None);
    }
    app.out.say(format!("{} is connected already{}.", target.name, who(grant)));
    let missing: Vec<String> = target
        .provider
        .usual_capabilities()
        .into_iter()
        .filter(|name| !grant.capabilities.contains(name))
        .collect();
    let mut actions = vec![Action::Again, Action::Another];
    if !missing.is_empty() {
        actions.push(Action::More);
    }
    actions.push(Action::Leave);
    let words: Vec<String> = actions.iter().map(|action| action.words().to_owned()).collect();
    let chosen = app.prompt.choose("What now", &words)?;
    let changed = match actions.get(chosen) {
        Some(Action::Again) => arguments.clone(),
        Some(Action::Another) => Connect { name: Some(label(app, &target.name)?), ..arguments.clone() },
        Some(Action::More) => {
            let chosen = app.prompt.choose_some("What more shall it do", &missing)?;
            let more: Vec<String> = chosen.iter().filter_map(|at| missing.get(*at)).cloned().collect();
            if more.is_empty() {
                return Ok(Some(WhatNow::Nothing));
            }
            let can = more.iter().map(|capability| format!("+{capability}")).collect();
            Connect { can, ..arguments.clone() }
        }
        Some(Action::Leave) | None => return Ok(Some(WhatNow::Nothing)),
    };
    Ok(Some(WhatNow::Change(Box::new(changed))))
}

/// A flag has decided on the way in already.
fn says_how(arguments: &Connect) -> bool {
    arguments.asked() != Asked::default()
        || arguments.token_stdin
        || arguments.client_id.is_some()
        || arguments.service_account.is_some()
        || arguments.client_credentials
}

/// Registering an app takes minutes, and not everybody may: who has none may paste a token where the provider has some.
pub(super) fn rather_pastes(app: &App, arguments: &Connect, target: &Target) -> Result<bool, Error> {
    let provider = &target.provider;
    let Some(paste) = &provider.paste else { return Ok(false) };
    let is_settled = target.pasted || target.machine || target.existing.is_some() || says_how(arguments);
    let needs_app = provider.has_oauth() && provider.issuer.is_none() && provider.resource.is_none();
    let has_app = provider.client_id.is_some() || app.client_id(provider)?.is_some();
    if is_settled || !needs_app || has_app || !app.prompt.is_allowed() {
        return Ok(false);
    }
    let title = &provider.title;
    let ways = [
        "Sign in, with an OAuth app of your own (a few minutes, once)".to_owned(),
        format!("Paste {}", paste.with_article()),
    ];
    Ok(app.prompt.choose(&format!("Connect {title}"), &ways)? == 1)
}

#[derive(Clone, Copy)]
enum Action {
    Again,
    Another,
    More,
    Leave,
}

impl Action {
    fn words(self) -> &'static str {
        match self {
            Action::Again => "Sign in again",
            Action::Another => "Connect another account beside it",
            Action::More => "Let it do more",
            Action::Leave => "Leave it as it is",
        }
    }
}

/// A name for the second account that nothing has yet.
fn label(app: &App, beside: &Name) -> Result<Name, Error> {
    loop {
        let typed =
            app.prompt.text(&format!("A label for the other account, as in {}/LABEL", beside.head()))?;
        let name = match format!("{}/{typed}", beside.head()).parse::<Name>() {
            Ok(name) => name,
            Err(why) => {
                app.out.warn(&why);
                continue;
            }
        };
        if app.vault()?.grant(&name)?.is_none() {
            return Ok(name);
        }
        app.out.warn(&format!("{name} is connected too; choose another label"));
    }
}
