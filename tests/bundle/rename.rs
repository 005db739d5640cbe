use serde_json::json;

use super::home::Home;
use super::provider::Acme;

#[test]
fn a_connection_keeps_everything_but_its_name() {
    let (home, acme) = (Home::new(), Acme::start());
    home.provider_file("acme", &acme.file());
    acme.allow("CANARY-access", "r", "alice@example.com");
    home.run_with(&["import", "acme"], b"CANARY-access").ok();
    home.run_with(&["import", "acme/two"], b"CANARY-access").ok();
    home.run(&["rename", "acme", "acme/two"]).failed(2).says("taken");
    home.run(&["rename", "acme", "acme"]).failed(2);
    home.run(&["rename", "nobody", "x"]).failed(3);
    home.run(&["rename", "acme", "../x"]).failed(2);
    let renamed = home.run(&["rename", "acme", "work", "--json"]).ok();
    assert_eq!(renamed.json(), json!({"v": 1, "renamed": [{"from": "acme", "to": "work"}]}));
    assert_eq!(home.run(&["token", "work"]).ok().out, "CANARY-access\n");
    home.run(&["test", "work"]).ok();
    home.run(&["token", "acme"]).failed(3);
    assert_eq!(home.grants(), 2);
}
