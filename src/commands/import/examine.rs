//! What can be learnt about an entry without changing anything: whose it is, whether it works, whether it may take the
//! place of what is there.

use super::candidate::Candidate;
use super::client;
use super::newer::{Newer, newer};
use crate::app::{App, no_client};
use crate::clock;
use crate::commands::connect::{Sited, choose_site};
use crate::error::{Error, Kind};
use crate::oauth::{OauthError, Server};
use crate::vault::{Grant, RefreshRule};

pub(super) enum Verdict {
    Store,
    /// Its access token is spent or missing: stored, then refreshed at once.
    Refresh,
    /// What is here is newer.
    Keep(Box<Grant>),
}

pub(super) struct Examined {
    pub candidate: Candidate,
    pub verdict: Verdict,
    /// The generation of the grant that was there.
    pub seen: Option<u64>,
    pub replace: bool,
    pub warnings: Vec<String>,
}

pub(super) async fn examine(app: &App, mut candidate: Candidate, replace: bool) -> Result<Examined, Error> {
    let name = candidate.name.clone();
    let vault = app.vault()?;
    let existing = if replace { vault.replaceable(&name)? } else { vault.grant(&name)? };
    let seen = existing.as_ref().map(|grant| grant.generation);
    if let Some(other) =
        existing.as_ref().filter(|grant| grant.provider != candidate.provider.name && !replace)
    {
        return Err(Error::usage(format!(
            "`{name}` is connected to {}, not to {}",
            other.provider, candidate.provider.name
        ))
        .help("choose another name, or add --replace to lose that connection"));
    }
    let here = existing.as_ref().filter(|_| !replace);
    if let Some(here) = here
        && let Some(newer) = newer(here, &candidate, &candidate.grant)
    {
        return Ok(Examined::kept(candidate, here, newer));
    }
    app.stays_with_mail(&candidate.provider, &candidate.grant).map_err(|error| error.about(name.as_str()))?;
    // What it refuses, it refuses before the first entry is stored.
    client::plan(app, &candidate.provider, candidate.client.as_ref(), replace)?;
    let mut warnings = Vec::new();
    let mut grant = candidate.grant.clone();
    discover(app, &candidate, &mut grant).await.map_err(|error| error.about(name.as_str()))?;
    let settlement = candidate.settlement(existing.as_ref(), replace);
    let alive = grant.via().is_some()
        || !grant.access_token.expose().is_empty()
            && grant.remaining(clock::now()).is_none_or(|left| left > 0);
    let mut verdict = Verdict::Refresh;
    if alive {
        let looked = match choose_site(app, settlement.provider, settlement.site, &mut grant).await {
            Ok(Sited::Yes) => settlement.look_up(app, &mut grant).await,
            Ok(Sited::Open(error)) if error.kind == Kind::InteractionNeeded => {
                return Err(error
                    .about(name.as_str())
                    .help(format!("integ import {name} --option NAME=VALUE")));
            }
            Ok(Sited::Open(error)) | Err(error) => Err(error),
        };
        match looked {
            Ok(warning) => {
                warnings.extend(warning);
                verdict = Verdict::Store;
                grant.expires_at = grant.expires_at.or_else(|| assumed_end(&candidate, &grant));
            }
            Err(error) if error.kind == Kind::NeedsReauth && grant.can_refresh() => {}
            Err(error) => return Err(error.about(name.as_str())),
        }
    }
    if matches!(verdict, Verdict::Refresh) {
        must_refresh(&candidate, &grant)?;
    }
    let spends = matches!(verdict, Verdict::Refresh);
    may_replace(&candidate, existing.as_ref(), &grant, spends, replace)?;
    settlement.check_account(&grant).map_err(|error| {
        error.help(format!(
            "integ import {}/LABEL keeps both; integ import {name} --replace replaces it",
            name.head()
        ))
    })?;
    // Whose it is, is known by now.
    if let Some(here) = here
        && let Some(newer) = newer(here, &candidate, &grant)
    {
        return Ok(Examined::kept(candidate, here, newer));
    }
    candidate.grant = grant;
    Ok(Examined { candidate, verdict, seen, replace, warnings })
}

impl Examined {
    fn kept(candidate: Candidate, here: &Grant, newer: Newer) -> Examined {
        let name = &candidate.name;
        let told =
            |why| format!("{name}: {why}, so the grant that is here is kept; --replace takes the other one");
        let warnings = newer.warning.map(told).into_iter().collect();
        let (verdict, seen) = (Verdict::Keep(Box::new(here.clone())), Some(here.generation));
        Examined { candidate, verdict, seen, replace: false, warnings }
    }
}

/// A life that nobody tells: a token that can be renewed counts as spent, so that its next use renews it.
fn assumed_end(candidate: &Candidate, grant: &Grant) -> Option<i64> {
    let renewable = grant.can_refresh() && grant.client_id.is_some() && grant.refresh != RefreshRule::On401;
    (renewable && !candidate.carried).then(clock::now)
}

fn must_refresh(candidate: &Candidate, grant: &Grant) -> Result<(), Error> {
    let name = &candidate.name;
    if !grant.can_refresh() {
        return Err(Error::new(
            Kind::NeedsReauth,
            format!("{name}: the token has expired, and there is no refresh token; nothing was stored"),
        )
        .help(format!("integ connect {name}")));
    }
    let signs = grant.machine.as_ref().is_some_and(|machine| machine.key.is_some());
    if !signs
        && grant.client_id.is_none()
        && candidate.client.is_none()
        && candidate.provider.client_id.is_none()
    {
        return Err(no_client(&candidate.provider.name).about(name.as_str()));
    }
    Ok(())
}

/// Whose a grant is has to be known before it takes the place of a known one, and before a refresh token is spent on it.
fn may_replace(
    candidate: &Candidate,
    existing: Option<&Grant>,
    grant: &Grant,
    spends: bool,
    replace: bool,
) -> Result<(), Error> {
    let Some(before) = existing.filter(|_| !replace) else { return Ok(()) };
    let unknown = grant.identity.id.is_none() && grant.identity.account.is_none();
    let same = before.refresh_token.is_some() && before.refresh_token == grant.refresh_token;
    if !unknown || same || !(spends || before.verified) {
        return Ok(());
    }
    let name = &candidate.name;
    Err(Error::new(
        Kind::AccountMismatch,
        format!(
            "`{name}` is connected, and nothing tells whether this is the same account; nothing was changed"
        ),
    )
    .help(format!("integ import {name} --replace takes it all the same")))
}

/// Where a server is known by its issuer, its endpoints are pinned now: a refresh asks nobody where to go.
async fn discover(app: &App, candidate: &Candidate, grant: &mut Grant) -> Result<(), Error> {
    let provider = &candidate.provider;
    if provider.issuer.is_none() || grant.endpoints.token.is_some() || provider.token_url.is_some() {
        return Ok(());
    }
    let server = match Server::of(provider, app.http()?, app.budget()?).await {
        Ok(server) => server,
        // Without a refresh token the endpoints are a convenience.
        Err(error) if error.is_transient() && !grant.can_refresh() => return Ok(()),
        Err(OauthError::NoMetadata(_) | OauthError::Metadata(_)) if !grant.can_refresh() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    grant.endpoints = server.pinned(provider);
    Ok(())
}
