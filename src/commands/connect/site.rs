//! Several places behind one account (Atlassian's sites): asked for with the new token, before anything else is.

use http::Method;
use serde_json::Value;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::http::Request;
use crate::output::sanitise;
use crate::providers::{Api, Provider, Site};
use crate::vault::Grant;
use crate::vault::{SITE_NAME, SITE_URL};

/// Longer lists are nobody's (sites).
const MOST: usize = 500;

pub(crate) enum Sited {
    /// The grant knows its site, or its provider has no such thing.
    Yes,
    /// It has a token and no site: what a person can do about it.
    Open(Error),
}

struct Place {
    id: String,
    name: Option<String>,
    url: Option<String>,
}

/// The one that was asked for, in the words of a person. What is chosen already stays, as long as it is on the list.
pub(crate) async fn choose(
    app: &App,
    provider: &Provider,
    asked: Option<&str>,
    grant: &mut Grant,
) -> Result<Sited, Error> {
    let provider = provider.of_grant(grant)?;
    let Some(site) = provider.site.clone().filter(|_| !grant.pasted) else { return Ok(Sited::Yes) };
    let kept = grant.options.get(&site.option).cloned();
    let open = |error: Error| match &kept {
        Some(_) if asked.is_none() => Ok(Sited::Yes),
        _ => Ok(Sited::Open(error)),
    };
    let places = match list(app, &provider, &site, grant).await {
        Ok(places) => places,
        Err(error) if matches!(error.kind, Kind::Unsafe | Kind::NeedsReauth) => return Err(error),
        Err(error) => return open(error),
    };
    let wanted = asked.or(kept.as_deref());
    let place =
        match (wanted.and_then(|wanted| places.iter().find(|place| place.is(wanted))), places.as_slice()) {
            (Some(place), _) => place,
            (None, []) => {
                let message = format!("this account may not use any site of {}", provider.title);
                return Ok(Sited::Open(Error::new(Kind::MissingScope, message)));
            }
            (None, [only]) if asked.is_none() => only,
            (None, several) if asked.is_none() && app.prompt.is_allowed() => {
                let lines: Vec<String> = several.iter().map(Place::words).collect();
                match several.get(app.prompt.choose(&format!("Which site of {}", provider.title), &lines)?) {
                    Some(place) => place,
                    None => return Ok(Sited::Open(undecided(&provider, &site, several))),
                }
            }
            (None, several) => return Ok(Sited::Open(undecided(&provider, &site, several))),
        };
    grant.options.insert(site.option.clone(), provider.option_value(&site.option, &place.id)?);
    let words = [(SITE_URL, &place.url), (SITE_NAME, &place.name)];
    for (key, text) in words {
        match text {
            Some(text) => drop(grant.extra.insert(key.into(), Value::from(text.clone()))),
            None => drop(grant.extra.remove(key)),
        }
    }
    Ok(Sited::Yes)
}

/// Everything a person can name one of them by.
fn undecided(provider: &Provider, site: &Site, places: &[Place]) -> Error {
    let listed: Vec<String> = places.iter().map(Place::words).collect();
    let message = format!("this account has several sites of {}: {}", provider.title, listed.join("; "));
    Error::new(Kind::InteractionNeeded, message)
        .help(format!("--option {}=ID, its name or its address", site.option))
}

async fn list(app: &App, provider: &Provider, site: &Site, grant: &Grant) -> Result<Vec<Place>, Error> {
    let api = Api::new(provider, app.http()?, grant, app.budget()?);
    let request = Request::new(Method::GET, api.url(&site.path)?).header("accept", "application/json");
    let answer = api.send(request).await?;
    let cannot = |why: String| {
        let message = format!("the sites of {} cannot be listed: {why}", provider.title);
        Error::new(Kind::Unavailable, message)
    };
    if answer.status.as_u16() == 401 {
        let message = format!("{} does not accept this token", provider.title);
        return Err(Error::new(Kind::NeedsReauth, message));
    }
    if !answer.status.is_success() {
        return Err(cannot(format!("it answered {}", answer.status.as_u16())));
    }
    let body = answer.json().unwrap_or_default();
    let steps = site.list.as_deref().unwrap_or_default().split('.').filter(|step| !step.is_empty());
    let found = steps.into_iter().try_fold(&body, |at, step| at.get(step)).and_then(Value::as_array);
    let found = found.ok_or_else(|| cannot("the answer is no list".into()))?;
    let clean = |text: String| sanitise::excerpt(&text);
    let read = |item: &Value| {
        let id = site.id.text(item)?;
        // An id stands in addresses: one that does not fit there is nobody's.
        provider.option_value(&site.option, &id).ok()?;
        Some(Place { id, name: site.name.text(item).map(clean), url: site.url.text(item).map(clean) })
    };
    Ok(found.iter().take(MOST).filter_map(read).collect())
}

impl Place {
    fn is(&self, wanted: &str) -> bool {
        let bare = |text: &str| text.trim_start_matches("https://").trim_end_matches('/').to_lowercase();
        let same = |text: &Option<String>| text.as_deref().is_some_and(|text| bare(text) == bare(wanted));
        self.id == wanted || same(&self.name) || same(&self.url)
    }

    fn words(&self) -> String {
        let rest = [&self.name, &self.url].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        if rest.is_empty() { self.id.clone() } else { format!("{} ({rest})", self.id) }
    }
}

/// What `--option` says of the site: it is held against the list.
pub(crate) fn wanted<'a>(provider: &Provider, given: &'a [(String, String)]) -> Option<&'a str> {
    let site = provider.site.as_ref()?;
    given.iter().rev().find(|(name, _)| *name == site.option).map(|(_, value)| value.as_str())
}

/// A grant that has a token, and no site yet.
pub(crate) fn is_open(provider: &Provider, grant: &Grant) -> bool {
    let site = provider.site.as_ref().filter(|_| !grant.pasted);
    site.is_some_and(|site| !grant.options.contains_key(&site.option))
}
