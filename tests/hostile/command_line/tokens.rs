//! CL15: what is printed is an access token, for a while; a refresh token leaves in a sealed bundle or not at all.

use crate::evil::Evil;
use crate::home::{Home, Output};

/// The standing invariants forbid refresh tokens on stdout; here it is said of what `run` lets through as well.
fn shows(output: &Output, secret: &str) -> bool {
    output.exits(&[0]).out().contains(secret)
}

#[test]
fn cl15_only_access_tokens_are_printed() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let env = ["run", "--with", "evil", "--", "/usr/bin/env"];
    for args in [&["token", "evil"][..], &["token", "evil", "--json"], &["token", "evil", "--header"], &env] {
        let output = home.run(args);
        assert!(shows(&output, &grant.access), "{args:?}");
        assert!(!shows(&output, &grant.refresh), "{args:?}");
    }
    for args in [
        &["status", "--json"][..],
        &["test", "evil", "--json"],
        &["config", "list"],
        &["providers", "evil", "--json"],
        &["doctor", "--json"],
        &["refresh", "evil", "--force", "--json"],
    ] {
        let output = home.run(args);
        assert!(!output.out().contains("CANARY-"), "{}", output.transcript());
    }
    // There is no way to ask for more, and nothing leaves unsealed.
    for args in [
        &["token", "evil", "--refresh-token"][..],
        &["token", "show", "evil"],
        &["export", "evil"],
        &["export", "evil", "--plain"],
    ] {
        let output = home.run(args);
        output.exits(&[2]);
        assert!(output.out().is_empty(), "{}", output.transcript());
    }
}
