//! TE12, TE16, TE17, TE19, TE20: the provider sends elsewhere, or says no.

use super::row;
use crate::evil::Evil;
use crate::home::{Home, provider_toml};

#[test]
fn te12_no_redirect_is_followed() {
    for tried in row("TE12") {
        if tried.mode.name.ends_with("-other") {
            tried.refresh.says("localhost");
            tried.code.says("localhost");
        }
        assert_eq!(tried.refreshes.len(), 1, "{}", tried.mode.name);
    }
}

#[test]
fn te17_what_the_provider_says_is_short_and_clean() {
    for tried in row("TE17") {
        for output in [&tried.refresh, &tried.code] {
            let message = output.last_event()["error"]["message"].as_str().unwrap().to_owned();
            let longest = message.split(|c| c != 'A').map(str::len).max().unwrap_or(0);
            assert!(longest <= 300, "{} characters of the provider's text", longest);
        }
    }
}

#[test]
fn te17_the_same_holds_for_people() {
    for mode in ["error-ansi", "error-html", "error-10k"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.expired(&evil, "evil");
        evil.mode("token", mode);
        let output = home.run(&["token", "evil"]);
        output.exits(&[1]);
        assert!(output.err().len() < 2_000, "{}", output.err().len());
        assert!(output.err().split(|c| c != 'A').all(|run| run.len() <= 300));
    }
}

#[test]
fn te19_a_code_is_presented_once_whatever_the_answer() {
    for tried in row("RF12") {
        tried.code.exits(tried.mode.code);
    }
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("authorize", "code-unknown");
    home.connect(&["evil"]).0.exits(&[1]);
    assert_eq!(evil.count("token", "authorization_code"), 1);
}

#[test]
fn te20_client_credentials_are_form_encoded_before_they_are_joined() {
    let (id, secret) = ("id%:+ü &=", "CANARY-cs-%:+ü &=/?");
    for method in ["basic", "body"] {
        let evil = Evil::start();
        let mut home = Home::new(&evil);
        let auth = format!("\"{method}\"");
        home.provider("evil", &provider_toml(&evil, &[("client-auth", &auth), ("client-id", "")]));
        home.set("INTEG_EVIL_CLIENT_ID", id).set("INTEG_EVIL_CLIENT_SECRET", secret);
        evil.state().grants.client = Some((id.into(), secret.into()));
        home.connect(&["evil"]).0.exits(&[0]);
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
        assert_eq!(evil.log("token").iter().any(|r| r.header("authorization").is_some()), method == "basic");
    }
}
