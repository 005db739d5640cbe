//! The OAuth client of a provider: its id from the environment, the config or the provider file; its secret from the
//! environment or the vault, where each client that was ever set up has its own.

use super::{App, environment};
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::oauth::Client;
use crate::providers::{ClientAuth, Provider};
use crate::vault::{Grant, Secret};

/// A client that `--dry-run` uses without setting it up.
pub(super) struct Lent {
    provider: String,
    client: Client,
}

impl App {
    pub(crate) fn lend_client(&self, provider: &str, client: Client) {
        *self.lent.borrow_mut() = Some(Lent { provider: provider.to_owned(), client });
    }

    fn lent(&self, provider: &Provider) -> Option<Client> {
        self.lent
            .borrow()
            .as_ref()
            .filter(|lent| lent.provider == provider.name)
            .map(|lent| lent.client.clone())
    }

    /// The client to sign in with, or `None` where nobody has set one up.
    pub(crate) fn client(&self, provider: &Provider) -> Result<Option<Client>, Error> {
        let Some(id) = self.client_id(provider)? else { return Ok(None) };
        Ok(Some(Client { secret: self.client_secret(provider, &id)?, id }))
    }

    /// The port of the redirect URI that a person registered, where it is not the usual one.
    pub(crate) fn registered_port(&self, provider: &Provider) -> Result<Option<u16>, Error> {
        Ok(self.config()?.own(&format!("client.{}.port", provider.name)).and_then(|port| port.parse().ok()))
    }

    /// Its id alone: this does not touch the vault.
    pub(crate) fn client_id(&self, provider: &Provider) -> Result<Option<String>, Error> {
        let name = &provider.name;
        if let Some(client) = self.lent(provider) {
            return Ok(Some(client.id));
        }
        if let Some(id) = environment::text(&environment::client_variable(name, "CLIENT_ID")) {
            return Ok(Some(id));
        }
        Ok(self.config()?.own(&format!("client.{name}.id")).or_else(|| provider.client_id.clone()))
    }

    /// The client that a grant was issued to: no other can renew or revoke it.
    pub(crate) fn client_of_grant(&self, provider: &Provider, id: Option<&str>) -> Result<Client, Error> {
        match id {
            Some(id) => Ok(Client { id: id.to_owned(), secret: self.client_secret(provider, id)? }),
            None => self.client(provider)?.ok_or_else(|| no_client(&provider.name)),
        }
    }

    /// Who renews this grant: a key that signs for itself needs no client.
    pub(crate) fn client_of(&self, provider: &Provider, grant: &Grant) -> Result<Client, Error> {
        if grant.machine.as_ref().is_some_and(|machine| machine.key.is_some()) {
            return Ok(Client { id: grant.client_id.clone().unwrap_or_default(), secret: None });
        }
        self.client_of_grant(provider, grant.client_id.as_deref())
    }

    /// Another client was set up since.
    fn is_replaced(&self, provider: &Provider, id: &str) -> Result<bool, Error> {
        Ok(self.client_id(provider)?.is_some_and(|current| current != id))
    }

    /// What a refused client means where the grant belongs to one that has been replaced.
    pub(super) fn mind_the_client(
        &self,
        error: Error,
        provider: &Provider,
        grant: &Grant,
        name: &Name,
    ) -> Error {
        let Some(id) = &grant.client_id else { return error };
        if error.kind != Kind::ClientMisconfigured || !self.is_replaced(provider, id).unwrap_or(false) {
            return error;
        }
        let why = format!(
            "{} has another client here now than {id}, which {name} was connected with",
            provider.title
        );
        error.about(&why).help(format!("integ connect {name}"))
    }

    /// What is lent and what the environment says are of the client that is set up, not of one before it.
    fn client_secret(&self, provider: &Provider, id: &str) -> Result<Option<Secret>, Error> {
        if provider.client_auth == ClientAuth::None {
            return Ok(None);
        }
        if !self.is_replaced(provider, id)? {
            if let Some(client) = self.lent(provider) {
                return Ok(client.secret);
            }
            let variable = environment::client_variable(&provider.name, "CLIENT_SECRET");
            if let Some(secret) = environment::secret(&variable) {
                return Ok(Some(secret));
            }
        }
        Ok(self.vault()?.client_secret(&provider.name, id)?)
    }

    /// The secret of a client that is not set up any more goes with the last connection that was made with it.
    pub(crate) fn forget_client_of(&self, gone: &Grant) -> Result<(), Error> {
        let Some(id) = gone.client_id.as_deref() else { return Ok(()) };
        let vault = self.vault()?;
        let is_needed = |grant: &Grant| {
            (grant.provider.as_str(), grant.client_id.as_deref()) == (gone.provider.as_str(), Some(id))
        };
        let own = self.config()?.own(&format!("client.{}.id", gone.provider));
        if own.as_deref() == Some(id)
            || vault.grants()?.iter().any(|(_, grant)| grant.as_ref().map_or(true, is_needed))
        {
            return Ok(());
        }
        vault.delete_client_secret(&gone.provider, id)?;
        Ok(())
    }
}

pub(crate) fn no_client(provider: &str) -> Error {
    Error::new(Kind::NoClient, format!("`{provider}` has no OAuth client yet")).help(format!(
        "integ setup {provider} (or set {})",
        environment::client_variable(provider, "CLIENT_ID")
    ))
}
