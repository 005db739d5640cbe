//! Ends a connection: revokes it at the provider, deletes it here, proves that it is gone.

use clap::Args;
use serde_json::json;

use super::name_argument;
use crate::app::{App, Need};
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::oauth::{Client, Context, OauthError, Revoked, rests_on_access_token, revoke};
use crate::providers::Provider;
use crate::vault::Grant;

/// Revoke a connection and delete it
#[derive(Args)]
pub(crate) struct Disconnect {
    /// The connection; a service's name takes away only what that service can do
    #[arg(value_parser = name_argument)]
    name: Name,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Delete it even if the provider cannot be told
    #[arg(long)]
    force: bool,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Disconnect {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let (name, grant) = self.find(app)?;
        app.subject.set(Some(name.to_string()));
        let provider = match grant.as_ref().map(|grant| app.provider(grant)) {
            Some(Ok(provider)) => Some(provider),
            // Without its provider file nobody can be told: that takes a word of the person's.
            Some(Err(error)) if !self.force => {
                return Err(error
                    .about(name.as_str())
                    .help(format!("integ disconnect {name} --force deletes it here")));
            }
            _ => None,
        };
        if let (Some(grant), Some(provider)) = (&grant, &provider)
            && name != self.name
            && rest_without(provider, &self.name, grant).is_some()
        {
            // What is taken away is our own knowledge: nobody is told.
            if app.is_dry() {
                return Ok(());
            }
            return self.take_away(app, &name, grant, provider);
        }
        self.confirm(app, &name, &format!("Revoke and delete {name}?"))?;
        let client_id = grant.as_ref().and_then(|grant| grant.client_id.clone());
        if app.is_dry() {
            if let (Some(grant), Some(provider)) = (&grant, &provider) {
                app.block_on(async {
                    renew(app, &name, grant, provider).await?;
                    ask_to_revoke(app, grant, provider).await
                })???;
            }
            return Ok(());
        }
        let is_password = grant.as_ref().is_some_and(Grant::is_password);
        let revoked = app.block_on(self.end(app, &name, grant, provider.as_ref()))??;
        // Where nobody was told, a person can still withdraw their consent there.
        let page = match (revoked, &provider) {
            (Some(true), _) | (_, None) => None,
            (_, Some(provider)) => manage_page(provider, client_id.as_deref()),
        };
        if app.out.json {
            let gone = json!({"name": name.as_str(), "revoked": revoked, "manage_url": page});
            return Ok(app.out.document("disconnected", vec![gone])?);
        }
        let title = provider.map_or("The provider".to_owned(), |p| p.title);
        app.out.say(&match revoked {
            Some(true) => format!("{name} is disconnected: revoked at {title} and deleted here."),
            Some(false) => {
                format!("{name} is deleted here. {title} was not told: revoke it in your account there.")
            }
            None if is_password => {
                format!("{name} is deleted here. The password itself still works: only its owner can end it.")
            }
            None => {
                format!("{name} is deleted here. {title} cannot be told: end it in your account there.")
            }
        });
        if let Some(page) = page {
            app.out.hint(&format!("there: {page}"));
        }
        Ok(())
    }

    /// A grant that cannot be read can still be deleted, with `--force`.
    fn find(&self, app: &App) -> Result<(Name, Option<Grant>), Error> {
        match app.connection(&self.name) {
            Ok((name, grant)) => Ok((name, Some(grant))),
            Err(error) if error.kind == Kind::VaultBroken && self.force => Ok((self.name.clone(), None)),
            Err(error) => Err(error),
        }
    }

    fn confirm(&self, app: &App, name: &Name, question: &str) -> Result<(), Error> {
        if self.yes || app.is_dry() {
            return Ok(());
        }
        if !app.prompt.is_allowed() {
            return Err(Error::usage(format!("disconnecting {name} has to be confirmed"))
                .help(format!("integ disconnect {} --yes", self.name)));
        }
        match app.prompt.confirm(question)? {
            true => Ok(()),
            false => Err(Error::usage("nothing was changed")),
        }
    }

    async fn end(
        &self,
        app: &App,
        name: &Name,
        grant: Option<Grant>,
        provider: Option<&Provider>,
    ) -> Result<Option<bool>, Error> {
        let vault = app.vault()?;
        if let (Some(grant), Some(provider)) = (&grant, provider)
            && let Err(error) = renew(app, name, grant, provider).await
            && !self.force
        {
            return Err(kept(name, error));
        }
        let _lock = vault.lock(name, app.lock_wait()?).await?;
        let grant = match grant {
            Some(asked) => Some(as_asked(app, name, &asked)?),
            None if vault.grant(name).is_ok_and(|now| now.is_some()) => return Err(changed(name)),
            None => None,
        };
        let revoked = match (&grant, provider) {
            (Some(grant), Some(provider)) => self.tell(app, name, grant, provider).await?,
            _ => Some(false),
        };
        app.delete(name)?;
        for leaning in app.leaning_on(name)? {
            app.out.warn(&format!("{leaning} signs in with its token and cannot any more"));
        }
        Ok(revoked)
    }

    /// Deleting a grant that still works would leave a key that nobody can see: the provider is told first.
    async fn tell(
        &self,
        app: &App,
        name: &Name,
        grant: &Grant,
        provider: &Provider,
    ) -> Result<Option<bool>, Error> {
        match ask_to_revoke(app, grant, provider).await? {
            // A machine's token dies by itself; what lives on is its key, which is not ours to end.
            Err(OauthError::Refused { words, .. }) if grant.machine.is_some() => {
                app.out.warn(&format!("{} did not revoke the last token: {words}", provider.title));
                Ok(Some(false))
            }
            Ok(Revoked::Yes) => Ok(Some(true)),
            Ok(Revoked::Unsupported) => Ok(None),
            Err(error) if self.force => {
                app.out.warn(&format!("{} could not be told: {error}", provider.title));
                Ok(Some(false))
            }
            Err(error) => Err(kept(name, Error::from(error).about(name.as_str()))),
        }
    }

    fn take_away(&self, app: &App, name: &Name, asked: &Grant, provider: &Provider) -> Result<(), Error> {
        self.confirm(app, name, &format!("Take {} away from {name}?", self.name.head()))?;
        let grant = app.block_on(async {
            let _lock = app.vault()?.lock(name, app.lock_wait()?).await?;
            let mut grant = as_asked(app, name, asked)?;
            grant.capabilities = rest_without(provider, &self.name, &grant).ok_or_else(|| changed(name))?;
            app.vault()?.save(name, &mut grant)?;
            Ok::<Grant, Error>(grant)
        })??;
        let can = grant.capabilities.join(", ");
        if app.out.json {
            return Ok(app
                .out
                .document("disconnected", vec![json!({"name": self.name.as_str(), "revoked": false})])?);
        }
        app.out.say(format!("{} is taken away; {name} stays connected and can: {can}.", self.name));
        app.out.say(format!("{} revokes all at once only: integ disconnect {name}", provider.title));
        Ok(())
    }
}

/// What is there now, for another process may have renewed it while a person was asked; but only what they were asked about.
fn as_asked(app: &App, name: &Name, asked: &Grant) -> Result<Grant, Error> {
    let now = app.vault()?.grant(name)?;
    now.filter(|now| now.connected_at == asked.connected_at && now.provider == asked.provider)
        .ok_or_else(|| changed(name))
}

fn changed(name: &Name) -> Error {
    let message =
        format!("{name} was disconnected or renamed meanwhile, or signed in to anew; nothing was sent");
    Error::new(Kind::Busy, message).help("integ status")
}

fn kept(name: &Name, error: Error) -> Error {
    error.help(format!("{name} was kept; try again, or: integ disconnect {name} --force --yes"))
}

/// What is revoked with the access token needs one that still counts. It takes the lock by itself.
async fn renew(app: &App, name: &Name, grant: &Grant, provider: &Provider) -> Result<(), Error> {
    if !rests_on_access_token(provider, grant) {
        return Ok(());
    }
    match app.fresh(name, grant.clone(), Need::default()).await {
        // A refresh token that is refused for good needs no end.
        Err(error) if error.kind != Kind::NeedsReauth => Err(error),
        _ => Ok(()),
    }
}

async fn ask_to_revoke(
    app: &App,
    grant: &Grant,
    provider: &Provider,
) -> Result<Result<Revoked, OauthError>, Error> {
    let client = match grant.client_id.as_deref() {
        Some(id) => app.client_of_grant(provider, Some(id))?,
        None => Client { id: String::new(), secret: None },
    };
    let context = Context { http: app.http()?, provider, client: &client, budget: app.budget()? };
    Ok(revoke(&context, grant).await)
}

/// The page where consent is withdrawn; one that needs a client that nobody knows is no help.
fn manage_page(provider: &Provider, client_id: Option<&str>) -> Option<String> {
    let page = provider.manage_url.as_ref()?;
    match client_id {
        Some(id) => Some(page.replace("{client-id}", id)),
        None => Some(page.clone()).filter(|page| !page.contains("{client-id}")),
    }
}

/// What is left of the capabilities without this service's; `None` when nothing is.
fn rest_without(provider: &Provider, service: &Name, grant: &Grant) -> Option<Vec<String>> {
    let view = provider.service.get(service.head())?;
    let rest: Vec<String> =
        grant.capabilities.iter().filter(|c| !view.capabilities.contains(c)).cloned().collect();
    (!rest.is_empty()).then_some(rest)
}
