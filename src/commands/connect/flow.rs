//! Which way the consent takes: a listener on this machine, a pasted address, a device code. Says which and why.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::target::Target;
use super::{Connect, Settled, pages};
use crate::app::{App, environment, no_client};
use crate::error::{Error, Kind};
use crate::oauth::loopback::{Answer, BindError, Callback, Host, Loopback, Want};
use crate::oauth::{
    Client, Context, DeviceSignIn, OauthError, Server, SignIn, read_callback, register,
};
use crate::output::{self, sanitise};
use crate::providers::{ClientAuth, Provider};

const MOST: Duration = Duration::from_secs(15 * 60);

pub(super) async fn sign_in(app: &App, arguments: &Connect, target: Target) -> Result<Settled, Error> {
    let server = Server::of(&target.provider, app.http()?, app.budget()?).await?;
    let target = &target.offered_by(&server);
    let provider = &target.provider;
    if provider.uses_pkce() && server.issuer.is_some() && server.lacks_s256 {
        app.out.warn(&format!("{} does not announce PKCE with S256; it is used all the same", provider.title));
    }
    let settled = if arguments.device {
        app.out.say("Signing in with a code on another device, as asked.");
        by_device(app, arguments, target, &server).await
    } else if arguments.paste || !accepts_loopback(provider) {
        by_paste(app, arguments, target, &server).await
    } else {
        by_loopback(app, arguments, target, &server).await
    }?;
    if target.is_new_provider {
        write_provider_file(app, provider, settled.grant.client_id.as_deref())?;
    }
    Ok(settled)
}

/// Some providers take https addresses only: no program on this machine can listen on one that a browser trusts.
fn accepts_loopback(provider: &Provider) -> bool {
    provider.redirect.as_deref().is_none_or(|redirect| !redirect.starts_with("https"))
}

pub(in crate::commands) fn want(app: &App, provider: &Provider, port: Option<u16>) -> Result<Want, Error> {
    let configured = app.config()?.own(&format!("client.{}.port", provider.name)).and_then(|p| p.parse().ok());
    let chosen: Vec<u16> = port.or(configured).into_iter().collect();
    let any = |host| Want { host, ports: chosen.clone(), path: "/callback".into() };
    match provider.redirect.as_deref() {
        None | Some("loopback") => Ok(any(Host::Ipv4)),
        Some("localhost") => Ok(any(Host::Localhost)),
        Some(exact) => {
            let wrong = || Error::new(Kind::Config, format!("`redirect` of {} is not usable: {exact}", provider.name));
            let url: Url = exact.parse().map_err(|_| wrong())?;
            let host = match url.host_str() {
                Some("localhost") => Host::Localhost,
                Some("127.0.0.1") => Host::Ipv4,
                _ => return Err(wrong()),
            };
            let ports = if chosen.is_empty() { vec![url.port().ok_or_else(wrong)?] } else { chosen };
            Ok(Want { host, ports, path: url.path().to_owned() })
        }
    }
}

async fn by_loopback(app: &App, arguments: &Connect, target: &Target, server: &Server) -> Result<Settled, Error> {
    let provider = &target.provider;
    let browser = may_open_browser(app, arguments, target)?;
    let mut listener = Loopback::bind(&want(app, provider, arguments.port)?).await.map_err(bind_error)?;
    let client = client(app, target, server, listener.redirect_uri()).await?;
    let context = Context { http: app.http()?, provider, client: &client, budget: app.budget()? };
    let hint = arguments.expect.as_deref();
    let signin = SignIn::begin(&context, server, listener.redirect_uri(), &target.scopes, hint).await?;
    announce(app, provider, &signin.url, listener.redirect_uri(), browser)?;
    let patience = patience(app, arguments)?;
    let Ok(callback) = tokio::time::timeout(patience, listener.wait(signin.state())).await else {
        let words = crate::duration::words(i64::try_from(patience.as_secs()).unwrap_or(0));
        return Err(Error::new(Kind::SigninTimeout, format!("nobody signed in to {} within {words}", provider.title))
            .help(format!("integ connect {0}; without a browser here: integ connect {0} --paste", target.name)));
    };
    let outcome = finish(app, arguments, target, server, &client, signin, &callback).await;
    let page = match &outcome {
        Ok(settled) => pages::success(provider, &target.name, settled),
        Err(error) => pages::failure(provider, &target.name, error),
    };
    callback.reply(page).await;
    outcome
}

async fn finish(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    client: &Client,
    signin: SignIn,
    callback: &Callback,
) -> Result<Settled, Error> {
    complete(app, arguments, target, server, client, signin, &callback.answer, &callback.iss).await
}

#[allow(clippy::too_many_arguments)]
async fn complete(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    client: &Client,
    signin: SignIn,
    answer: &Answer,
    iss: &[String],
) -> Result<Settled, Error> {
    let context =
        Context { http: app.http()?, provider: &target.provider, client, budget: app.budget()? };
    signin.check_issuer(server, iss)?;
    let code = match answer {
        Answer::Code(code) => code,
        Answer::Refused { error, description } => {
            let denied = Error::from(SignIn::denied(&context, error, description.as_deref()));
            return Err(denied.help(format!("integ connect {} asks again", target.name)));
        }
    };
    let tokens = signin.exchange(&context, server, code).await.map_err(|error| exchange_error(error, target))?;
    let settlement = target.settlement(arguments);
    settlement.settle(app, settlement.grant_of(tokens, server, &client.id)).await
}

async fn by_paste(app: &App, arguments: &Connect, target: &Target, server: &Server) -> Result<Settled, Error> {
    let provider = &target.provider;
    if !app.prompt.is_allowed() {
        return Err(Error::new(Kind::InteractionNeeded, "pasting an address needs a person at a terminal")
            .help(format!("at a terminal: integ connect {} --paste", target.name)));
    }
    let redirect_uri = match provider.redirect.as_deref() {
        Some(https) if https.starts_with("https:") => https.to_owned(),
        _ => {
            let want = want(app, provider, arguments.port)?;
            let host = if want.host == Host::Ipv4 { "127.0.0.1" } else { "localhost" };
            let port = want.ports.first().copied().unwrap_or(53_187);
            format!("http://{host}:{port}{}", want.path)
        }
    };
    let client = client(app, target, server, &redirect_uri).await?;
    let context = Context { http: app.http()?, provider, client: &client, budget: app.budget()? };
    let signin = SignIn::begin(&context, server, &redirect_uri, &target.scopes, arguments.expect.as_deref()).await?;
    app.out.say("Open this address in any browser and sign in. It ends on a page that does not load: that is as it");
    app.out.say("should be. Copy the whole address of that page from the address bar and paste it here.");
    app.out.always(&sanitise::line(signin.url.as_str()));
    let pasted = app.prompt.secret("Address")?;
    let (answer, iss) = read_callback(pasted.expose(), signin.state(), provider.uses_pkce())?;
    complete(app, arguments, target, server, &client, signin, &answer, &iss).await
}

async fn by_device(app: &App, arguments: &Connect, target: &Target, server: &Server) -> Result<Settled, Error> {
    let client = client(app, target, server, "").await?;
    let context =
        Context { http: app.http()?, provider: &target.provider, client: &client, budget: app.budget()? };
    let device = DeviceSignIn::begin(&context, server, &target.scopes).await?;
    if app.out.json {
        let page = device.page_with_code.as_ref().unwrap_or(&device.page);
        app.out.object(json!({"v": 1, "event": "device", "user_code": device.user_code,
            "url": device.page.as_str(), "url_complete": page.as_str()}))?;
    }
    app.out.always(&format!("Open  {}\nCode  {}", sanitise::line(device.page.as_str()), device.user_code));
    let progress = output::Progress::new(&app.out, 0, "Waiting for you to enter the code");
    let patience = patience(app, arguments)?;
    let tokens = match tokio::time::timeout(patience, device.wait(&context, server)).await {
        Ok(tokens) => tokens.map_err(|error| exchange_error(error, target))?,
        Err(_) => return Err(OauthError::TimedOut("the code was not entered in time".into()).into()),
    };
    drop(progress);
    let settlement = target.settlement(arguments);
    settlement.settle(app, settlement.grant_of(tokens, server, &client.id)).await
}

/// A client that was set up, one that the server registers now, or the way to set one up.
async fn client(app: &App, target: &Target, server: &Server, redirect_uri: &str) -> Result<Client, Error> {
    if let Some(client) = app.client(&target.provider)? {
        return Ok(client);
    }
    let name = &target.provider.name;
    match &server.register {
        Some(endpoint) => {
            app.out.say(&format!("{} registers clients by itself: registering one.", target.provider.title));
            let client = register(app.http()?, endpoint, redirect_uri, &target.scopes, app.budget()?).await?;
            super::super::setup::save_client(app, name, &client.id, client.secret.as_ref(), None)?;
            Ok(client)
        }
        None if app.prompt.is_allowed() => {
            super::super::setup::walk_through(app, &target.provider)?;
            app.client(&target.provider)?.ok_or_else(|| no_client(name))
        }
        None => Err(no_client(name)),
    }
}

fn patience(app: &App, arguments: &Connect) -> Result<Duration, Error> {
    Ok(arguments.timeout.unwrap_or(app.config()?.duration("connect.timeout")).min(MOST))
}

/// Whether to open a browser. Without a terminal nothing opens or waits unless that was asked for.
fn may_open_browser(app: &App, arguments: &Connect, target: &Target) -> Result<bool, Error> {
    if arguments.no_browser {
        return Ok(false);
    }
    let given = environment::os_text("BROWSER").is_some() && !environment::is_ci() && app.prompt.may_act();
    if app.prompt.is_allowed() || given {
        return Ok(true);
    }
    let name = &target.name;
    Err(Error::new(Kind::InteractionNeeded, format!("connecting {name} needs a person in a browser, and there is no terminal"))
        .help(format!("at a terminal: integ connect {name}; for a program: integ connect {name} --no-browser; on a server: integ import")))
}

fn announce(app: &App, provider: &Provider, url: &Url, redirect_uri: &str, open: bool) -> Result<(), Error> {
    if app.out.json {
        app.out.object(json!({"v": 1, "event": "authorize", "url": url.as_str(), "redirect_uri": redirect_uri}))?;
    }
    let configured = app.config()?.text("connect.browser").map(Into::into);
    let browser = environment::os_text("BROWSER").or(configured);
    if open {
        app.out.say(&format!("Opening your browser to sign in to {}. If it does not open, visit:", provider.title));
    } else if !app.out.json {
        app.out.say(&format!("Sign in to {} at this address; waiting on {redirect_uri}", provider.title));
    }
    if !app.out.json || open {
        app.out.always(&sanitise::line(url.as_str()));
    }
    if open && let Err(why) = output::open_browser(url, browser.as_deref()) {
        app.out.warn(&format!("no browser could be opened ({why}): open the address above yourself"));
    }
    Ok(())
}

fn bind_error(error: BindError) -> Error {
    match error {
        BindError::PortTaken { ports, holder } => {
            let ports = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            OauthError::Port { ports, holder }.into()
        }
        other => Error::new(Kind::Storage, other.to_string()).help("integ doctor"),
    }
}

fn exchange_error(error: OauthError, target: &Target) -> Error {
    let mut error = Error::from(error);
    let name = &target.name;
    error.help = match error.kind {
        Kind::ClientMisconfigured => Some(format!("integ setup {}", target.provider.name)),
        Kind::Unsafe => error.help,
        _ => Some(format!("nothing was stored; sign in again: integ connect {name}")),
    };
    error
}

/// A server that was named by its issuer gets a provider file: from now on it is a provider like any other.
fn write_provider_file(app: &App, provider: &Provider, client_id: Option<&str>) -> Result<(), Error> {
    let path = app.catalogue().path_of(&provider.name);
    let mut file = toml_edit::DocumentMut::new();
    let set = |file: &mut toml_edit::DocumentMut, key: &str, value: &str| {
        file.insert(key, toml_edit::value(value));
    };
    set(&mut file, "title", &provider.title);
    set(&mut file, "issuer", provider.issuer.as_deref().unwrap_or_default());
    let public = client_id.is_some() && app.client(provider)?.is_some_and(|client| client.secret.is_none());
    if public && provider.client_auth != ClientAuth::None {
        set(&mut file, "client-auth", "none");
    }
    set(&mut file, "refresh", "rotating");
    file.insert("scopes", toml_edit::value(provider.scopes.iter().collect::<toml_edit::Array>()));
    crate::vault::file::write_private(&path, file.to_string().as_bytes())?;
    app.out.say(&format!("Wrote {}: the provider can be changed there.", path.display()));
    Ok(())
}

