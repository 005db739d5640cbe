//! What the file says beside what is sent: the ways in, and what a person is told.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Check;
use crate::dialect::{Codes, Refresh, RevokeAuth};
use crate::overlay::file;
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 3] = [
    ("file::each_way_in_is_taught_here", every_way),
    ("file::redirect_uris_are_those_of_the_documentation", redirects),
    ("file::codes_are_those_of_the_documentation", known_codes),
];

/// A way that a file opens and that no case goes through would be proven by nobody.
fn every_way(scene: &Scene) {
    let (dialect, file) = (&scene.dialect, file(scene.name()));
    let is_there = |key: &str| file.contains_key(key);
    assert_eq!(dialect.browser.is_some(), is_there("authorize-url"), "authorize-url");
    assert_eq!(dialect.browser.is_some(), is_there("token-url"), "token-url");
    assert_eq!(dialect.device.is_some(), is_there("device-url"), "device-url");
    assert_eq!(dialect.paste.is_some(), is_there("paste"), "paste");
    assert_eq!(dialect.machine.is_some(), is_there("jwt-bearer"), "jwt-bearer");
    assert_eq!(dialect.revoke.is_some(), is_there("revoke-url"), "revoke-url");
    assert_eq!(dialect.introspect.is_some(), is_there("introspect"), "introspect");
    let warns = dialect.paste.as_ref().is_some_and(|paste| paste.warns.is_some());
    assert_eq!(warns, is_there("check"), "check");
    assert!(!is_there("client-credentials"), "nobody tries client-credentials here");
    let basic = dialect.revoke.as_ref().is_some_and(|revoke| revoke.auth == RevokeAuth::Basic);
    assert_eq!(basic, file.get("revoke-auth").and_then(toml::Value::as_str) == Some("basic"));
    // How long tokens last is told to people: it has to be the documentation's.
    let rule = file["refresh"].as_str().unwrap();
    let fits = match dialect.refresh {
        Refresh::Never => ["none", "rotating"].contains(&rule),
        Refresh::Rotates => ["rotating", "on-401"].contains(&rule),
        Refresh::Stays | Refresh::Renews => ["stable", "on-401"].contains(&rule),
    };
    assert!(fits, "refresh = {rule}");
    let prefixes = file.get("paste").and_then(|paste| paste.get("prefixes")?.as_array().cloned());
    let tokens = dialect.paste.as_ref().map_or(&[][..], |paste| paste.tokens);
    for prefix in prefixes.unwrap_or_default() {
        let prefix = prefix.as_str().unwrap().to_owned();
        assert!(tokens.iter().any(|token| token.starts_with(&prefix)), "no token begins with {prefix}");
    }
}

/// Word for word what a person enters in the provider's console, and what is sent by default.
fn redirects(scene: &Scene) {
    let name = scene.name();
    let Some(browser) = crate::dialects::all().into_iter().find(|d| d.name == name).unwrap().browser else {
        return;
    };
    let told = scene.run(&["providers", name, "--json"]).expect(0).json();
    let told = told["providers"][0]["redirect_uri"].as_str().unwrap_or_default().to_owned();
    let any = browser.redirect[0].split_once(":*");
    match any {
        // Any port: what is entered has none.
        Some((host, path)) => {
            assert!(told.starts_with(&format!("{host}{path} (any port")), "{told}");
        }
        None => assert_eq!(told.split(", ").collect::<Vec<_>>(), browser.redirect),
    }
    let mut arguments = vec!["connect", name, "--dry-run", "--json"];
    arguments.extend(scene.dialect.arguments);
    let shown = scene.run(&arguments).expect(0).json();
    let sent = shown["requests"].as_array().unwrap().iter().find_map(redirect_of);
    if let Some(sent) = sent {
        match any {
            Some((host, path)) => assert!(sent.starts_with(host) && sent.ends_with(path), "{sent}"),
            None => assert_eq!(sent, browser.redirect[0]),
        }
    } else {
        assert!(scene.dialect.device.is_some(), "{shown}");
    }
}

fn redirect_of(request: &Value) -> Option<String> {
    let url: url::Url = request["url"].as_str()?.parse().ok()?;
    url.query_pairs().find(|(name, _)| name == "redirect_uri").map(|(_, uri)| uri.into_owned())
}

/// A code that the documentation names and the file does not is one that a person would be told nothing about.
fn known_codes(scene: &Scene) {
    let file = file(scene.name());
    let listed = |key: &str| -> BTreeSet<String> {
        let list = file.get("error").and_then(|error| error.get(key)?.as_array().cloned());
        list.unwrap_or_default().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
    };
    let Codes { reconnect, missing_scope, rate_limited } = &scene.dialect.codes;
    for (key, expected) in
        [("reconnect", reconnect), ("missing-scope", missing_scope), ("rate-limited", rate_limited)]
    {
        let listed = listed(key);
        let lost: Vec<&String> = expected.iter().filter(|code| !listed.contains(*code)).collect();
        assert!(lost.is_empty(), "{key}: {lost:?}");
    }
}

/// The built-in file as it is, and nobody is asked.
pub(super) fn addresses(scene: &Scene) {
    let dialect = &scene.dialect;
    let first = |arguments: &[&str], input: &str| -> Vec<(String, String)> {
        let mut all = vec!["connect", dialect.name, "--dry-run", "--json"];
        all.extend(arguments);
        let shown = scene.feed(&all, input).expect(0).json();
        let address = |request: &Value| {
            let url = request["url"].as_str().unwrap();
            (request["method"].as_str().unwrap().to_owned(), url.split('?').next().unwrap().to_owned())
        };
        shown["requests"].as_array().unwrap().iter().map(address).collect()
    };
    let https = |method: &str, address: &str| (method.to_owned(), format!("https://{address}"));
    if let Some(browser) = &dialect.browser {
        let shown = first(&[&["--paste"], dialect.arguments].concat(), "");
        assert_eq!(shown[..2], [https("GET", browser.authorize), https("POST", browser.token)]);
    }
    for (option, authorize, token) in dialect.elsewhere {
        let shown = first(&["--paste", "--option", option], "");
        assert_eq!(shown[..2], [https("GET", authorize), https("POST", token)], "{option}");
    }
    for option in dialect.nowhere {
        let ended = scene.feed(&["connect", dialect.name, "--paste", "--dry-run", "--option", option], "");
        assert!([2, 6].contains(&ended.code), "{option}: {}{}", ended.stdout, ended.stderr);
    }
    if let Some(device) = &dialect.device {
        assert_eq!(first(&["--device"], "")[0], https("POST", device.at));
    }
    if let Some(paste) = &dialect.paste {
        let shown = first(&[&["--token-stdin"], paste.arguments].concat(), paste.tokens[0]);
        let me = paste.me.unwrap_or(dialect.me.at).split_once(' ').unwrap();
        let (method, address) = (me.0, me.1.split('?').next().unwrap());
        let address = if paste.authorization.is_empty() {
            address.replacen('/', "/bot***/", 1)
        } else {
            address.to_owned()
        };
        assert_eq!(shown[0], https(method, &address));
    }
}
