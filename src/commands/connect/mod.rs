//! Authorises an account.

mod account;
mod arguments;
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

use crate::app::{App, Need};
use crate::error::Error;
use crate::oauth::Client;
use crate::providers::Protocol;
pub(crate) use arguments::Connect;
pub(super) use settle::{Settlement, pasted};
pub(super) use site::{Sited, choose as choose_site, wanted as wanted_site};
use target::Target;
use told::tell;
pub(super) use told::who;

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
