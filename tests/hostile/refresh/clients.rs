//! A grant belongs to the client that it was issued to, whichever is set up by now.

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

fn set_up(home: &Home, evil: &Evil, id: &str, secret: &str) {
    home.run_with(&["setup", "evil", "--client-id", id, "--client-secret-stdin"], secret).exits(&[0]);
    evil.state().grants.client = Some((id.to_owned(), secret.to_owned()));
}

#[test]
fn a_grant_of_a_replaced_client_is_never_shown_with_the_secret_of_the_new_one() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    home.secrets.extend(["CANARY-secret-of-one".to_owned(), "CANARY-secret-of-two".to_owned()]);
    home.provider("evil", &provider_toml(&evil, &[("client-id", ""), ("client-auth", "\"body\"")]));
    set_up(&home, &evil, "one", "CANARY-secret-of-one");
    home.fresh(&evil, "evil");
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    set_up(&home, &evil, "two", "CANARY-secret-of-two");
    let refused = home.run(&["refresh", "evil", "--force", "--json"]);
    assert_eq!(refused.exits(&[1]).kind(), "client_misconfigured");
    refused.says("another client here now than one").says("integ connect evil");
    let shown = evil.log("token").last().cloned().unwrap();
    assert_eq!(shown.field("client_id").as_deref(), Some("one"));
    assert_eq!(shown.field("client_secret"), None);
    home.connect(&["evil"]).0.exits(&[0]);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
}
