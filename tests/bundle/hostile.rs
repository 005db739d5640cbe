//! Bundles that somebody else wrote, or that were damaged on the way.

use serde_json::{Value, json};

use super::home::Home;
use super::provider::Acme;

fn seal(home: &Home, document: &Value) -> Vec<u8> {
    age::encrypt(&home.key.to_public(), document.to_string().as_bytes()).unwrap()
}

fn bundle(url: &str) -> Value {
    json!({"v": 1, "kind": "integ-bundle", "connections": [{
        "name": "acme",
        "grant": {"v": 1, "generation": 1, "provider": "acme", "access_token": "CANARY-access", "token_type": "Bearer",
            "obtained_at": 1, "connected_at": 1, "refresh_token": "CANARY-refresh", "refresh": "rotating",
            "client_id": "client-1", "endpoints": {"token": format!("{url}/token")}},
        "client": {"id": "client-1", "secret": "CANARY-secret"},
    }]})
}

fn set_up() -> (Home, Acme) {
    let (home, acme) = (Home::new(), Acme::start());
    home.provider_file("acme", &acme.file());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    (home, acme)
}

#[test]
fn damage_is_named_and_stores_nothing() {
    let (home, acme) = set_up();
    let sealed = seal(&home, &bundle(&acme.url));
    for at in [0, 5, 21, 40, 120, sealed.len() / 2, sealed.len() - 1] {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        let ran = home.run_with(&["import"], &flipped);
        assert!(matches!(ran.code, 2 | 5), "{at}: {} {}", ran.code, ran.err);
        let ran = home.run_with(&["import"], &sealed[..at]);
        assert!(matches!(ran.code, 2 | 5), "{at}: {} {}", ran.code, ran.err);
    }
    home.run_with(&["import"], &vec![b' '; 100 << 20]).failed(2).says("too large");
    home.run_with(&["import", "acme"], b"-----BEGIN PGP MESSAGE-----\n\nabc\n").failed(2);
    home.run_with(&["import"], b"").failed(2);
    assert_eq!(home.grants(), 0);
    home.run_with(&["import"], &sealed).ok();
}

/// Small when sealed is not small when opened.
#[test]
fn what_opens_to_too_much_is_refused() {
    let (home, acme) = set_up();
    let mut document = bundle(&acme.url);
    document["padding"] = json!(" ".repeat(1 << 20));
    home.run_with(&["import"], &seal(&home, &document)).failed(2).says("too large");
}

#[test]
fn addresses_of_a_stranger_get_nothing() {
    let (home, acme) = set_up();
    let elsewhere = Acme::start();
    home.run_with(&["import"], &seal(&home, &bundle(&elsewhere.url))).failed(6).says("another address");
    let mut issuer = bundle(&acme.url);
    issuer["connections"][0]["grant"]["endpoints"]["issuer"] = json!("https://evil.example");
    home.run_with(&["import"], &seal(&home, &issuer)).failed(6).says("another issuer");
    assert_eq!((home.grants(), elsewhere.refreshes()), (0, 0));
}

#[test]
fn names_versions_and_doubled_keys_are_refused() {
    let (home, acme) = set_up();
    let sound = bundle(&acme.url).to_string();
    for (from, to, words) in [
        ("\"name\":\"acme\"", "\"name\":\"../../x\"", "not a connection name"),
        ("\"provider\":\"acme\"", "\"provider\":\"../acme\"", "not a provider name"),
        ("{\"v\":1,\"kind\"", "{\"v\":2,\"kind\"", "newer integ"),
        ("\"kind\":", "\"v\":1,\"kind\":", "twice"),
        ("\"CANARY-access\"", "\"CANARY\\r\\nX: 1\"", "not a token"),
        ("\"CANARY-access\"", "[\"CANARY\"]", "JSON is wrong"),
        ("\"provider\":\"acme\"", "\"provider\":\"unheard-of\"", "no provider called"),
    ] {
        let text = sound.replacen(from, to, 1);
        assert_ne!(text, sound, "{from}");
        let sealed = age::encrypt(&home.key.to_public(), text.as_bytes()).unwrap();
        let ran = home.run_with(&["import"], &sealed).failed(2).says(words);
        assert!(!ran.err.contains("CANARY"), "{}", ran.err);
    }
    home.run_with(&["import"], sound.as_bytes()).failed(2).says("without its seal");
    let file = json!("title = \"X\"\nsurprise = 1\n");
    let mut stray = bundle(&acme.url);
    stray["connections"][0]["grant"]["provider"] = json!("unheard-of");
    stray["connections"][0]["provider_file"] = file;
    home.run_with(&["import"], &seal(&home, &stray)).failed(2);
    assert_eq!(home.grants(), 0);
    assert!(!home.path(".config/integ/providers/unheard-of.toml").exists());
}

#[test]
fn keys_that_mean_nothing_are_ignored() {
    let (home, acme) = set_up();
    let mut document = bundle(&acme.url);
    document["__proto__"] = json!({"path": "../../../tmp/x"});
    document["connections"][0]["path"] = json!("/etc/passwd");
    let before = home.files().len();
    home.run_with(&["import"], &seal(&home, &document)).ok();
    let strays: Vec<_> = home
        .files()
        .into_iter()
        .map(|(path, _)| path.strip_prefix(home.path("")).unwrap().display().to_string())
        .filter(|path| !path.starts_with(".config/integ/") && !path.starts_with(".local/"))
        .collect();
    assert!(strays.is_empty() && home.files().len() > before, "{strays:?}");
}
