//! Proves one connection: whose token it is, whether it lives, and what will fail with it.

use super::further::{self, Capable, Warning};
use crate::app::{App, Ended, Need, refused, scope_missing, sign_in_again};
use crate::error::{Error, Kind, later};
use crate::name::Name;
use crate::oauth::Introspection;
use crate::providers::{Answered, Api, Protocol, Provider, Refusal, whoami};
use crate::vault::{Grant, Identity};

pub(super) struct Proven {
    pub identity: Identity,
    /// Required scopes that were not granted, or that the provider missed.
    pub missing: Vec<String>,
    /// The provider has no such call: all that is known is that the token is fresh.
    pub unasked: bool,
    pub capabilities: Vec<Capable>,
    pub warnings: Vec<Warning>,
    /// What else is worth knowing.
    pub detail: Option<String>,
}

pub(super) async fn check(app: &App, name: &Name, grant: Grant) -> Result<Proven, Error> {
    let provider = app.provider(&grant)?;
    let outcome = prove(app, name, &provider, grant).await;
    match &outcome {
        Ok(_) => app.went_well(name, &provider.name, true),
        Err(error) => app.went_wrong(name, &provider.name, error, crate::index::Occasion::Check),
    }
    outcome
}

/// A fresh token that is refused is renewed once: the provider may know better than the clock.
async fn prove(app: &App, name: &Name, provider: &Provider, grant: Grant) -> Result<Proven, Error> {
    if provider.protocol == Protocol::Imap {
        return open(app, name, provider, grant).await;
    }
    let mut grant = app.fresh(name, grant, Need::default()).await?.into_grant();
    let mut renewed = false;
    loop {
        let refusal = match ask(app, name, provider, &mut grant).await? {
            Ok(proven) => return Ok(proven),
            Err(refusal) => refusal,
        };
        if renewed || !grant.can_refresh() {
            let error = sign_in_again(name, Some(provider), &Ended::by(provider, &grant, &refusal));
            return Err(error.of_machine(name, &grant));
        }
        renewed = true;
        let rejected = grant.access_token.clone();
        let need = Need { rejected: Some(&rejected), ..Need::default() };
        grant = app.fresh(name, grant, need).await?.into_grant();
    }
}

/// The inner error: the token itself was refused.
async fn ask(
    app: &App,
    name: &Name,
    provider: &Provider,
    grant: &mut Grant,
) -> Result<Result<Proven, Refusal>, Error> {
    let budget = app.budget()?;
    let about = format!("{name}: {}", provider.title);
    let answered = whoami(&Api { budget, ..app.api(provider, grant)? }, &grant.endpoints).await;
    let (identity, scopes) = match answered? {
        Answered::As { identity, scopes } => (Some(identity), scopes),
        Answered::Unknown => (None, None),
        // Many servers tell only people who they are; that a new token was given is proof enough of a machine.
        Answered::Rejected(_) | Answered::MissingScope(_) | Answered::Refused(_)
            if grant.machine.is_some() && !grant.verified =>
        {
            (None, None)
        }
        Answered::Rejected(refusal) => return Ok(Err(refusal)),
        Answered::MissingScope(refusal) => return Err(scope_missing(name, &provider.title, refusal)),
        Answered::Later { status, at, words } => {
            return Err(later(&about, status, at).in_their_words(&words));
        }
        Answered::Refused(refusal) => return Err(refused(name, &provider.title, refusal)),
    };
    let mut warnings = Vec::new();
    let told = match app.introspect(provider, grant, budget).await {
        Some(Ok(Introspection { ended: Some(mut refusal), .. })) => {
            if refusal.words.is_empty() {
                refusal.words = "the token is no longer active".into();
            }
            return Ok(Err(refusal));
        }
        Some(Ok(told)) => Some(told),
        Some(Err(why)) => {
            let words = format!("asking about the token brought no answer ({why})");
            warnings.push(Warning { name: "introspection".into(), words });
            None
        }
        None => None,
    };
    let unasked = identity.is_none() && told.is_none();
    note(app, name, grant, identity, told.as_ref()).await?;
    let granted = scopes.unwrap_or_else(|| grant.scopes.clone());
    let api = Api { budget: further::budget(budget), ..app.api(provider, grant)? };
    let (capabilities, further) = further::ask(&api, name, &grant.capabilities, &granted).await;
    warnings.extend(further);
    let mut missing = provider.missing_scopes(&grant.capabilities, &granted);
    for scope in capabilities.iter().filter_map(|c| c.error.as_ref()).flat_map(|error| &error.needed) {
        if !missing.contains(scope) {
            missing.push(scope.clone());
        }
    }
    let withheld = provider.withheld_scopes(&grant.capabilities, &granted);
    let detail = (!withheld.is_empty()).then(|| format!("works without {}", withheld.join(", ")));
    let identity = grant.identity.clone();
    Ok(Ok(Proven { identity, missing, unasked, capabilities, warnings, detail }))
}

/// A mailbox is proved by opening it.
async fn open(app: &App, name: &Name, provider: &Provider, mut grant: Grant) -> Result<Proven, Error> {
    let visit = app.visit(name, provider, &grant).await.map_err(|error| error.about(name.as_str()))?;
    note(app, name, &mut grant, Some(visit.identity), None).await?;
    Ok(Proven {
        identity: grant.identity,
        missing: Vec::new(),
        unasked: false,
        capabilities: Vec::new(),
        warnings: Vec::new(),
        detail: visit.messages.map(|count| format!("{count} messages in its INBOX")),
    })
}

/// What was learnt is kept with the grant, unless somebody has renewed it since. A connection that answers as somebody
/// else is not who it was.
async fn note(
    app: &App,
    name: &Name,
    grant: &mut Grant,
    identity: Option<Identity>,
    told: Option<&Introspection>,
) -> Result<(), Error> {
    let mut changed = false;
    if let Some(identity) = identity {
        if grant.verified && grant.identity.id != identity.id {
            let now = identity.account.as_deref().unwrap_or("somebody else");
            return Err(Error::new(Kind::AccountMismatch, format!("{name} now answers as {now}"))
                .help(format!("integ connect {name} --replace")));
        }
        changed = !grant.verified;
        // What the provider says today is shown; what it once said is what a later answer is held against.
        let known = std::mem::take(&mut grant.identity);
        grant.take_identity(identity);
        let Identity { account, workspace, .. } = &mut grant.identity;
        *account = account.take().or(known.account);
        *workspace = workspace.take().or(known.workspace);
    }
    changed |= told.is_some_and(|told| grant.learn(told));
    if !changed {
        return Ok(());
    }
    let vault = app.vault()?;
    let _lock = vault.lock(name, app.lock_wait()?).await?;
    match vault.grant(name)? {
        Some(stored) if stored.access_token == grant.access_token => {
            grant.generation = stored.generation;
            Ok(vault.save(name, grant)?)
        }
        _ => Ok(()),
    }
}
