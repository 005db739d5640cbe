//! Takes connections over from a token, from JSON or from a sealed bundle. Every entry is checked before the first one
//! is stored.

mod candidate;
mod client;
mod examine;
mod identify;
mod newer;
mod provider_file;
mod source;
mod store;

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Args;
use serde_json::{Value, json};

use super::options::option_argument;
use crate::app::App;
use crate::error::Error;
use crate::name::{Name, simple};
use crate::oauth::Client;
use crate::output::sanitise;
use crate::vault::Grant;
use candidate::Candidate;
pub(super) use candidate::stray;
use examine::Examined;
use identify::Wishes;
pub(super) use newer::rotates;
use source::Source;

/// Take over connections from a token, JSON or a sealed bundle
///
/// Reads FILE, else the variable INTEG_IMPORT, else standard input: a bare access token (with NAME), a JSON object or
/// list with provider, name, access_token, refresh_token, expires_at or expires_in, scope, client_id, client_secret,
/// options and extra, or a bundle that `integ export` sealed for this vault or to a passphrase.
#[derive(Args)]
pub(crate) struct Import {
    /// What to call the connection; of several, which one to take
    #[arg(value_name = "NAME")]
    first: Option<OsString>,
    /// Where to read; `-` is standard input
    #[arg(value_name = "FILE")]
    second: Option<OsString>,
    /// The provider, where the name is not it
    #[arg(long, value_parser = simple)]
    provider: Option<String>,
    /// The issuer of a server that has no provider file yet
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// What the provider wants to be chosen: tenant=common; `integ providers NAME` lists it
    #[arg(long, value_name = "NAME=VALUE", value_parser = option_argument)]
    option: Vec<(String, String)>,
    /// Accept another account, another client or an older grant in place of what is there
    #[arg(long)]
    replace: bool,
    /// Read the passphrase of the bundle from this file descriptor
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// What became of one entry.
pub(super) struct Imported {
    name: Name,
    title: String,
    grant: Grant,
    warnings: Vec<String>,
    /// What was here already is newer than what came.
    kept: bool,
    moved: bool,
}

impl Import {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let (name, source) = Source::of(app, self.first, self.second, self.issuer.is_some())?;
        let entries = source::entries(app, source, self.passphrase_fd)?;
        let entries = source::selected(entries, name.as_ref())?;
        let wishes = Wishes {
            name: name.as_ref(),
            provider: self.provider.as_deref(),
            issuer: self.issuer.as_deref(),
            options: &self.option,
        };
        app.vault()?;
        let candidates: Vec<Candidate> =
            entries.into_iter().map(|entry| Candidate::of(app, entry, &wishes)).collect::<Result<_, _>>()?;
        if let [only] = candidates.as_slice() {
            app.subject.set(Some(only.name.to_string()));
        }
        refuse_doubles(&candidates)?;
        app.block_on(take(app, candidates, self.replace))?
    }
}

async fn take(app: &App, candidates: Vec<Candidate>, replace: bool) -> Result<(), Error> {
    let mut examined: Vec<Examined> = Vec::new();
    for candidate in candidates {
        examined.push(examine::examine(app, candidate, replace).await?);
    }
    if app.is_dry() {
        for one in &examined {
            store::rehearse(app, one).await?;
        }
        return Ok(());
    }
    let total = examined.len();
    let (mut imported, mut failed) = (Vec::new(), Vec::new());
    for one in examined {
        let name = one.candidate.name.clone();
        match store::store(app, one).await {
            Ok(done) => imported.push(done),
            // Alone, it is the error of the command.
            Err(error) if total == 1 => return Err(error),
            Err(error) => {
                app.out.always(format!("{name} was not imported: {}", sanitise::line(&error.message)));
                if let Some(help) = &error.help {
                    app.out.hint(help);
                }
                failed.push(error);
            }
        }
    }
    tell(app, &imported)?;
    match Error::of_many(total, &failed) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Two entries of one name, or two clients of one provider, cannot both be kept.
fn refuse_doubles(candidates: &[Candidate]) -> Result<(), Error> {
    let mut names: Vec<&Name> = Vec::new();
    let mut clients: BTreeMap<&str, &Client> = BTreeMap::new();
    for candidate in candidates {
        if names.contains(&&candidate.name) {
            return Err(Error::usage(format!("`{}` stands there twice; nothing was stored", candidate.name)));
        }
        names.push(&candidate.name);
        if let Some(client) = &candidate.client
            && let Some(other) = clients.insert(&candidate.provider.name, client)
            && other.id != client.id
        {
            let name = &candidate.provider.name;
            return Err(Error::usage(format!(
                "two clients of {name} cannot be imported at once; nothing was stored"
            ))
            .help("integ --profile OTHER import NAME keeps the second one apart"));
        }
    }
    Ok(())
}

fn tell(app: &App, imported: &[Imported]) -> Result<(), Error> {
    for one in imported {
        for warning in &one.warnings {
            app.out.warn(warning);
        }
        if rotates(&one.grant) && !one.kept && !one.moved {
            app.out.warn(&format!(
                "{}: {} replaces the refresh token at each refresh, so only one machine may keep this grant; where it \
                 came from, it ends at the first refresh here (or the other way round)",
                one.name, one.title
            ));
            app.out.hint(&format!("there, `integ export {} --move` hands it over for good", one.name));
        }
    }
    if app.out.json {
        return Ok(app.out.document("imported", imported.iter().map(Imported::json).collect())?);
    }
    for one in imported {
        let what = if one.kept { "was here already and is kept" } else { "is imported" };
        app.out.say(format!("{} {what}{}.", one.name, super::connect::who(&one.grant)));
    }
    Ok(())
}

impl Imported {
    fn json(&self) -> Value {
        json!({
            "name": self.name.as_str(),
            "provider": self.grant.provider,
            "account": self.grant.identity.account.as_deref().map(sanitise::line),
            "verified": self.grant.verified,
        })
    }
}
