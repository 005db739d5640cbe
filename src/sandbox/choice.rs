//! The consent page: who asks, for what, and the answer.

use url::{Host, Url};

use super::answer::Answer;
use super::page::{escape, frame};
use super::people::{PEOPLE, Person};
use super::scopes::{self, Scope, Scopes};

pub(crate) struct Choice<'a> {
    /// Where the answer goes.
    pub(crate) action: &'a str,
    pub(crate) key: &'a str,
    pub(crate) client: &'a str,
    pub(crate) scopes: &'a Scopes,
    /// Who the app expects (`login_hint`).
    pub(crate) hint: Option<&'a str>,
    pub(crate) redirect: Option<&'a Url>,
    /// What the device shows, when one asks.
    pub(crate) user_code: Option<&'a str>,
}

pub(crate) fn page(choice: &Choice) -> Answer {
    let client = escape(choice.client);
    let action = choice.action;
    let key = escape(choice.key);
    let check = choice.user_code.map(code).unwrap_or_default();
    let asked = asked(choice.scopes);
    let people: String = people(choice.hint).into_iter().map(|person| button(person, choice.hint)).collect();
    let whither = match choice.redirect {
        Some(url) => format!("You return to {client} at <code>{}</code>.", escape(&origin(url))),
        None => "You return to your device.".to_owned(),
    };
    let content = format!(
        r#"<h1><strong>{client}</strong> wants to use your Sandbox account</h1>
{check}<form method="post" action="{action}">
<input type="hidden" name="key" value="{key}">
{asked}<div class="people">
{people}<button class="deny" name="deny" value="1">Deny</button>
</div>
</form>
<p class="quiet">{whither}</p>"#
    );
    let target = choice.redirect.map(form_target).unwrap_or_default();
    frame(&format!("{} wants to use your account", choice.client), &content, &target)
}

fn asked(scopes: &Scopes) -> String {
    let all = || scopes.iter().filter_map(|name| scopes::find(name));
    let fixed: String = all().filter(|scope| !scope.optional).map(line).collect();
    let optional: String = all().filter(|scope| scope.optional).map(line).collect();
    let mut text = String::new();
    if !fixed.is_empty() {
        text += &format!("<h2>It always gets to</h2>\n<ul class=\"scopes\">\n{fixed}</ul>\n");
    }
    if !optional.is_empty() {
        text +=
            &format!("<h2>It may also, unless you untick it</h2>\n<ul class=\"scopes\">\n{optional}</ul>\n");
    }
    text
}

fn line(scope: &Scope) -> String {
    let Scope { name, words, optional } = scope;
    if *optional {
        format!(
            "<li><label><input type=\"checkbox\" name=\"scope\" value=\"{name}\" checked> {words} \
             <code>{name}</code></label></li>\n"
        )
    } else {
        format!("<li><span class=\"dot\" aria-hidden=\"true\"></span> {words} <code>{name}</code></li>\n")
    }
}

/// Whoever is expected comes first, since Enter presses the first button.
fn people(hint: Option<&str>) -> Vec<&'static Person> {
    let mut people = PEOPLE.to_vec();
    people.sort_by_key(|person| !is_expected(person, hint));
    people
}

fn is_expected(person: &Person, hint: Option<&str>) -> bool {
    hint.is_some_and(|hint| hint.eq_ignore_ascii_case(person.email))
}

fn button(person: &Person, hint: Option<&str>) -> String {
    let Person { email, name, workspace, .. } = person;
    let initial: String = name.chars().take(1).collect();
    let expected = if is_expected(person, hint) { "<em>expected</em>" } else { "" };
    format!(
        r#"<button class="person" name="account" value="{email}">
<span class="face" aria-hidden="true">{initial}</span>
<span>Allow as <b>{name}</b>{expected}<small>{email}, {workspace}</small></span>
</button>
"#
    )
}

fn code(user_code: &str) -> String {
    format!(
        "<p>Go on only if your device shows this code:</p>\n<p class=\"code\"><code>{}</code></p>\n",
        escape(user_code)
    )
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Browsers apply `form-action` to the redirect that answers the form, too. A policy has no way to write an IPv6
/// address, hence the scheme alone for those.
fn form_target(url: &Url) -> String {
    match url.host() {
        Some(Host::Ipv6(_)) => "http:".to_owned(),
        _ => origin(url),
    }
}
