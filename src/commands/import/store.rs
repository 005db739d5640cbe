//! Stores what was examined, under its lock. A grant that has to be refreshed first is stored before, so that a new
//! refresh token is never won without a place to keep it; one that is refused leaves nothing behind.

use super::super::connect::{Settlement, Sited, choose_site};
use super::candidate::Candidate;
use super::examine::{Examined, Verdict};
use super::{Imported, client, provider_file};
use crate::app::{App, Need, renew_error};
use crate::error::{Error, Kind};
use crate::oauth::{self, Context, Renewal};
use crate::output::unbreakable;
use crate::vault::{Grant, VaultError};

pub(super) async fn store(app: &App, examined: Examined) -> Result<Imported, Error> {
    let Examined { candidate, verdict, seen, replace, mut warnings } = examined;
    let (name, provider) = (candidate.name.clone(), &candidate.provider);
    let imported = |grant: Grant, warnings: Vec<String>, kept: bool| Imported {
        name: name.clone(),
        title: provider.title.clone(),
        grant,
        warnings,
        kept,
        moved: candidate.moved,
    };
    if let Verdict::Keep(grant) = verdict {
        return Ok(imported(*grant, warnings, true));
    }
    let vault = app.vault()?;
    let locks = app.lock_to_save(&name).await?;
    let guard = unbreakable();
    let before = if replace { vault.replaceable(&name)? } else { vault.grant(&name)? };
    if before.as_ref().map(|grant| grant.generation) != seen {
        return Err(Error::new(
            Kind::Busy,
            format!("{name} was changed by another process meanwhile; it was not imported"),
        )
        .help("try again"));
    }
    let mut grant = candidate.grant.clone();
    grant.generation = grant.generation.max(seen.unwrap_or(0));
    let plan = client::plan(app, provider, candidate.client.as_ref(), replace)?;
    warnings.extend(plan.warning.clone());
    let written = match &candidate.provider_file {
        Some(text) if provider_file::write(app, provider, text, candidate.carried)? => Some(text),
        _ => None,
    };
    plan.apply(app, &provider.name)?;
    vault.save_another(&name, &mut grant)?;
    app.record_vault()?;
    drop(locks);
    if let Verdict::Refresh = verdict {
        match refresh(app, &candidate, &grant).await {
            Ok(renewed) => {
                let (checked, warning) = verify(app, &candidate, renewed).await?;
                grant = checked;
                warnings.extend(warning);
            }
            Err(error) if matches!(error.exit(), 4 | 75) => {
                warnings
                    .push(format!("{name} is stored unverified, and not refreshed yet: {}", error.message));
            }
            // The vault fails: what it holds is better left alone.
            Err(error) if error.exit() == 5 => return Err(error),
            Err(error) => {
                if take_back(app, &candidate, &grant, before).await? {
                    let used = is_used_elsewhere(app, &candidate)?;
                    plan.undo(app, &provider.name, used)?;
                    if let Some(text) = written.filter(|_| !used) {
                        provider_file::withdraw(app, &provider.name, text);
                    }
                }
                return Err(refused(&candidate, error));
            }
        }
    }
    app.went_well(&name, &provider.name, grant.verified);
    drop(guard);
    Ok(imported(grant, warnings, false))
}

async fn refresh(app: &App, candidate: &Candidate, grant: &Grant) -> Result<Grant, Error> {
    let provider = &candidate.provider;
    let client = app.client_of(provider, grant)?;
    let context = Context { http: app.http()?, provider, client: &client, budget: app.budget()? };
    let renewal = Renewal {
        vault: app.vault()?,
        name: &candidate.name,
        lock_wait: app.lock_wait()?,
        min_valid: None,
        force: true,
        rejected: None,
        // The whole of it is held.
    };
    let need = Need { force: true, ..Need::default() };
    let renewed =
        renewal.run(&context).await.map_err(|error| renew_error(&candidate.name, provider, need, error))?;
    Ok(renewed.into_grant())
}

/// For `--dry-run`: the refresh that a spent token would need.
pub(super) async fn rehearse(app: &App, examined: &Examined) -> Result<(), Error> {
    let (Verdict::Refresh, candidate) = (&examined.verdict, &examined.candidate) else { return Ok(()) };
    let (provider, grant) = (candidate.provider.of_grant(&candidate.grant)?, &candidate.grant);
    let client = match &candidate.client {
        Some(client) => client.clone(),
        None => app.client_of(&provider, grant)?,
    };
    let context = Context { http: app.http()?, provider: &provider, client: &client, budget: app.budget()? };
    Ok(oauth::rehearse(&context, grant).await?)
}

/// Asks whose the new token is and notes it, unless somebody has renewed it again since.
async fn verify(
    app: &App,
    candidate: &Candidate,
    mut grant: Grant,
) -> Result<(Grant, Option<String>), Error> {
    let name = &candidate.name;
    let settlement: Settlement<'_> = candidate.settlement(None, true);
    let looked = match choose_site(app, settlement.provider, settlement.site, &mut grant).await {
        Ok(Sited::Yes) => settlement.look_up(app, &mut grant).await,
        Ok(Sited::Open(error)) | Err(error) => Err(error),
    };
    let warning = match looked {
        Ok(warning) => warning,
        // The refresh token was good: that much is known, and it is kept.
        Err(error) => Some(format!("{name} is stored unverified: {}", error.message)),
    };
    let _lock = app.vault()?.lock(name, app.lock_wait()?).await?;
    match app.vault()?.grant(name)? {
        Some(stored) if stored.generation == grant.generation => app.vault()?.save(name, &mut grant)?,
        Some(stored) => grant = stored,
        None => return Err(Error::from(VaultError::Refused(format!("{name} was disconnected meanwhile")))),
    }
    Ok((grant, warning))
}

/// What was stored for the refresh alone goes, and what was there before returns: unless another process has put
/// something else there since.
async fn take_back(
    app: &App,
    candidate: &Candidate,
    ours: &Grant,
    before: Option<Grant>,
) -> Result<bool, Error> {
    let (name, vault) = (&candidate.name, app.vault()?);
    let _lock = vault.lock(name, app.lock_wait()?).await?;
    let is_ours = vault
        .grant(name)?
        .is_some_and(|stored| stored.refresh_token == ours.refresh_token && stored.machine == ours.machine);
    match before {
        _ if !is_ours => return Ok(false),
        Some(mut before) => {
            before.generation = ours.generation + 1;
            vault.save(name, &mut before)?;
        }
        None => drop(vault.delete(name)?),
    }
    Ok(true)
}

/// Whether other connections have the provider of this one. What nobody can read may be one.
fn is_used_elsewhere(app: &App, candidate: &Candidate) -> Result<bool, Error> {
    let grants = app.vault()?.grants()?;
    let has_it = |grant: &Grant| grant.provider == candidate.provider.name;
    Ok(grants.iter().any(|(name, grant)| *name != candidate.name && grant.as_ref().map_or(true, has_it)))
}

fn refused(candidate: &Candidate, error: Error) -> Error {
    let name = &candidate.name;
    match error.kind {
        Kind::NeedsReauth => {
            Error::new(Kind::NeedsReauth, format!("{}; nothing was stored", error.message)).help(format!(
                "if another machine has refreshed it since, hand it over from there with `integ export {name} --move`; \
                 otherwise: integ connect {name}"
            ))
        }
        Kind::ClientMisconfigured => error.help("check `client_id` and `client_secret`; nothing was stored"),
        _ => error,
    }
}
