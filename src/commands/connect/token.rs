//! A token that a person was given, instead of a sign-in.

use super::arguments::Connect;
use super::decide::Asked;
use super::target::Target;
use crate::app::{App, no_client};
use crate::error::{Error, Kind};
use crate::output::{sanitise, secret_from_stdin};
use crate::providers::{Provider, Way};
use crate::vault::Secret;

impl Connect {
    /// Whether the token is given instead of signed in for. A provider may prefer that; who names another way gets it.
    pub(super) fn pastes(&self, provider: &Provider) -> bool {
        let preferred = provider.prefer == Some(Way::Token)
            && provider.paste.is_some()
            && self.asked() == Asked::default()
            && self.client_id.is_none();
        self.token_stdin || !provider.has_oauth() || preferred
    }

    /// Some tokens are made for an app that has to be there first.
    pub(super) fn client_for_paste(&self, app: &App, target: &Target) -> Result<(), Error> {
        let provider = &target.provider;
        if !provider.paste_needs_client() || app.client_id(provider)?.is_some() {
            return Ok(());
        }
        if self.token_stdin || !app.prompt.is_allowed() {
            return Err(no_client(&provider.name));
        }
        crate::commands::setup::walk_through(app, provider)
    }

    pub(super) fn pasted_token(&self, app: &App, target: &Target) -> Result<Secret, Error> {
        // What it would be is nobody's business yet.
        if app.is_dry() && !self.token_stdin {
            return Ok(Secret::new("TOKEN"));
        }
        let Some(paste) = &target.provider.paste else {
            let title = &target.provider.title;
            return if self.token_stdin {
                Ok(app.prompt.secret_from_stdin(&format!("Token of {title}"))?)
            } else {
                Err(Error::usage(format!(
                    "{title} has no way to sign in: its provider file names no endpoint"
                )))
            };
        };
        let token = if self.token_stdin && !app.prompt.is_allowed() {
            secret_from_stdin()?
        } else if app.prompt.is_allowed() {
            if let Some(page) = &paste.url {
                let id = app.client_id(&target.provider)?.unwrap_or_default();
                app.out.say("Open this page; it gives the token:");
                app.out.always(&sanitise::line(&page.replace("{client-id}", &id)));
            }
            for (number, step) in paste.steps.iter().enumerate() {
                app.out.step(number + 1, step);
            }
            app.prompt.secret(&format!("{} of {}", paste.what, target.provider.title))?
        } else {
            return Err(Error::new(
                Kind::InteractionNeeded,
                format!("{} wants {}", target.provider.title, paste.with_article()),
            )
            .help(format!("integ connect {} --token-stdin < FILE", target.name)));
        };
        let fits = paste.prefixes.is_empty()
            || paste.prefixes.iter().any(|p| token.expose().starts_with(p.as_str()));
        if !fits {
            let known = paste.prefixes.join("…, ");
            return Err(Error::usage(format!(
                "that is no {} of {}: it begins with {known}…",
                paste.what, target.provider.title
            )));
        }
        Ok(token)
    }
}
