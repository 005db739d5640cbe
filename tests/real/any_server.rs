//! Servers of which only an address is known: registration, resources, and what a provider file says of them.
use std::path::Path;

use crate::harness::{Consent, Oidc, Sealed, consent, needs};

fn started(env: &[(&str, &str)]) -> Option<(Oidc, Sealed)> {
    needs("any_server", &["oidc-provider"]).then(|| {
        let env = [&[("ACCESS_TTL", "3600")], env].concat();
        let (server, home) = (Oidc::start(&env), Sealed::new());
        home.watch(&server.url);
        (server, home)
    })
}

#[test]
fn a_resource_leads_to_its_server_and_takes_the_token() {
    let Some((server, home)) = started(&[("RESOURCE", "1")]) else { return };
    let resource = format!("{}/mcp", server.url);
    let signed_in = home.connect(&["tools", "--resource", &resource]);
    signed_in.out.ok();
    assert!(signed_in.url.contains("resource=http%3A%2F%2F"), "{}", signed_in.url);
    home.integ(&["api", "tools", "/ping"]).run().ok().says(&resource).says("mcp:read").says("alice");
    home.integ(&["refresh", "tools", "--force"]).run().ok();
    home.integ(&["api", "tools", "/ping"]).run().ok().says(&resource);
    // A second account: the same client, at the same place.
    home.connect_as(&["tools/bob"], &["--user", "bob"]).out.ok();
    assert_eq!(server.noted("registration_create.success"), 1);
    home.integ(&["disconnect", "tools", "--yes"]).run().ok();
    home.integ(&["api", "tools/bob", "/ping"]).run().ok().says("bob");
}

#[test]
fn its_address_given_as_an_issuer_is_understood() {
    let Some((server, home)) = started(&[("RESOURCE", "1")]) else { return };
    let resource = format!("{}/mcp", server.url);
    home.connect(&["tools", "--issuer", &resource]).out.ok();
    home.integ(&["api", "tools", "/ping"]).run().ok().says(&resource);
}

#[test]
fn an_unknown_resource_is_refused_by_the_server_and_stores_nothing() {
    let Some((server, home)) = started(&[("RESOURCE", "1")]) else { return };
    let other = format!("{}/other", server.url);
    let args = ["connect", "tools", "--resource", &other, "--no-browser", "--json"];
    home.integ(&args).run().exits(2).says("publishes no OAuth metadata");
    assert_eq!(home.vault_files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_pushed_request_that_is_refused_is_told_in_the_servers_words() {
    let Some((server, home)) = started(&[("PAR", "1")]) else { return };
    server.known_as(&home, "acme", "client-id = \"nobody\"\nclient-auth = \"none\"");
    let out = home.integ(&["connect", "acme", "--no-browser", "--json"]).run().exits(1);
    out.says("invalid_client");
    server.known_as(&home, "acme", "client-id = \"desk\"\nclient-auth = \"none\"");
    let file = home.home().join(".config/integ/providers/acme.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace("redirect = \"loopback\"", "redirect = \"http://127.0.0.1:53999/other\""),
    )
    .unwrap();
    home.integ(&["connect", "acme", "--no-browser", "--json"]).run().exits(1).says("redirect_uri");
    assert_eq!(server.noted("pushed_authorization_request.success"), 0);
}

#[test]
fn a_registered_client_may_use_a_device_code_and_then_a_browser() {
    let Some((server, home)) = started(&[]) else { return };
    let args = ["connect", "anywhere", "--issuer", &server.url, "--device", "--json"];
    let mut running = home.integ(&args).start();
    let url = running.line(|line| {
        let event: serde_json::Value = serde_json::from_str(line).ok()?;
        event["url_complete"].as_str().map(str::to_owned)
    });
    let Some(url) = url else { panic!("no place to enter the code\n{}", running.finish()) };
    let Consent { page, .. } = consent(&url, &["--until", "http://127.0.0.1:1/never"]);
    let out = running.finish();
    assert_eq!(out.code, 0, "{out}\n{page}");
    home.connect(&["anywhere/two"]).out.ok();
    assert_eq!(server.noted("registration_create.success"), 1);
}

#[test]
fn a_provider_file_is_written_and_compared() {
    let Some((server, home)) = started(&[]) else { return };
    let added =
        home.integ(&["providers", "add", "mine", "--issuer", &server.url, "--json"]).run().ok().json();
    let path = added["added"][0]["path"].as_str().unwrap().to_owned();
    home.integ(&["providers", "check", "mine", "--online"]).run().ok();
    home.connect(&["mine"]).out.ok();
    let text = std::fs::read_to_string(Path::new(&path)).unwrap();
    std::fs::write(&path, format!("token-url = \"{}/elsewhere\"\n{text}", server.url)).unwrap();
    let checked = home.integ(&["providers", "check", "mine", "--online", "--json"]).run().exits(2).json();
    assert_eq!(checked["checks"][0]["drift"][0]["key"], "token-url", "{checked}");
}
