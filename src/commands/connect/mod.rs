//! Authorises an account.

mod anywhere;
mod attempt;
mod browser;
mod choose;
mod client;
mod decide;
mod device;
mod flow;
mod key_file;
mod machine;
mod mailbox;
mod pages;
mod paste;
mod rehearse;
mod resume;
mod settle;
mod site;
mod target;
mod token;
mod told;
mod waiting;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::name_argument;
use super::options::option_argument;
use crate::app::{App, Need, duration_argument};
use crate::error::Error;
use crate::name::{Name, simple};
use crate::oauth::Client;
use crate::providers::Protocol;
pub(super) use anywhere::{describe, introduce};
use decide::Asked;
pub(super) use settle::{Settled, Settlement, pasted};
pub(super) use site::{Sited, choose as choose_site, wanted as wanted_site};
use target::Target;
use told::tell;
pub(super) use told::who;

/// What a sign-in that is resumed was told when it began.
const ALONE: [&str; 21] = [
    "service_account",
    "subject",
    "client_credentials",
    "dry_run",
    "name",
    "provider",
    "issuer",
    "can",
    "scope",
    "option",
    "via",
    "no_browser",
    "paste",
    "device",
    "detach",
    "token_stdin",
    "expect",
    "replace",
    "client_id",
    "client_secret_stdin",
    "port",
];

/// Authorise an account
#[derive(Args, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Connect {
    /// A provider or service, with a label for a further account: google, gmail, google/work. Without one, a terminal
    /// offers a list
    #[arg(value_parser = name_argument)]
    name: Option<Name>,
    /// The provider, where the name is not it
    #[arg(long, value_parser = simple)]
    provider: Option<String>,
    /// Any OAuth server that publishes metadata: its issuer URL
    #[arg(long, value_name = "URL", conflicts_with = "provider")]
    issuer: Option<String>,
    /// Any resource that says who gives tokens for it, such as an MCP server: its URL
    #[arg(long, value_name = "URL", conflicts_with = "provider")]
    resource: Option<String>,
    /// What the connection shall be able to do: calendars,messages; +files adds to what it can
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    can: Vec<String>,
    /// A further scope to ask for
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// What the provider wants to be chosen: tenant=common; `integ providers NAME` lists it
    #[arg(long, value_name = "NAME=VALUE", value_parser = option_argument)]
    option: Vec<(String, String)>,
    /// Sign in to a mailbox with the token of this connection: google/work
    #[arg(long, value_name = "NAME", value_parser = name_argument, conflicts_with = "token_stdin")]
    via: Option<Name>,
    /// Print the address instead of opening a browser, and wait
    #[arg(long, conflicts_with_all = ["paste", "device", "token_stdin"])]
    no_browser: bool,
    /// Paste the address that the browser ends on, instead of listening for it
    #[arg(long, conflicts_with_all = ["device", "token_stdin"])]
    paste: bool,
    /// Enter a code on another device
    #[arg(long, conflicts_with = "token_stdin")]
    device: bool,
    /// Print what to open and end; `--resume` finishes it
    #[arg(long, conflicts_with = "token_stdin")]
    detach: bool,
    /// Finish a sign-in that `--detach` began: its id, or the connection's name
    #[arg(long, value_name = "ATTEMPT", conflicts_with_all = ALONE)]
    resume: Option<String>,
    /// Read a token from standard input instead of signing in
    #[arg(long, conflicts_with = "client_secret_stdin")]
    token_stdin: bool,
    /// Connect a program instead of a person: its key, from a file or from standard input (-)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_browser", "paste", "device", "detach", "token_stdin", "client_secret_stdin"])]
    service_account: Option<PathBuf>,
    /// The user for whom the key acts
    #[arg(long, value_name = "USER", requires = "service_account", value_parser = machine::subject)]
    subject: Option<String>,
    /// Connect the OAuth client itself, with its own secret
    #[arg(long, conflicts_with_all = ["no_browser", "paste", "device", "detach", "token_stdin", "service_account"])]
    client_credentials: bool,
    /// Refuse any other account than this
    #[arg(long, value_name = "ACCOUNT")]
    expect: Option<String>,
    /// Accept another account in place of the connected one
    #[arg(long)]
    replace: bool,
    /// How long the sign-in may take (15m)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    timeout: Option<Duration>,
    /// The OAuth client, where `integ setup` was not run
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Read the client's secret from standard input
    #[arg(long, requires = "client_id")]
    client_secret_stdin: bool,
    /// The port of the registered redirect URI
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Connect {
    pub(crate) fn run(mut self, app: &App) -> Result<(), Error> {
        if let Some(wanted) = &self.resume {
            app.vault()?;
            let (name, settled, notes) = app.block_on(resume::finish(app, &self, wanted))??;
            tell(app, &name, &settled, &notes)?;
            crate::task::flush_waiting(app, Some(&name));
            return Ok(());
        }
        if self.name.is_none() {
            self.name = Some(choose::name(app)?);
        }
        let mut target = Target::of(app, &self)?;
        if let Some(choice) = choose::what_now(app, &self, &target)? {
            let choose::WhatNow::Change(changed) = choice else {
                app.out.say("Nothing was changed.");
                return Ok(());
            };
            self = *changed;
            target = Target::of(app, &self)?;
        }
        if choose::rather_pastes(app, &self, &target)? {
            self.token_stdin = true;
            target = Target::of(app, &self)?;
        }
        let name = target.name.clone();
        let notes = target.notes();
        app.subject.set(Some(name.to_string()));
        let settled = if target.provider.protocol == Protocol::Imap {
            mailbox::connect(app, &self, &target)?
        } else if target.machine {
            self.save_client(app, &target)?;
            app.vault()?;
            app.block_on(self.connect_machine(app, target))??
        } else if target.pasted {
            self.save_client(app, &target)?;
            self.client_for_paste(app, &target)?;
            let token = self.pasted_token(app, &target)?;
            app.vault()?;
            app.block_on(pasted(app, &target.settlement(&self), token))??
        } else if let Some(grant) = target.unfinished(&self) {
            app.block_on(async {
                let grant = app.fresh(&name, grant.clone(), Need::default()).await?.into_grant();
                target.settlement(&self).settle(app, grant).await
            })??
        } else {
            self.save_client(app, &target)?;
            app.vault()?;
            match app.block_on(flow::sign_in(app, &self, target))?? {
                Some(settled) => settled,
                None => return Ok(()),
            }
        };
        tell(app, &name, &settled, &notes)?;
        // What waited for this sign-in goes out now.
        crate::task::flush_waiting(app, Some(&name));
        Ok(())
    }

    fn named(&self) -> Result<Name, Error> {
        self.name.clone().ok_or_else(choose::nameless)
    }

    fn asked(&self) -> Asked {
        Asked { no_browser: self.no_browser, paste: self.paste, device: self.device, detach: self.detach }
    }

    /// For another process: what was asked for, without what this one has already done.
    fn to_keep(&self) -> Connect {
        let (detach, resume) = (false, None);
        Connect { detach, resume, client_id: None, client_secret_stdin: false, ..self.clone() }
    }

    /// `--client-id` is `setup` in passing.
    fn save_client(&self, app: &App, target: &Target) -> Result<(), Error> {
        let Some(id) = &self.client_id else { return Ok(()) };
        let secret = match self.client_secret_stdin {
            true => Some(app.prompt.secret_from_stdin("Client secret")?),
            false => None,
        };
        if app.is_dry() {
            app.lend_client(&target.provider.name, Client { id: id.clone(), secret });
            return Ok(());
        }
        super::setup::save_client(app, &target.provider.name, id, secret.as_ref(), self.port)
    }
}
