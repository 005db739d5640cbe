//! Which way the consent takes, and why.

use super::target::Target;
use super::{Connect, Settled, anywhere, browser, device, paste};
use crate::app::App;
use crate::commands::setup;
use crate::error::Error;
use crate::oauth::Redirect;

/// Nothing listens on it; a provider that takes any port takes this one.
pub(super) const UNUSED_PORT: u16 = 53_187;

pub(super) async fn sign_in(app: &App, arguments: &Connect, target: Target) -> Result<Settled, Error> {
    let (target, server) = anywhere::meet(app, arguments, target).await?;
    let target = &target;
    let provider = &target.provider;
    if provider.uses_pkce() && server.issuer.is_some() && server.lacks_s256() {
        app.out
            .warn(&format!("{} does not announce PKCE with S256; it is used all the same", provider.title));
    }
    let settled = match setup::redirect(app, provider, arguments.port)? {
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
        anywhere::write_provider_file(app, provider, settled.client_auth)?;
    }
    Ok(settled)
}
