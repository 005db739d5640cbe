//! The OAuth client of a provider: its id from the environment, the config or the provider file; its secret from the
//! environment or the vault.

use super::{App, environment};
use crate::error::{Error, Kind};
use crate::oauth::Client;
use crate::providers::{ClientAuth, Provider};
use crate::vault::Grant;

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
        Ok(Some(Client { secret: self.client_secret(provider)?, id }))
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
            Some(id) => Ok(Client { id: id.to_owned(), secret: self.client_secret(provider)? }),
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

    fn client_secret(&self, provider: &Provider) -> Result<Option<crate::vault::Secret>, Error> {
        if provider.client_auth == ClientAuth::None {
            return Ok(None);
        }
        if let Some(client) = self.lent(provider) {
            return Ok(client.secret);
        }
        if let Some(secret) =
            environment::secret(&environment::client_variable(&provider.name, "CLIENT_SECRET"))
        {
            return Ok(Some(secret));
        }
        Ok(self.vault()?.client_secret(&provider.name)?)
    }
}

pub(crate) fn no_client(provider: &str) -> Error {
    Error::new(Kind::NoClient, format!("`{provider}` has no OAuth client yet")).help(format!(
        "integ setup {provider} (or set {})",
        environment::client_variable(provider, "CLIENT_ID")
    ))
}
