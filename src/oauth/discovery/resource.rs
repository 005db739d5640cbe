//! A protected resource, such as an MCP server, and which authorization servers give tokens for it (RFC 9728).

use http::{Method, StatusCode};
use serde::Deserialize;
use url::Url;

use super::address;
use super::metadata::{Said, in_bounds, judge};
use crate::http::{Budget, Client, Request, host};
use crate::oauth::OauthError;
use crate::output::sanitise;

/// More authorization servers than this are not asked.
const MOST: usize = 8;

/// What a resource says about itself.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Its identifier: where tokens for it are sent, and what they are asked for (RFC 8707).
    pub id: String,
    pub issuers: Vec<String>,
    pub scopes: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    resource: Option<String>,
    authorization_servers: Option<Vec<String>>,
    scopes_supported: Option<Vec<String>>,
}

/// What a 401 of the resource says (RFC 9728 §5.1, RFC 6750 §3).
#[derive(Debug, Default, PartialEq, Eq)]
struct Challenge {
    metadata: Option<String>,
    scopes: Vec<String>,
}

/// Asks the resource who gives tokens for it: at the place that belongs to its path, then by knocking, then for its
/// whole host.
pub(crate) async fn protected_resource(
    text: &str,
    http: &Client,
    budget: Budget,
) -> Result<Resource, OauthError> {
    let url = address(text)?;
    let mut root = url.clone();
    root.set_path("/");
    root.set_query(None);
    let mut trouble = None;
    let mut found = ask(&url, &well_known(&url), http, budget, &mut trouble).await?;
    let mut scopes = Vec::new();
    if found.is_none() {
        let challenge = knock(&url, http, budget).await?;
        scopes = challenge.scopes;
        if let Some(place) = challenge.metadata {
            let place = own_place(&url, &place)?;
            found = ask(&url, &place, http, budget, &mut trouble).await?;
        }
    }
    if found.is_none() && root != url {
        found = ask(&root, &well_known(&root), http, budget, &mut trouble).await?;
    }
    let mut resource =
        found.ok_or_else(|| trouble.unwrap_or_else(|| OauthError::NoMetadata(text.to_owned())))?;
    if !scopes.is_empty() {
        resource.scopes = scopes;
    }
    Ok(resource)
}

/// RFC 9728 §3.1: between the host and the rest.
fn well_known(resource: &Url) -> Url {
    let mut place = resource.clone();
    place.set_fragment(None);
    place
        .set_path(&format!("/.well-known/oauth-protected-resource{}", resource.path().trim_end_matches('/')));
    place
}

async fn ask(
    resource: &Url,
    place: &Url,
    http: &Client,
    budget: Budget,
    trouble: &mut Option<OauthError>,
) -> Result<Option<Resource>, OauthError> {
    let request = Request::new(Method::GET, place.clone()).header("accept", "application/json");
    let answer = http.send(request, budget.left()).await.map_err(in_bounds)?;
    match judge(resource.host_str().unwrap_or_default(), resource.as_str(), &answer) {
        Said::Yes(metadata) => read(resource, metadata).map(Some),
        Said::No => Ok(None),
        Said::Odd(error) => {
            trouble.get_or_insert(error);
            Ok(None)
        }
    }
}

fn read(asked: &Url, metadata: Metadata) -> Result<Resource, OauthError> {
    let id = metadata
        .resource
        .ok_or_else(|| OauthError::Metadata(format!("the metadata of {asked} does not name its resource")))?;
    // §3.3: the same resource, or nothing in the document counts. What a URL parser drops would still be sent and shown.
    let is_plain = id.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain || id.parse::<Url>().ok().as_ref() != Some(asked) {
        let id = sanitise::excerpt(&id);
        return Err(OauthError::Unsafe(format!(
            "the metadata of {asked} is about another resource: {id} (if that is the one you mean: --resource {id})"
        )));
    }
    let mut issuers = Vec::new();
    for issuer in metadata.authorization_servers.unwrap_or_default().into_iter().take(MOST) {
        let url = address(&issuer)?;
        if host::leads_here(&url) && !host::leads_here(asked) {
            return Err(OauthError::Unsafe(format!("{asked} names an authorization server on this machine")));
        }
        issuers.push(issuer);
    }
    if issuers.is_empty() {
        return Err(OauthError::Metadata(format!("{asked} names no authorization server")));
    }
    Ok(Resource { id, issuers, scopes: metadata.scopes_supported.unwrap_or_default() })
}

/// A request without a token, which a protected resource refuses with a word about where to get one.
async fn knock(url: &Url, http: &Client, budget: Budget) -> Result<Challenge, OauthError> {
    let request = Request::new(Method::GET, url.clone());
    let answer = http.send(request, budget.left()).await.map_err(in_bounds)?;
    if answer.status != StatusCode::UNAUTHORIZED {
        return Ok(Challenge::default());
    }
    let lines = answer.headers.get_all(http::header::WWW_AUTHENTICATE);
    Ok(lines.iter().filter_map(|line| line.to_str().ok()).find_map(challenge).unwrap_or_default())
}

fn challenge(header: &str) -> Option<Challenge> {
    let challenges = http_auth::parse_challenges(header).ok()?;
    let bearer = challenges.into_iter().find(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer"))?;
    let param = |name: &str| {
        let found = bearer.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_unescaped())
    };
    let scopes = param("scope").unwrap_or_default();
    Some(Challenge {
        metadata: param("resource_metadata"),
        scopes: scopes.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
    })
}

/// The place that a 401 names must be the resource's own: anything else would make us ask for somebody.
fn own_place(resource: &Url, text: &str) -> Result<Url, OauthError> {
    let place = resource.join(text).ok().filter(|place| place.origin() == resource.origin());
    place.filter(|place| host::safe(place).is_ok()).ok_or_else(|| {
        OauthError::Unsafe(format!(
            "{resource} says that its metadata is elsewhere: {}",
            sanitise::excerpt(text)
        ))
    })
}

/// What a resource publishes, and what a 401 of it says.
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::panic, clippy::unwrap_used)]
pub(super) fn fuzz(answer: &crate::http::Answer, data: &[u8]) {
    use crate::fuzz::holds::is_presentable;
    let asked: Url = "https://r.example/mcp".parse().unwrap();
    match judge("Acme", asked.as_str(), answer) {
        Said::Odd(error) => is_presentable(&error),
        Said::No => panic!("status 200 says that it is there"),
        Said::Yes(metadata) => match read(&asked, metadata) {
            Err(error) => is_presentable(&error),
            Ok(resource) => {
                assert_eq!(resource.id.parse(), Ok(asked.clone()));
                assert!(resource.id.bytes().all(|byte| byte.is_ascii_graphic()), "{:?}", resource.id);
                assert!((1..=MOST).contains(&resource.issuers.len()));
                for issuer in &resource.issuers {
                    let issuer: Url = issuer.trim().parse().unwrap();
                    assert!(issuer.scheme() == "https" && issuer.host_str() != Some("127.0.0.1"), "{issuer}");
                }
            }
        },
    }
    let header = String::from_utf8_lossy(data);
    if let Some(place) = challenge(&header).and_then(|challenge| challenge.metadata) {
        match own_place(&asked, &place) {
            Ok(place) => assert!(place.as_str().starts_with("https://r.example/"), "{place}"),
            Err(error) => is_presentable(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn the_place_is_between_host_and_path() {
        for (resource, place) in [
            ("https://r.example", "https://r.example/.well-known/oauth-protected-resource"),
            ("https://r.example/", "https://r.example/.well-known/oauth-protected-resource"),
            ("https://r.example/mcp", "https://r.example/.well-known/oauth-protected-resource/mcp"),
            ("https://r.example/a/b?c=d", "https://r.example/.well-known/oauth-protected-resource/a/b?c=d"),
        ] {
            assert_eq!(well_known(&url(resource)).as_str(), place);
        }
    }

    #[test]
    fn a_challenge_is_found_among_others() {
        let place = Some("https://r.example/m".to_owned());
        for (header, metadata, scopes) in [
            (r#"Bearer resource_metadata="https://r.example/m""#, &place, vec![]),
            (
                r#"Basic realm="x, Bearer", bearer realm="r", resource_metadata="https://r.example/m", scope="a b""#,
                &place,
                vec!["a", "b"],
            ),
            ("Bearer", &None, vec![]),
            (r#"Bearer error="invalid_token""#, &None, vec![]),
        ] {
            let found = challenge(header).unwrap();
            assert_eq!(
                (&found.metadata, &found.scopes),
                (metadata, &scopes.iter().map(|s| (*s).to_owned()).collect()),
                "{header}"
            );
        }
        for nonsense in ["", "Basic realm=\"x\"", "Bearer resource_metadata=\"unclosed", ",,,", "\"\""] {
            assert_eq!(challenge(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn only_its_own_place_is_asked() {
        let resource = url("https://r.example/mcp");
        assert_eq!(own_place(&resource, "/m").unwrap(), url("https://r.example/m"));
        for bad in [
            "https://evil.example/m",
            "http://r.example/m",
            "http://127.0.0.1/m",
            "https://u@r.example/m",
            "file:///m",
        ] {
            assert!(own_place(&resource, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_it_says_must_be_about_itself_and_useful() {
        let asked = url("https://r.example/mcp");
        let of = |json: &str| serde_json::from_str(json).map(|metadata| read(&asked, metadata));
        let good = of(
            r#"{"resource":"https://r.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":null}"#,
        );
        assert_eq!(good.unwrap().unwrap().issuers, ["https://as.example"]);
        for bad in [
            r"{}",
            r#"{"resource":"https://r.example/mcp"}"#,
            r#"{"resource":"https://r.example/mcp","authorization_servers":[]}"#,
            r#"{"resource":"https://r.example/mcp/","authorization_servers":["https://as.example"]}"#,
            r#"{"resource":"https://r.example","authorization_servers":["https://as.example"]}"#,
            "{\"resource\":\"https://r\u{feff}.example/mcp\",\"authorization_servers\":[\"https://as.example\"]}",
            r#"{"resource":"https://evil.example/mcp","authorization_servers":["https://as.example"]}"#,
            r#"{"resource":"https://r.example/mcp","authorization_servers":["http://as.example"]}"#,
            r#"{"resource":"https://r.example/mcp","authorization_servers":["http://127.0.0.1:1"]}"#,
            r#"{"resource":"https://r.example/mcp","authorization_servers":["file:///etc"]}"#,
        ] {
            assert!(of(bad).unwrap().is_err(), "{bad}");
        }
    }
}
