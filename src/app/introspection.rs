//! Introspection as commands use it: asked where the provider offers it and we may ask; it never fails a command.

use super::App;
use crate::http::Budget;
use crate::log;
use crate::oauth::{Introspection, introspect};
use crate::providers::{Api, Provider, RevokeAuth};
use crate::vault::Grant;

impl App {
    /// What the provider says of this grant's token. `None`: it cannot be asked; `Err`: why it did not tell.
    pub(crate) async fn introspect(
        &self,
        provider: &Provider,
        grant: &Grant,
        budget: Budget,
    ) -> Option<Result<Introspection, String>> {
        let shape = provider.introspect.as_ref()?;
        let client = match (shape.auth, grant.client_id.as_ref().filter(|_| !grant.pasted)) {
            // Of a token that another client got a server may say that it is dead (RFC 7662 §2.2).
            (RevokeAuth::Client | RevokeAuth::Basic, None) => return None,
            (RevokeAuth::Client | RevokeAuth::Basic, Some(id)) => {
                match self.client_of_grant(provider, Some(id)) {
                    Ok(client) => Some(client),
                    Err(error) => return Some(Err(error.message)),
                }
            }
            (RevokeAuth::Bearer | RevokeAuth::None, _) => None,
        };
        let http = match self.http() {
            Ok(http) => http,
            Err(error) => return Some(Err(error.message)),
        };
        let told = introspect(&Api::new(provider, http, grant, budget), shape, client.as_ref()).await;
        if let Err(why) = &told {
            log::info(&format!("{} was asked about the token: {why}", provider.title));
        }
        Some(told)
    }
}
