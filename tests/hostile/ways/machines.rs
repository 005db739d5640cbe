//! From a laptop with a browser to a server without one: nothing in clear on the way, and each machine keeps its own key.

use crate::evil::Evil;
use crate::home::{Home, OTHER_IDENTITY, private_file};

#[test]
fn wm01_a_laptop_signs_in_for_a_server() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    // The server has never heard of the provider: the bundle brings it along.
    let server = Home::empty();
    private_file(&server.path("key"), OTHER_IDENTITY.as_bytes());

    let recipient = server.run(&["vault", "recipient"]).exits(&[0]).out();
    laptop.connect(&["evil"]).0.exits(&[0]);
    let bundle = laptop.run(&["export", "evil", "--to", recipient.trim()]).exits(&[0]).out();
    assert!(bundle.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
    // Who reads along, or carries it, cannot open it.
    laptop.run_with(&["import", "-"], &bundle).exits(&[5]);
    server.run_with(&["import", "-"], &bundle).exits(&[0]).says("evil");

    assert_eq!(server.status("evil")["account"], "ada@example.com");
    server.run(&["refresh", "evil", "--force"]).exits(&[0]);
    let token = server.run(&["token", "evil"]).exits(&[0]).out();
    assert!(evil.state().grants.is_live(token.trim()));
}

#[test]
fn wm02_given_away_it_is_gone_here_and_alive_there() {
    let evil = Evil::start();
    let (laptop, server) = (Home::new(&evil), Home::empty());
    private_file(&server.path("key"), OTHER_IDENTITY.as_bytes());
    let recipient = server.run(&["vault", "recipient"]).exits(&[0]).out();
    laptop.connect(&["evil"]).0.exits(&[0]);
    let bundle =
        laptop.run(&["export", "evil", "--to", recipient.trim(), "--move", "--yes"]).exits(&[0]).out();
    assert_eq!(laptop.status("evil"), serde_json::Value::Null);
    assert_eq!(evil.log("revoke").len(), 0);
    server.run_with(&["import", "-"], &bundle).exits(&[0]).never_says("only one machine");
    server.run(&["test", "evil"]).exits(&[0]);
}
