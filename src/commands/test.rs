//! Proves connections: asks each provider who the token belongs to, all at once.

use std::time::Instant;

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

use super::name_argument;
use crate::app::{App, Found, Need, sign_in_again};
use crate::error::{Error, Kind, later};
use crate::name::Name;
use crate::output::{Progress, Table, sanitise};
use crate::providers::{Answered, Provider, whoami};
use crate::vault::{Grant, Identity};

/// Ask each provider who the token belongs to
#[derive(Args)]
pub(crate) struct Test {
    /// Only these; without a name, every connection
    #[arg(value_parser = name_argument)]
    names: Vec<Name>,
    /// Every connection
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

pub(super) struct Checked {
    name: Name,
    milliseconds: u128,
    outcome: Result<Proven, Error>,
}

struct Proven {
    identity: Identity,
    missing: Vec<String>,
    /// The provider has no such call: all that is known is that the token is fresh.
    unasked: bool,
}

impl Test {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let found = app.connections(&self.names)?;
        if let [(name, _)] = found.as_slice() {
            app.subject.set(Some(name.to_string()));
        }
        if found.is_empty() && !app.out.json {
            app.out.say("Nothing is connected yet.");
            app.out.hint("integ connect PROVIDER; integ providers lists them");
            return Ok(());
        }
        let checked = app.block_on(check_all(app, found))?;
        if app.out.json {
            app.out.document("tests", checked.iter().map(Checked::json).collect())?;
        } else {
            show(app, &checked)?;
        }
        let total = checked.len();
        let failed: Vec<Error> = checked.into_iter().filter_map(Checked::into_error).collect();
        match Error::of_many(total, &failed) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// All at once; the answers in the order of the names.
pub(super) async fn check_all(app: &App, found: Found) -> Vec<Checked> {
    let progress = Progress::new(&app.out, found.len(), "Asking");
    let mut running: FuturesUnordered<_> = found
        .into_iter()
        .map(|(name, grant)| async move {
            let started = Instant::now();
            let outcome = match grant {
                Ok(grant) => check(app, &name, grant).await,
                Err(error) => Err(error),
            };
            Checked { name, milliseconds: started.elapsed().as_millis(), outcome }
        })
        .collect();
    let mut checked = Vec::new();
    while let Some(one) = running.next().await {
        progress.step();
        checked.push(one);
    }
    checked.sort_by(|a, b| a.name.cmp(&b.name));
    checked
}

async fn check(app: &App, name: &Name, grant: Grant) -> Result<Proven, Error> {
    let provider = app.provider(&grant)?;
    let outcome = prove(app, name, &provider, grant).await;
    match &outcome {
        Ok(_) => app.went_well(name, &provider.name, true),
        Err(error) => app.went_wrong(name, &provider.name, error, true),
    }
    outcome
}

/// A fresh token that is refused is renewed once: the provider may know better than the clock.
async fn prove(app: &App, name: &Name, provider: &Provider, grant: Grant) -> Result<Proven, Error> {
    let mut grant = app.fresh(name, grant, Need::default()).await?.into_grant();
    let mut renewed = false;
    loop {
        let answered = whoami(&app.api(provider, &grant)?, &grant.endpoints).await?;
        let about = |error: Error| error.about(name.as_str());
        match answered {
            Answered::As { identity, scopes } => {
                note_identity(app, name, &mut grant, &identity)?;
                let granted = scopes.unwrap_or_else(|| grant.scopes.clone());
                let missing = provider.missing_scopes(&grant.capabilities, &granted);
                return Ok(Proven { identity, missing, unasked: false });
            }
            Answered::Unknown => {
                return Ok(Proven { identity: grant.identity, missing: Vec::new(), unasked: true });
            }
            Answered::Rejected { .. } if !renewed && grant.can_refresh() => {
                renewed = true;
                let rejected = grant.access_token.clone();
                let need = Need { rejected: Some(&rejected), ..Need::default() };
                grant = app.fresh(name, grant, need).await?.into_grant();
            }
            // Many servers tell only people who they are; that a new token was given is proof enough of a machine.
            Answered::Rejected { .. } | Answered::MissingScope { .. } | Answered::Refused { .. }
                if grant.machine.is_some() && !grant.verified =>
            {
                return Ok(Proven { identity: grant.identity, missing: Vec::new(), unasked: true });
            }
            Answered::Rejected { words } => {
                return Err(sign_in_again(name, &words, None).of_machine(name, &grant));
            }
            Answered::MissingScope { words } => {
                return Err(about(Error::new(Kind::MissingScope, format!("a scope is missing: {words}")))
                    .help(format!("integ connect {name}")));
            }
            Answered::Later { status, after } => {
                let mut error =
                    about(later(format!("{} cannot answer now ({status})", provider.title), after));
                if status == 429 {
                    error.kind = Kind::RateLimited;
                }
                return Err(error);
            }
            Answered::Refused { words } => {
                return Err(about(Error::new(
                    Kind::ProviderError,
                    format!("{} refused: {words}", provider.title),
                )));
            }
        }
    }
}

/// A connection that was stored unverified is verified now; one that answers as somebody else is not who it was.
fn note_identity(app: &App, name: &Name, grant: &mut Grant, identity: &Identity) -> Result<(), Error> {
    if grant.verified && grant.identity.id != identity.id {
        let now = identity.account.as_deref().unwrap_or("somebody else");
        return Err(Error::new(Kind::AccountMismatch, format!("{name} now answers as {now}"))
            .help(format!("integ connect {name} --replace")));
    }
    if !grant.verified {
        grant.take_identity(identity.clone());
        app.vault()?.save(name, grant)?;
    }
    Ok(())
}

fn show(app: &App, checked: &[Checked]) -> Result<(), Error> {
    let mut table = Table::new(&["", "Connection", "Result", "Account", "Workspace", "Time"]);
    for one in checked {
        let dash = || "-".to_owned();
        let (mark, account, workspace) = match &one.outcome {
            Ok(proven) => (
                if proven.missing.is_empty() { "✓" } else { "!" },
                proven.identity.account.clone().unwrap_or_else(dash),
                proven.identity.workspace.clone().unwrap_or_else(dash),
            ),
            Err(_) => ("✗", dash(), dash()),
        };
        let result = one.word().replace('_', " ");
        table.row(&[
            mark,
            one.name.as_str(),
            &result,
            &account,
            &workspace,
            &format!("{} ms", one.milliseconds),
        ]);
    }
    app.out.line(&table.render())?;
    for one in checked {
        match &one.outcome {
            Ok(proven) if proven.unasked => {
                app.out.say(&format!("{}: the provider has no call that tells whose token it is", one.name));
            }
            Ok(proven) if !proven.missing.is_empty() => {
                app.out.warn(&format!("{}: not granted: {}", one.name, proven.missing.join(", ")));
                app.out.hint(&format!("integ connect {}", one.name));
            }
            Ok(_) => {}
            Err(error) => {
                app.out.always(&sanitise::line(&error.message));
                if let Some(help) = &error.help {
                    app.out.hint(help);
                }
            }
        }
    }
    Ok(())
}

impl Checked {
    fn word(&self) -> &'static str {
        match &self.outcome {
            Ok(proven) if proven.missing.is_empty() => "ok",
            Ok(_) => "missing_scopes",
            Err(error) => match error.kind {
                Kind::NeedsReauth | Kind::NotConnected => "needs_reauth",
                Kind::MissingScope => "missing_scopes",
                Kind::RateLimited => "rate_limited",
                Kind::Unavailable | Kind::Unreachable | Kind::AnswerLost => "down",
                _ => "failed",
            },
        }
    }

    fn json(&self) -> Value {
        let identity = self.outcome.as_ref().ok().map(|proven| &proven.identity);
        let field = |get: fn(&Identity) -> &Option<String>| identity.and_then(|i| get(i).clone());
        json!({
            "name": self.name.as_str(),
            "outcome": self.word(),
            "account": field(|i| &i.account),
            "account_id": field(|i| &i.id),
            "workspace": field(|i| &i.workspace),
            "missing_scopes": self.outcome.as_ref().map_or(&[][..], |proven| &proven.missing),
            "milliseconds": u64::try_from(self.milliseconds).unwrap_or(u64::MAX),
            "error": self.outcome.as_ref().err().map(Error::json),
        })
    }

    /// A capability that was not granted is a failure too: what needs it will not work.
    fn into_error(self) -> Option<Error> {
        match self.outcome {
            Ok(proven) if proven.missing.is_empty() => None,
            Ok(proven) => {
                Some(Error::new(Kind::MissingScope, format!("not granted: {}", proven.missing.join(", "))))
            }
            Err(error) => Some(error),
        }
    }
}
