//! Writes a provider file: from what a server says about itself, or from what a person says about it.

use clap::Args;
use serde_json::json;

use super::question::{Question, ask};
use crate::app::App;
use crate::commands::any_server::{describe, introduce, may_be_called};
use crate::error::{Error, Kind};
use crate::name::simple;
use crate::oauth::Server;
use crate::providers::{Catalogue, issuer_file, provider_file};
use crate::vault::private::{own_dir, write_private_into};

/// Write the file of a new provider
#[derive(Args)]
pub(super) struct Add {
    /// What it shall be called
    #[arg(value_parser = simple)]
    name: String,
    /// A server that publishes metadata: its issuer URL
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// A resource that says who gives tokens for it, such as an MCP server: its URL
    #[arg(long, value_name = "URL")]
    resource: Option<String>,
    /// Replace the file that is there
    #[arg(long)]
    force: bool,
}

impl Add {
    pub(super) fn run(self, app: &App) -> Result<(), Error> {
        let name = &self.name;
        may_be_called(name)?;
        let path = app.catalogue().path_of(name);
        if Catalogue::is_built_in(name) {
            return Err(Error::usage(format!("`{name}` is built in"))
                .help(format!("single keys of it can be replaced in {}", path.display())));
        }
        let is_there = || {
            Error::usage(format!("there is a file of `{name}` already: {}", path.display()))
                .help(format!("integ providers add {name} --force replaces it"))
        };
        if !self.force && path.symlink_metadata().is_ok() {
            return Err(is_there());
        }
        let text = self.text(app)?;
        // What is written is what `connect` will read: nothing that it would refuse.
        app.catalogue().with_own(name, Some(&text))?;
        if let Some(dir) = path.parent() {
            own_dir(dir)?;
        }
        write_private_into(&path, text.as_bytes(), self.force).map_err(|error| {
            if path.symlink_metadata().is_ok() && !self.force { is_there() } else { error.into() }
        })?;
        if app.out.json {
            return Ok(app
                .out
                .document("added", vec![json!({"name": name, "path": path.display().to_string()})])?);
        }
        app.out.say(format!("Wrote {}", path.display()));
        app.out
            .hint(&format!("integ connect {name}; integ providers check {name} says what is wrong with it"));
        Ok(())
    }

    fn text(&self, app: &App) -> Result<String, Error> {
        let name = &self.name;
        if self.issuer.is_some() || self.resource.is_some() {
            let mut provider = describe(name, self.issuer.as_ref(), self.resource.as_ref(), &[])?;
            let server = app.block_on(introduce(app, &mut provider, &[]))??;
            provider.client_auth = auth(&server)?;
            return Ok(format!("{}{}", about(&server), issuer_file(&provider)));
        }
        if !app.prompt.is_allowed() {
            return Err(Error::new(
                Kind::InteractionNeeded,
                "without an address, adding a provider takes answers, and there is no terminal",
            )
            .help(format!("integ providers add {name} --issuer URL")));
        }
        let answers: Vec<(Question, String)> = ask(app)?;
        Ok(provider_file(answers.iter().map(|(question, answer)| (question.key(), answer.as_str()))))
    }
}

/// Without a client nobody knows whether it has a secret: a public one where the server takes that.
fn auth(server: &Server) -> Result<crate::providers::ClientAuth, Error> {
    let takes_public = server.auth_methods.as_ref().is_some_and(|m| m.iter().any(|m| m == "none"));
    Ok(server.client_auth(!takes_public)?)
}

/// What was found, for whoever edits the file.
fn about(server: &Server) -> String {
    let found = [
        ("authorization", &server.authorize),
        ("token", &server.token),
        ("revocation", &server.revoke),
        ("device code", &server.device),
        ("registration", &server.register),
    ];
    let lines = found.iter().filter_map(|(what, url)| Some(format!("#   {what}: {}\n", url.as_ref()?)));
    format!("# Asked at every sign-in; found when this was written:\n{}", lines.collect::<String>())
}
