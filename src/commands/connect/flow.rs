//! Which way the consent takes, and why.

use super::target::Target;
use super::{Connect, Settled, browser, device, paste, rehearse};
use crate::app::App;
use crate::commands::setup;
use crate::error::Error;
use crate::oauth::{Redirect, Server};
use crate::providers::{Provider, issuer_file};

/// Nothing listens on it; a provider that takes any port takes this one.
const UNUSED_PORT: u16 = 53_187;

pub(super) async fn sign_in(app: &App, arguments: &Connect, target: Target) -> Result<Settled, Error> {
    let server = Server::of(&target.provider, app.http()?, app.budget()?).await?;
    let target = &target.offered_by(&server);
    let provider = &target.provider;
    if provider.uses_pkce() && server.issuer.is_some() && server.lacks_s256 {
        app.out
            .warn(&format!("{} does not announce PKCE with S256; it is used all the same", provider.title));
    }
    let redirect = setup::redirect(app, provider, arguments.port)?;
    if app.is_dry() && !arguments.device {
        return rehearse::sign_in(app, arguments, target, &server, &redirect, UNUSED_PORT).await;
    }
    let settled = match redirect {
        _ if arguments.device => {
            app.out.say("Signing in with a code on another device, as asked.");
            device::sign_in(app, arguments, target, &server).await
        }
        Redirect::Listen(want) if arguments.paste => {
            app.out.say("Signing in with a pasted address, as asked.");
            paste::sign_in(app, arguments, target, &server, &want.address_or(UNUSED_PORT)).await
        }
        Redirect::Listen(want) => browser::sign_in(app, arguments, target, &server, &want).await,
        Redirect::Https(exact) => {
            let title = &provider.title;
            app.out.say(&format!(
                "{title} redirects to https only, where no program on this machine can listen."
            ));
            paste::sign_in(app, arguments, target, &server, &exact).await
        }
        Redirect::None => Err(Error::usage(format!("{} has no sign-in in a browser", provider.title))
            .help(format!("integ connect {} --token-stdin", target.name))),
    }?;
    if target.is_new_provider {
        write_provider_file(app, provider, settled.grant.client_id.as_deref())?;
    }
    Ok(settled)
}

/// A server that was named by its issuer gets a provider file: from now on it is a provider like any other.
pub(super) fn write_provider_file(
    app: &App,
    provider: &Provider,
    client_id: Option<&str>,
) -> Result<(), Error> {
    let path = app.catalogue().path_of(&provider.name);
    let public = client_id.is_some() && app.client(provider)?.is_some_and(|client| client.secret.is_none());
    let issuer = provider.issuer.as_deref().unwrap_or_default();
    let text = issuer_file(&provider.title, issuer, &provider.scopes, public);
    crate::vault::file::write_private(&path, text.as_bytes())?;
    app.out.say(&format!("Wrote {}: the provider can be changed there.", path.display()));
    Ok(())
}
