//! What is connected or set up: readable grants, and redirect URIs whose ports can be had.

use super::{Check, Ground};
use crate::app::App;
use crate::commands::setup;
use crate::error::{Error, Kind};
use crate::oauth::Redirect;
use crate::oauth::loopback::{BindError, Loopback};
use crate::providers::Provider;
use crate::vault::Grant;

/// Items of the vault that cannot be read; a vault that cannot be opened has been told already.
pub(super) fn grants(ground: &Ground<'_>) -> Vec<Check> {
    let Some(grants) = ground.grants.get() else { return Vec::new() };
    let count = grants.len();
    let damaged: Vec<Check> = grants
        .iter()
        .filter_map(|(name, grant)| {
            let wrong = grant.as_ref().err()?;
            let mut error = Error::new(wrong.kind, format!("{name}: {}", wrong.message));
            error.help.clone_from(&wrong.help);
            Some(Check::failure("connections", error))
        })
        .collect();
    if damaged.is_empty() {
        vec![Check::fine("connections", format!("{count}, all readable"))]
    } else {
        damaged
    }
}

/// What has to be registered, word for word, and whether a sign-in could listen there.
pub(super) fn redirects(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    in_use(ground)
        .iter()
        .filter(|provider| provider.has_oauth())
        .filter_map(|provider| redirect(app, provider))
        .collect()
}

/// Providers that are connected or have a client; a connected one as its first connection sees it.
pub(super) fn in_use(ground: &Ground<'_>) -> Vec<Provider> {
    let app = ground.app;
    let grants = ground.grants.get().into_iter().flatten();
    let connected: Vec<&Grant> = grants.filter_map(|(_, grant)| grant.as_ref().ok()).collect();
    let known = app.catalogue().names().into_iter().filter_map(|name| app.catalogue().provider(&name).ok());
    known
        .filter_map(|provider| match connected.iter().find(|grant| grant.provider == provider.name) {
            Some(grant) => Some(provider.of_grant(grant).unwrap_or(provider)),
            None => app.client_id(&provider).is_ok_and(|id| id.is_some()).then_some(provider),
        })
        .collect()
}

fn redirect(app: &App, provider: &Provider) -> Option<Check> {
    let name = format!("redirect {}", provider.name);
    let (exact, wants) = match setup::redirect(app, provider, None) {
        Err(error) => return Some(Check::failure(&name, error)),
        Ok(Redirect::None) => return None,
        Ok(Redirect::Https(exact) | Redirect::Shown(exact)) => {
            return Some(Check::fine(&name, format!("{exact}, as registered; what it brings is pasted")));
        }
        Ok(Redirect::Listen(wants)) if wants.iter().any(|want| want.port.is_none()) => {
            return Some(Check::fine(&name, "any port of this machine will do"));
        }
        Ok(Redirect::Listen(wants)) => (Redirect::Listen(wants.clone()).registered().join(", "), wants),
    };
    Some(match app.block_on(Loopback::bind(&wants)) {
        Ok(Ok(_)) => Check::fine(&name, format!("{exact}, as registered; a port is free")),
        Ok(Err(taken @ (BindError::PortTaken { .. } | BindError::PortReserved { .. }))) => {
            let help =
                format!("end that program, or register another port: integ setup {} --port N", provider.name);
            Check::warning(&name, format!("{exact}: {taken}"), help)
        }
        Ok(Err(other)) => Check::failure(&name, Error::new(Kind::Storage, other.to_string())),
        Err(error) => Check::failure(&name, error),
    })
}
