//! Connections to begin with, made as a person makes them, and grants in the form that `import` takes.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Call, Home, Output};
use crate::evil::{Evil, browser};

/// What the provider minted for a seeded connection.
pub(crate) struct Grant {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

pub(crate) struct GrantText(pub(crate) Value);

impl GrantText {
    pub(crate) fn new(evil: &Evil, name: &str, expires_at: i64) -> (Grant, GrantText) {
        GrantText::scoped(evil, name, expires_at, "openid")
    }

    pub(crate) fn scoped(evil: &Evil, name: &str, expires_at: i64, scope: &str) -> (Grant, GrantText) {
        let (access, refresh) = evil.state().grants.mint(scope);
        let document = json!({
            "provider": "evil", "name": name, "access_token": access, "refresh_token": refresh,
            "expires_at": expires_at, "scope": scope, "token_type": "Bearer", "client_id": "client-evil",
        });
        (Grant { access, refresh }, GrantText(document))
    }
}

impl Call<'_> {
    /// This command is a sign-in by `--no-browser`.
    pub(crate) fn sign_in(self) -> (Output, Vec<browser::Page>) {
        let mut running = self.start();
        let pages = running.find_url().map(|url| browser::visit(&url)).unwrap_or_default();
        (running.wait(), pages)
    }
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

impl Home {
    /// A connection whose access token is good for an hour.
    #[track_caller]
    pub(crate) fn fresh(&self, evil: &Evil, name: &str) -> Grant {
        self.connect(&[name]).0.exits(&[0]);
        let mut state = evil.state();
        // The sign-in is not part of what the test counts.
        state.forget();
        let access = state.grants.live.last().unwrap().clone();
        Grant { access, refresh: state.grants.families.last().unwrap().current.clone() }
    }

    /// A connection whose access token has run out (the provider would still take it).
    #[track_caller]
    pub(crate) fn expired(&self, evil: &Evil, name: &str) -> Grant {
        let usual = std::mem::replace(&mut evil.state().grants.access_ttl, 1);
        let grant = self.fresh(evil, name);
        evil.state().grants.access_ttl = usual;
        // Expiry is kept in whole seconds: the next one is late enough.
        let second = now();
        while now() == second {
            thread::sleep(Duration::from_millis(5));
        }
        grant
    }

    /// A connection of a client that has a secret.
    #[track_caller]
    pub(crate) fn connect_with_secret(&self, evil: &Evil) {
        let secret = "CANARY-of-the-client";
        evil.state().grants.client = Some(("client-evil".into(), secret.into()));
        let setup = ["setup", "evil", "--client-id", "client-evil", "--client-secret-stdin"];
        self.run_with(&setup, secret).exits(&[0]);
        self.connect(&["evil"]).0.exits(&[0]);
    }

    /// A whole sign-in: the browser goes where it is sent. The pages are those after the provider's own.
    pub(crate) fn connect(&self, args: &[&str]) -> (Output, Vec<browser::Page>) {
        self.call(&[&["connect"][..], args, &["--no-browser"]].concat()).sign_in()
    }

    /// The connection as `status --json` tells it.
    #[track_caller]
    pub(crate) fn status(&self, name: &str) -> Value {
        let document = self.run(&["status", "--json"]).json();
        let connections = document["connections"].as_array().cloned().unwrap_or_default();
        connections.into_iter().find(|c| c["name"] == name).unwrap_or_default()
    }

    /// I8: the index as SQLite itself judges it.
    #[track_caller]
    pub(crate) fn index_is_sound(&self) {
        let index = rusqlite::Connection::open(self.index()).unwrap();
        let verdict: String = index.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        let mut dangling = index.prepare("PRAGMA foreign_key_check").unwrap();
        assert!(!dangling.exists([]).unwrap(), "dangling rows");
    }

    /// A refresh that works, and the refresh token that the provider was shown.
    #[track_caller]
    pub(crate) fn recovers(&self, evil: &Evil, name: &str) -> String {
        evil.mode("token", "ok");
        self.run(&["refresh", name, "--force"]).exits(&[0]);
        evil.log("token").last().and_then(|r| r.field("refresh_token")).unwrap_or_default()
    }
}
