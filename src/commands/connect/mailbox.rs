//! The way into a mailbox: an address, the server behind it, and a password or another connection's token.

use super::arguments::Connect;
use super::settle::Settled;
use super::target::Target;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::secret_from_stdin;
use crate::providers::imap::{self, Server};
use crate::providers::{Mailbox, Options, Provider};
use crate::vault::Secret;

pub(super) fn connect(app: &App, arguments: &Connect, target: &Target) -> Result<Settled, Error> {
    let (name, provider) = (&target.name, &target.provider);
    let mut options = target.options.clone();
    if arguments.token_stdin {
        options.remove("via");
    }
    if let Some(via) = &arguments.via {
        options.insert("via".into(), provider.option_value("via", via.as_str())?);
    }
    if let Some(via) = options.get("via").cloned() {
        lean_on(app, name, provider, &mut options, &via)?;
    }
    if !options.contains_key("user") {
        let address = ask_address(app, name)?;
        options.insert("user".into(), provider.option_value("user", &address)?);
    }
    let known = imap::mailbox_of(provider, &options).cloned();
    let leans = options.contains_key("via");
    if let Some(mailbox) = known.as_ref().filter(|mailbox| mailbox.no_passwords && !leans) {
        return Err(no_passwords(name, mailbox));
    }
    let given = given(app, arguments, name, leans)?;
    app.vault()?;
    let server = find(app, name, provider, &options)?;
    if target.options.get("host") != Some(&server.host) {
        app.out
            .say(format!("The mail of {} is at {server}.", options.get("user").map_or("", String::as_str)));
    }
    server.remember(&mut options);
    let secret = match given {
        Some(secret) => secret,
        None => ask_password(app, known.as_ref())?,
    };
    let settlement = super::settle::Settlement { options: &options, ..target.settlement(arguments) };
    app.block_on(settlement.settle(app, settlement.grant(secret, None)))?
}

/// The connection's own account and mail server are meant, where nothing else was said.
fn lean_on(
    app: &App,
    name: &Name,
    provider: &Provider,
    options: &mut Options,
    via: &str,
) -> Result<(), Error> {
    let (via, grant, of_token) = app.for_mail(name, via)?;
    options.insert("via".into(), via.to_string());
    if let Some(account) = grant.identity.account.filter(|_| !options.contains_key("user")) {
        options.insert("user".into(), provider.option_value("user", &account)?);
    }
    let own = provider.mailbox.values().find(|mailbox| mailbox.via.as_ref() == Some(&of_token.name));
    if let Some(mailbox) = own.filter(|_| !options.contains_key("host")) {
        options.insert("host".into(), mailbox.host.clone());
    }
    Ok(())
}

fn ask_address(app: &App, name: &Name) -> Result<String, Error> {
    if !app.prompt.is_allowed() {
        return Err(Error::new(Kind::InteractionNeeded, format!("nobody has said whose mailbox {name} is"))
            .help(format!("integ connect {name} --option user=ADDRESS --token-stdin < FILE")));
    }
    Ok(app.prompt.text("E-mail address")?)
}

/// Where nothing answers at the usual names, a person may know better.
fn find(app: &App, name: &Name, provider: &Provider, options: &Options) -> Result<Server, Error> {
    let servers = |options: &Options| {
        imap::candidates(provider, options).map_err(|option| {
            Error::usage(format!("{name} needs the option `{option}`"))
                .help(format!("integ connect {name} --option {option}=VALUE"))
        })
    };
    let found = servers(options).and_then(|servers| app.block_on(app.mail_server(name, servers))?);
    match found {
        Err(error)
            if !options.contains_key("host") && app.prompt.is_allowed() && error.kind != Kind::Unsafe =>
        {
            app.out.warn(&error.message);
            let mut options = options.clone();
            options.insert("host".into(), provider.option_value("host", &app.prompt.text("IMAP server")?)?);
            app.block_on(app.mail_server(name, servers(&options)?))?
        }
        found => found,
    }
}

/// What needs no question, or cannot be asked: known before anybody is spoken to. `None`: a person is there to ask.
fn given(app: &App, arguments: &Connect, name: &Name, leans: bool) -> Result<Option<Secret>, Error> {
    if leans {
        return Ok(Some(Secret::new("")));
    }
    if arguments.token_stdin && !app.prompt.is_allowed() {
        return fitting(secret_from_stdin()?).map(Some);
    }
    if app.prompt.is_allowed() {
        return Ok(None);
    }
    Err(Error::new(Kind::InteractionNeeded, format!("{name} wants a password, and there is no terminal"))
        .help(format!("integ connect {name} --token-stdin < FILE")))
}

fn ask_password(app: &App, known: Option<&Mailbox>) -> Result<Secret, Error> {
    let page = known.and_then(|mailbox| Some((mailbox, mailbox.app_password.as_ref()?)));
    if let Some((mailbox, page)) = page {
        app.out.say(format!("{} wants an app password; it is made here: {page}", mailbox.title));
    }
    fitting(app.prompt.secret(if page.is_some() { "App password" } else { "Password" })?)
}

fn fitting(secret: Secret) -> Result<Secret, Error> {
    match secret.is_password() {
        true => Ok(secret),
        false => Err(Error::usage("that is not a password: it is empty, or has control characters in it")),
    }
}

fn no_passwords(name: &Name, mailbox: &Mailbox) -> Error {
    let message = format!("{} takes no passwords", mailbox.title);
    let via = mailbox.via.as_deref().unwrap_or("NAME");
    Error::usage(message)
        .help(format!("integ connect {via}/imap --can imap, then: integ connect {name} --via {via}/imap"))
}
