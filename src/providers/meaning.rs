//! What a provider file says that no type refuses and that cannot work.

use http::{HeaderName, HeaderValue, Method};
use url::Url;

use crate::http::host;
use crate::providers::schema::{Paths, Provider};
use crate::providers::{calendars, tasks};

/// Parameters that every authorization request sets by itself.
const OURS: [&str; 7] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "redirect_uri",
    "response_type",
    "state",
];

/// Names that a command beside `integ providers NAME` has already.
pub(crate) fn is_taken(name: &str) -> bool {
    ["add", "check", "help"].contains(&name)
}

type Faults = Vec<(String, String)>;

/// The keys, and what is wrong with each.
pub(super) fn faults(provider: &Provider) -> Faults {
    let mut faults = Faults::new();
    let mut fault = |key: &str, what: &str| faults.push((key.to_owned(), what.to_owned()));
    if is_taken(&provider.name) {
        fault("", "a provider cannot be called this: `integ providers` has a command of that name");
    }
    if provider.title.is_empty() {
        fault("title", "is missing");
    }
    let is_told = provider.api_url.is_some() || provider.issuer.is_some() || provider.api_url_at.is_some();
    let is_pasted = provider.paste.as_ref().is_some_and(|p| p.api_url.is_some());
    if !is_told && (provider.has_oauth() || !is_pasted) && provider.protocol == Default::default() {
        fault("api-url", "is missing, and there is no `issuer` either");
    }
    if provider.issuer.is_none() {
        if provider.authorize_url.is_some() && provider.token_url.is_none() {
            fault("token-url", "is missing: a code could not be exchanged");
        }
        if provider.resource.is_some() && provider.authorize_url.is_none() {
            fault("resource", "says for what, and no `issuer` or `authorize-url` says from whom");
        }
    }
    if provider.authorize_params.contains_key("scope") && provider.scope_param.is_none() {
        fault("authorize-params.scope", "is set by integ itself: use `scopes`");
    }
    faults.extend(dangers(provider));
    faults.extend(provider.template_faults());
    faults.extend(references(provider));
    faults.extend(dialects(provider));
    faults.extend(forms(provider));
    faults.extend(calls(provider));
    faults
}

/// What would weaken a sign-in, or let a token out: nothing is done with such a file.
pub(super) fn dangers(provider: &Provider) -> Faults {
    let mut faults = Faults::new();
    for name in provider.authorize_params.keys().filter(|name| OURS.contains(&name.as_str())) {
        faults.push((format!("authorize-params.{name}"), "is set by integ itself".into()));
    }
    for pattern in provider.hosts.iter().filter(|pattern| !pattern.contains('{')) {
        if let Some(why) = pattern_fault(pattern) {
            faults.push(("hosts".into(), format!("`{pattern}` {why}")));
        }
    }
    // It takes the token, and maybe the client's secret.
    let introspects = provider.introspect.as_ref().and_then(|introspect| introspect.url.parse::<Url>().ok());
    if let Some(Err(why)) = introspects.map(|url| host::safe(&url)) {
        faults.push(("introspect.url".into(), why.to_string()));
    }
    let of_whoami = provider.whoami.iter().flat_map(|whoami| &whoami.headers);
    let headers = provider.api_headers.iter().map(|header| ("api-headers", header));
    for (table, (name, value)) in headers.chain(of_whoami.map(|header| ("whoami.headers", header))) {
        if name.parse::<HeaderName>().is_err() {
            faults.push((format!("{table}.{name}"), "is no name of a header".into()));
        }
        if value.parse::<HeaderValue>().is_err() {
            faults.push((format!("{table}.{name}"), "has characters that no header can have".into()));
        }
    }
    faults
}

/// Names that must be defined elsewhere in the file.
fn references(provider: &Provider) -> Faults {
    let mut faults = Faults::new();
    for (name, service) in &provider.service {
        for stray in service.capabilities.iter().filter(|c| !provider.capability.contains_key(*c)) {
            faults.push((
                format!("service.{name}.capabilities"),
                format!("names the capability `{stray}`, which is not defined"),
            ));
        }
        if service.capabilities.is_empty() {
            faults.push((format!("service.{name}"), "names no capability".into()));
        }
    }
    faults
}

/// The languages that we speak.
fn dialects(provider: &Provider) -> Faults {
    let known = |capability: &str| match capability {
        "calendars" => calendars::Dialect::ALL.map(calendars::Dialect::word).to_vec(),
        "tasks" => tasks::Dialect::ALL.iter().map(|dialect| dialect.word()).collect(),
        _ => Vec::new(),
    };
    let mut faults = Faults::new();
    for (name, capability) in &provider.capability {
        let known = known(name);
        if let Some(stray) = capability.dialect.as_deref().filter(|word| !known.contains(word)) {
            let what = match known.as_slice() {
                [] => "is for `calendars` and `tasks` alone".to_owned(),
                known => format!("`{stray}` is none that integ speaks: {}", known.join(", ")),
            };
            faults.push((format!("capability.{name}.dialect"), what));
        }
    }
    faults
}

/// Texts of which only some forms mean anything.
fn forms(provider: &Provider) -> Faults {
    let mut faults = Faults::new();
    let lives = [
        ("access-life", provider.access_life.as_ref()),
        ("refresh-life", provider.refresh_life.as_ref()),
        ("testing-life", provider.testing_life.as_ref()),
        ("jwt-bearer.life", provider.jwt_bearer.as_ref().and_then(|jwt| jwt.life.as_ref())),
        ("rate.pause", provider.rate.as_ref().and_then(|rate| rate.pause.as_ref())),
    ];
    for (key, text) in lives {
        if let Some(Err(why)) = text.map(|text| crate::duration::parse(text)) {
            faults.push((key.into(), why));
        }
    }
    if let Some(why) = provider.redirect.as_deref().and_then(|text| redirect(text, true)) {
        faults.push(("redirect".into(), why));
    }
    for text in &provider.redirect_fallbacks {
        if let Some(why) = redirect(text, false) {
            faults.push(("redirect-fallbacks".into(), why));
        }
    }
    for (key, address) in [("console-url", &provider.console_url), ("docs", &provider.docs)] {
        let sound = |text: &String| text.parse::<Url>().is_ok_and(|url| host::safe(&url).is_ok());
        if let Some(text) = address.as_ref().filter(|text| key != "docs" || text.contains("://"))
            && !sound(text)
        {
            faults.push((key.into(), format!("is not a web address: {text}")));
        }
    }
    faults
}

/// The words, an https address, or one on this machine with its port.
fn redirect(text: &str, words: bool) -> Option<String> {
    if words && (matches!(text, "loopback" | "localhost" | "none") || text.starts_with("urn:")) {
        return None;
    }
    let url: Option<Url> = text.parse().ok();
    let sound = url.as_ref().is_some_and(|url| {
        let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
        host::safe(url).is_ok() && (url.scheme() == "https" || here && url.port().is_some())
    });
    let known = if words { "loopback, localhost, none, urn:…, " } else { "" };
    (!sound).then(|| {
        format!(
            "`{text}` is none of: {known}http://127.0.0.1:PORT/PATH, http://localhost:PORT/PATH, https://…"
        )
    })
}

/// A pattern that fits half the world protects nothing.
fn pattern_fault(pattern: &str) -> Option<&'static str> {
    let name = pattern.split_once(':').map_or(pattern, |(name, _)| name);
    let parent = name.strip_prefix("*.").unwrap_or(name);
    if parent.is_empty() || parent.contains(['/', '*', '@', ' ', '?']) || pattern.contains("//") {
        return Some("is no host: api.example.com, *.example.com, host.example:8443");
    }
    (name != parent && !parent.contains('.')).then_some("fits too many hosts")
}

/// Calls to the API.
fn calls(provider: &Provider) -> Faults {
    let mut faults = Faults::new();
    let mut fault = |key: String, what: String| faults.push((key, what));
    let mut methods = vec![("revoke-method", provider.revoke_method.as_ref())];
    if let Some(whoami) = &provider.whoami {
        methods.push(("whoami.method", whoami.method.as_ref()));
        if let Some(why) = path(provider, &whoami.path) {
            fault("whoami.path".into(), why);
        }
        if !says_who(&whoami.id) && !says_who(&whoami.account) {
            fault("whoami".into(), "has neither `id` nor `account`: nobody would be recognised".into());
        }
    }
    if let Some(introspect) = &provider.introspect {
        methods.push(("introspect.method", introspect.method.as_ref()));
        if let Some(why) = path(provider, &introspect.url) {
            fault("introspect.url".into(), why);
        }
    }
    if let Some(site) = &provider.site {
        if let Some(why) = path(provider, &site.path) {
            fault("site.path".into(), why);
        }
        if site.option.is_empty() {
            fault("site.option".into(), "is missing".into());
        }
    }
    for (name, check) in &provider.check {
        if let Some(why) = path(provider, &check.path) {
            fault(format!("check.{name}.path"), why);
        }
    }
    for (key, method) in methods {
        let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        if let Some(text) = method.filter(|text| !known.iter().any(|known| known.as_str() == *text)) {
            fault(key.into(), format!("`{text}` is no method: GET, POST, PUT, PATCH, DELETE"));
        }
    }
    faults
}

fn says_who(paths: &Paths) -> bool {
    paths.0.iter().any(|path| !path.is_empty())
}

/// A path below the API, or an address that a token may be sent to. What is yet to be filled in is not judged.
fn path(provider: &Provider, text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("is missing".into());
    }
    if text.starts_with('/') && !text.starts_with("//") || text.contains('{') {
        return None;
    }
    let Ok(url) = text.parse::<Url>() else {
        return Some(format!("`{text}` is neither a path (/me) nor a URL"));
    };
    let own = [&provider.api_url, &provider.issuer, &provider.token_url, &provider.authorize_url];
    let mut bases = own.into_iter().flatten().filter_map(|text| text.parse::<Url>().ok());
    let allowed = bases.any(|base| host::allowed(&url, &base, &provider.hosts));
    (!allowed).then(|| format!("{text} is on a host that is not in `hosts`: no token is sent there"))
}
