//! From the way that was decided to its end, and what follows a first sign-in.

use super::arguments::Connect;
use super::decide::{Decision, End, Offer, Undecided, Way, decide};
use super::settle::Settled;
use super::target::Target;
use super::{browser, device, paste, rehearse, waiting};
use crate::app::{App, Surroundings, environment};
use crate::commands::{any_server, setup};
use crate::error::{Error, Kind};
use crate::oauth::{Redirect, Server};
use crate::providers::ClientAuth;

/// Finds out where the server's endpoints are, and for a new one what it is.
pub(super) async fn meet(
    app: &App,
    arguments: &Connect,
    mut target: Target,
) -> Result<(Target, Server), Error> {
    if !target.is_new_provider {
        let server = Server::of(&target.provider, app.http()?, app.budget()?).await?;
        return Ok((target, server));
    }
    let server = any_server::introduce(app, &mut target.provider, &arguments.scope).await?;
    target.scopes.clone_from(&target.provider.scopes);
    // Its file has them from now on.
    target.extra.clear();
    Ok((target, server))
}

/// `None`: another process will finish it.
pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: Target,
) -> Result<Option<Settled>, Error> {
    if !app.is_dry() {
        waiting::sweep(app);
    }
    let (target, server) = meet(app, arguments, target).await?;
    let target = &target;
    let provider = &target.provider;
    if !app.is_dry() {
        target.settlement(arguments).prove(app).await?;
    }
    if provider.uses_pkce() && server.issuer.is_some() && server.lacks_s256() {
        app.out
            .warn(&format!("{} does not announce PKCE with S256; it is used all the same", provider.title));
    }
    let redirect = setup::redirect(app, provider, arguments.port)?;
    if app.is_dry() && !arguments.device {
        return rehearse::sign_in(app, arguments, target, &server, &redirect).await.map(Some);
    }
    let Decision { way, why } = decision(app, arguments, target, &server, &redirect)?;
    let settled = match way {
        Way::Browser { open } => {
            app.out.say(told("with a browser", why));
            Some(browser::sign_in(app, arguments, target, &server, &redirect, open).await?)
        }
        Way::Paste | Way::Code => {
            app.out.say(told(pasted(way), why));
            paste::sign_in(app, arguments, target, &server, &redirect).await?
        }
        Way::Device => {
            app.out.say(told("with a code on another device", why));
            match device::sign_in(app, arguments, target, &server, &redirect).await {
                Err(device::Failed::NotOffered(error))
                    if !arguments.device && redirect.unheard().is_some() =>
                {
                    app.out.warn(&error.message);
                    app.out.say(told(pasted(way), "the code was refused"));
                    paste::sign_in(app, arguments, target, &server, &redirect).await?
                }
                outcome => outcome?,
            }
        }
    };
    if let Some(settled) = &settled {
        finish(app, target, settled)?;
    }
    Ok(settled)
}

fn told(how: &str, why: &str) -> String {
    format!("Signing in {how}: {why}.")
}

fn pasted(way: Way) -> &'static str {
    if way == Way::Code { "with a pasted code" } else { "with a pasted address" }
}

fn decision(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    redirect: &Redirect,
) -> Result<Decision, Error> {
    let provider = &target.provider;
    let needs_secret = provider.client_auth != ClientAuth::None && !provider.uses_pkce();
    let has_none = needs_secret && app.client(provider)?.is_some_and(|client| client.secret.is_none());
    let offer = Offer {
        end: match redirect {
            Redirect::Listen(_) => End::Here,
            Redirect::Https(_) => End::Https,
            Redirect::Shown(_) => End::Shown,
            Redirect::None => End::Nowhere,
        },
        device: server.device.is_some(),
        prefer: provider.prefer,
        exchangeable: !has_none,
    };
    let may_open = !environment::is_ci() && app.prompt.may_act();
    let named = environment::os_text("BROWSER").is_some() && may_open;
    let named = named || (app.prompt.is_allowed() && app.config()?.own("connect.browser").is_some());
    let here = Surroundings::here(app.prompt.is_allowed(), named);
    let name = &target.name;
    decide(arguments.asked(), offer, here).map_err(|undecided| match undecided {
        Undecided::NoSignIn => Error::usage(format!("{} has no sign-in in a browser", provider.title))
            .help(format!("integ connect {name} --token-stdin")),
        Undecided::NoTerminal => {
            let device = if offer.device { " or --device" } else { "" };
            let way = if offer.end == End::Here { "--no-browser" } else { "--paste" };
            Error::new(
                Kind::InteractionNeeded,
                format!("connecting {name} needs a person in a browser, and there is no terminal"),
            )
            .help(format!(
                "at a terminal: integ connect {name}; for a program: integ connect {name} {way}{device} (with --detach \
                 another process finishes it); on a server: integ import"
            ))
        }
    })
}

/// A server of which only an address was known gets a provider file.
pub(super) fn finish(app: &App, target: &Target, settled: &Settled) -> Result<(), Error> {
    if !target.is_new_provider {
        return Ok(());
    }
    any_server::write_provider_file(app, &target.provider, settled.client_auth)
}
