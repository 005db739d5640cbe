//! Disconnecting: revoked at the provider, deleted here, and only when asked to.
use serde_json::json;

use crate::harness::{Oidc, Sealed, needs};

fn connected() -> Option<(Oidc, Sealed)> {
    needs("disconnect", &["oidc-provider"]).then(|| {
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
        server.known_to(&home);
        home.connect(&["acme"]).out.ok();
        (server, home)
    })
}

#[test]
fn the_provider_honours_none_of_its_tokens_any_more() {
    let Some((server, home)) = connected() else { return };
    assert!(server.any_alive());
    let out = home.integ(&["disconnect", "acme", "--yes", "--json"]).run().ok();
    assert_eq!(out.json()["disconnected"][0]["revoked"], true, "{out}");
    assert!(!server.any_alive());
    assert_eq!(home.vault_files().len(), 0);
    assert_eq!(home.integ(&["status", "--json"]).run().ok().json()["connections"], json!([]));
    assert_eq!(home.integ(&["token", "acme", "--json"]).run().exits(3).error(), "not_connected");
}

#[test]
fn nothing_is_deleted_unasked() {
    let Some((server, home)) = connected() else { return };
    home.integ(&["disconnect", "acme"]).run().exits(2).says("--yes");
    assert!(server.any_alive());
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_provider_in_trouble_keeps_the_connection_unless_forced() {
    let Some((server, home)) = connected() else { return };
    server.tell("faults", &json!({ "path": "/token/revocation", "fail": 1000, "status": 503 }));
    home.integ(&["disconnect", "acme", "--yes"]).run().exits(4).says("--force");
    home.integ(&["token", "acme"]).reveals().run().ok();
    let out = home.integ(&["disconnect", "acme", "--yes", "--force", "--json"]).run().ok();
    assert_eq!(out.json()["disconnected"][0]["revoked"], false, "{out}");
    assert_eq!(home.vault_files().len(), 0);
}
