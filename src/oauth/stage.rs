//! A provider that plays its script, and who asks it: for the tests of this room.

use crate::http::scripted::{self, Asked, Scripted};
use crate::http::{self, Budget};
use crate::oauth::Client;
use crate::oauth::exchange::Context;
use crate::providers::Provider;
use crate::vault::{Grant, Secret};

pub(super) struct Stage {
    pub(super) server: Scripted,
    pub(super) provider: Provider,
    pub(super) client: Client,
    pub(super) http: http::Client,
}

impl Stage {
    /// `file`: what the provider file says beside its title, `BASE` for the address of the server.
    pub(super) fn new<T: Into<String>>(file: &str, answers: impl IntoIterator<Item = T>) -> Stage {
        let server = Scripted::new(answers);
        let provider = provider(&file.replace("BASE", server.base.as_str().trim_end_matches('/')));
        let client = Client { id: "cid".into(), secret: Some(Secret::new("s3cret-of-client")) };
        Stage { server, provider, client, http: scripted::client() }
    }

    pub(super) fn public(self) -> Stage {
        Stage { client: Client { id: "cid".into(), secret: None }, ..self }
    }

    pub(super) fn context(&self) -> Context<'_> {
        let budget = Budget::starting_now(self.http.limits().deadline);
        Context { http: &self.http, provider: &self.provider, client: &self.client, budget }
    }

    pub(super) fn only(&self) -> Asked {
        self.server.only()
    }
}

pub(super) fn provider(file: &str) -> Provider {
    let read = toml::from_str::<Provider>(&format!("title = \"Acme\"\n{file}"));
    Provider { name: "acme".into(), ..read.unwrap() }
}

/// A grant that can be refreshed; `change` is laid over it.
pub(super) fn grant(change: serde_json::Value) -> Grant {
    let mut text = serde_json::json!({
        "v": 1, "generation": 1, "provider": "acme", "access_token": "old-access", "token_type": "Bearer",
        "obtained_at": 1_000, "connected_at": 1_000, "expires_at": 2_000, "refresh_token": "old-refresh",
    });
    for (key, value) in change.as_object().unwrap() {
        text[key] = value.clone();
    }
    serde_json::from_value(text).unwrap()
}
