//! A bundle of several, one of which the provider refuses: the others keep what they share with it.

use serde_json::{Value, json};

use super::home::Home;
use super::provider::Acme;

/// Nobody here has heard of the provider: the bundle brings its file and its client.
fn set_up() -> (Home, Acme) {
    let (home, acme) = (Home::new(), Acme::start());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    (home, acme)
}

fn bundle(home: &Home, acme: &Acme, entries: &[(&str, &str)]) -> Vec<u8> {
    let entry = |(name, refresh): &(&str, &str)| -> Value {
        json!({
            "name": name,
            "grant": {"v": 1, "generation": 1, "provider": "acme", "access_token": "CANARY-expired",
                "token_type": "Bearer", "expires_at": 2, "obtained_at": 1, "connected_at": 1,
                "refresh_token": refresh, "refresh": "rotating", "client_id": "client-1",
                "endpoints": {"token": format!("{}/token", acme.url)}},
            "client": {"id": "client-1", "secret": "CANARY-secret"},
            "provider_file": acme.file(),
        })
    };
    let connections: Vec<Value> = entries.iter().map(entry).collect();
    let document = json!({"v": 1, "kind": "integ-bundle", "connections": connections});
    age::encrypt(&home.key.to_public(), document.to_string().as_bytes()).unwrap()
}

const GOOD: (&str, &str) = ("acme", "CANARY-refresh");
const SPENT: (&str, &str) = ("acme/two", "CANARY-spent");

#[test]
fn a_refused_entry_takes_nothing_from_the_others() {
    for entries in [[GOOD, SPENT], [SPENT, GOOD]] {
        let (home, acme) = set_up();
        let refused = home.run_with(&["import"], &bundle(&home, &acme, &entries));
        refused.failed(8).says("acme/two was not imported").says("acme is imported");
        assert_eq!(home.grants(), 1);
        // Its provider, its client and the secret of that are still here.
        home.run(&["refresh", "acme", "--force"]).ok();
        assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-a2\n");
        assert!(acme.state.lock().unwrap().secrets.iter().all(|secret| secret == "CANARY-secret"));
    }
}

#[test]
fn where_all_are_refused_nothing_stays() {
    let (home, acme) = set_up();
    let both = [SPENT, ("acme/three", "CANARY-spent-too")];
    home.run_with(&["import"], &bundle(&home, &acme, &both)).failed(3);
    assert_eq!(home.grants(), 0);
    assert!(!home.path(".config/integ/providers/acme.toml").exists());
    let config = std::fs::read_to_string(home.path(".config/integ/config.toml")).unwrap();
    assert!(!config.contains("id ="), "{config}");
}

#[test]
fn a_later_refusal_takes_nothing_from_what_is_here() {
    let (home, acme) = set_up();
    home.run_with(&["import"], &bundle(&home, &acme, &[GOOD])).ok();
    home.run_with(&["import", "--replace"], &bundle(&home, &acme, &[SPENT])).failed(3);
    home.run(&["refresh", "acme", "--force"]).ok();
    assert!(acme.state.lock().unwrap().secrets.iter().all(|secret| secret == "CANARY-secret"));
}

#[test]
fn two_files_of_one_provider_are_refused() {
    let (home, acme) = set_up();
    let mut document: Value = json!({"v": 1, "kind": "integ-bundle", "connections": []});
    for (name, file) in [("acme", acme.file()), ("acme/two", Acme::start().file())] {
        document["connections"].as_array_mut().unwrap().push(json!({
            "name": name, "provider_file": file,
            "grant": {"v": 1, "generation": 1, "provider": "acme", "access_token": "CANARY-access",
                "token_type": "Bearer", "obtained_at": 1, "connected_at": 1},
        }));
    }
    let sealed = age::encrypt(&home.key.to_public(), document.to_string().as_bytes()).unwrap();
    home.run_with(&["import"], &sealed).failed(2).says("connection 2").says("another provider file");
    assert_eq!(home.grants(), 0);
}
