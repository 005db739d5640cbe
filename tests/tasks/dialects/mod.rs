//! How each provider answers. One file is one dialect, after its sheet; what a request may hold, and of which type, is
//! told after the provider's official description where there is one.

mod asana;
mod clickup;
mod github;
mod google_tasks;
mod hubspot;
mod jira;
mod linear;
mod notion;
mod salesforce;
mod todo;
mod todoist;
mod trello;

use base64::Engine;
use serde_json::Value;

pub(crate) use asana::ASANA;
pub(crate) use clickup::CLICKUP;
pub(crate) use github::GITHUB;
pub(crate) use google_tasks::GOOGLE_TASKS;
pub(crate) use hubspot::HUBSPOT;
pub(crate) use jira::JIRA;
pub(crate) use linear::LINEAR;
pub(crate) use notion::NOTION;
pub(crate) use salesforce::SALESFORCE;
pub(crate) use todo::TODO;
pub(crate) use todoist::TODOIST;
pub(crate) use trello::TRELLO;

use crate::desk::Asked;
use crate::server::Play;

/// What a pasted token takes beside itself.
pub(crate) fn options(provider: &str) -> &'static [&'static str] {
    match provider {
        "jira" => &["--option", "domain=acme", "--option", "email=a@x.example"],
        _ => &[],
    }
}

/// The host of the API where a sign-in would have named it.
pub(crate) fn own_host(provider: &str) -> Option<&'static str> {
    (provider == "salesforce").then_some("acme.my.salesforce.com")
}

/// What the header says, `Bearer` taken away.
pub(crate) fn authorization(provider: &str, token: &str) -> String {
    match provider {
        "jira" => {
            let text = base64::engine::general_purpose::STANDARD.encode(format!("a@x.example:{token}"));
            format!("Basic {text}")
        }
        "trello" => format!("OAuth oauth_consumer_key=\"KEY\", oauth_token=\"{token}\""),
        _ => token.to_owned(),
    }
}

/// Notes every field that the description does not know or knows with another type.
fn conforms(play: &mut Play, what: &str, value: &Value, fields: &[(&str, &str)]) {
    let Some(object) = value.as_object() else { return play.must(false, format!("{what} is no object")) };
    for (name, value) in object {
        let kind = crate::described::kind(value);
        let known = fields.iter().find(|(own, _)| own == name);
        let fits = known.is_some_and(|(_, kinds)| kinds.split('|').any(|own| own == kind));
        play.must(fits, format!("{what}.{name} is {kind}, the description says {known:?}"));
    }
}

/// A parameter of the query.
fn query(asked: &Asked, name: &str) -> Option<String> {
    let (_, query) = asked.target.split_once('?')?;
    let mut found = url::form_urlencoded::parse(query.as_bytes());
    found.find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}

fn missing() -> (u16, Value) {
    (404, serde_json::json!({"message": "not found"}))
}
