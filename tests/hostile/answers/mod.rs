//! What a provider answers and what that means: each verdict of `test`, each reason, each way to say "later".

mod capabilities;
mod graphql;
mod introspection;
mod limits;
mod reasons;

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::evil::Evil;
use crate::home::{Home, IDENTITY, Output, private_file, provider_toml};

/// A home whose provider file has further keys: `error` stands in its table of errors, `tables` behind everything.
fn home(evil: &Evil, overrides: &[(&str, &str)], error: &str, tables: &str) -> Home {
    let home = Home::new(evil);
    home.provider("evil", &format!("{}{error}\n{tables}", provider_toml(evil, overrides)));
    home
}

/// The one connection in the answer of `test --json`.
#[track_caller]
fn test(home: &Home) -> (Output, Value) {
    let output = home.run(&["test", "evil", "--json"]);
    let row = output.json()["tests"][0].clone();
    (output, row)
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

/// Changes the stored grant behind the program's back.
fn edit_grant(home: &Home, change: impl FnOnce(&mut Value)) {
    let identity: age::x25519::Identity = IDENTITY.parse().unwrap();
    let path = home.vault_files().into_iter().next().unwrap();
    let plain = age::decrypt(&identity, &fs::read(&path).unwrap()).unwrap();
    let mut grant: Value = serde_json::from_slice(&plain).unwrap();
    change(&mut grant);
    private_file(&path, &age::encrypt(&identity.to_public(), grant.to_string().as_bytes()).unwrap());
}
