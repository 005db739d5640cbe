//! `status --watch` looks again and again until it is told to end.
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::harness::{Oidc, Sealed, needs};

#[test]
fn it_looks_again_and_ends_with_a_signal() {
    if !needs("watch", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    let mut running = home.integ(&["status", "--watch", "--json"]).start();
    let connections = |line: &str| {
        let document: Value = serde_json::from_str(line).ok()?;
        document["connections"].as_array().map(Vec::len)
    };
    assert_eq!(running.line(connections), Some(0));
    home.connect(&["acme"]).out.ok();
    let found = running.line(|line| (connections(line) == Some(1)).then_some(()));
    assert!(found.is_some(), "{}", running.finish());
    running.signal(Signal::SIGTERM);
    running.finish().exits(143);
}
