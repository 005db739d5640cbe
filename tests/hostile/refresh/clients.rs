//! A grant belongs to the client that it was issued to, whichever is set up by now.

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

fn set_up(home: &Home, evil: &Evil, id: &str, secret: &str) {
    home.run_with(&["setup", "evil", "--client-id", id, "--client-secret-stdin"], secret).exits(&[0]);
    evil.state().grants.client = Some((id.to_owned(), secret.to_owned()));
}

fn shown(evil: &Evil) -> (Option<String>, Option<String>) {
    let last = evil.log("token").last().cloned().unwrap();
    (last.field("client_id"), last.field("client_secret"))
}

fn is(id: &str) -> (Option<String>, Option<String>) {
    (Some(id.to_owned()), Some(format!("CANARY-secret-of-{id}")))
}

#[test]
fn a_grant_is_renewed_by_its_own_client_until_nobody_needs_it() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    home.secrets.extend(["CANARY-secret-of-one".to_owned(), "CANARY-secret-of-two".to_owned()]);
    home.provider("evil", &provider_toml(&evil, &[("client-id", ""), ("client-auth", "\"body\"")]));
    set_up(&home, &evil, "one", "CANARY-secret-of-one");
    home.fresh(&evil, "evil");
    set_up(&home, &evil, "two", "CANARY-secret-of-two");
    evil.state().grants.client = Some(("one".to_owned(), "CANARY-secret-of-one".to_owned()));
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    assert_eq!(shown(&evil), is("one"), "the second client has not taken its secret away");
    // The provider has forgotten the first one.
    evil.state().grants.client = Some(("two".to_owned(), "CANARY-secret-of-two".to_owned()));
    let refused = home.run(&["refresh", "evil", "--force", "--json"]);
    assert_eq!(refused.exits(&[1]).kind(), "client_misconfigured");
    refused.says("another client here now than one").says("integ connect evil");
    assert_eq!(shown(&evil), is("one"), "never with the secret of the other");
    let kept = home.vault_files().len();
    home.connect(&["evil"]).0.exits(&[0]);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    assert_eq!(shown(&evil), is("two"));
    assert_eq!(home.vault_files().len(), kept - 1, "nobody needs the first one's secret");
}

#[test]
fn a_sign_in_that_registers_a_client_and_is_given_up_takes_nothing_away() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    evil.mode("discovery", "registration").mode("register", "reg-secret");
    home.connect(&["mine", "--issuer", &evil.base]).0.exits(&[0]);
    let (first, secret) = evil.state().grants.client.clone().unwrap();
    home.secrets.push(secret.clone());
    let port = crate::any_server::free_port();
    home.run(&["connect", "mine/two", "--no-browser", "--port", &port, "--timeout", "1"]).exits(&[3]);
    let second = evil.state().grants.client.clone().unwrap();
    assert_ne!(second.1, secret, "another one was registered");
    evil.state().grants.client = Some((first, secret));
    home.run(&["refresh", "mine", "--force"]).exits(&[0]);
}
