//! Calling a provider's API with a connection's token: the right place for the token, and only to the provider's hosts.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::schema::{Provider, TokenIn};
use crate::http::{Answer, Budget, Client, HttpError, Request, host, retry_after};
use crate::vault::{Grant, Secret, authorization};

#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("{url} is not one of the hosts of {title}: the token stays here")]
    Host { title: String, url: String },
    #[error("{title} redirects to another host, {host}: not followed")]
    Redirected { title: String, host: String },
    #[error("`{0}` is neither a path nor a URL")]
    BadPath(String),
}

/// One connection's API.
pub(crate) struct Api<'a> {
    pub provider: &'a Provider,
    pub http: &'a Client,
    pub token: &'a Secret,
    /// The header, where it is not `Bearer {token}`.
    pub authorization: Option<&'a str>,
    /// Where the API is, where the last token answer named it.
    pub named_base: Option<String>,
    pub budget: Budget,
}

/// Redirects within the provider's own hosts, at most.
const REDIRECTS: usize = 5;

impl<'a> Api<'a> {
    pub(crate) fn new(provider: &'a Provider, http: &'a Client, grant: &'a Grant, budget: Budget) -> Api<'a> {
        let authorization = grant.authorization.as_deref();
        // A renewal may have moved it since the provider was filled.
        let named = provider.api_url_at.as_ref().and_then(|field| grant.extra.get(field)?.as_str());
        let named_base = named.and_then(|text| provider.named_base(text).ok());
        Api { provider, http, token: &grant.access_token, authorization, named_base, budget }
    }

    fn base(&self) -> &str {
        self.named_base.as_deref().unwrap_or(self.provider.api_base())
    }

    /// A path below `api-url`, or a whole URL on one of the provider's hosts.
    pub(crate) fn url(&self, path: &str) -> Result<Url, ApiError> {
        let bad = || ApiError::BadPath(crate::output::sanitise::excerpt(path));
        // The URL parser drops line breaks and tabs without a word: what is sent would not be what was typed.
        if path.chars().any(char::is_control) {
            return Err(bad());
        }
        let base: Url = self.base().parse().map_err(|_| bad())?;
        let url = if is_absolute(path) {
            path.parse().map_err(|_| bad())?
        } else {
            let prefix = self.provider.api_prefix.as_deref().unwrap_or_default();
            let prefix = prefix.replace("{token}", self.token.expose());
            let joined =
                format!("{}{prefix}/{}", self.base().trim_end_matches('/'), path.trim_start_matches('/'));
            joined.parse().map_err(|_| bad())?
        };
        self.guard(&base, url)
    }

    fn guard(&self, base: &Url, url: Url) -> Result<Url, ApiError> {
        if host::allowed(&url, base, &self.provider.hosts) {
            return Ok(url);
        }
        let url = url.host_str().unwrap_or("that address").to_owned();
        Err(ApiError::Host { title: self.provider.title.clone(), url })
    }

    /// Sends with the token and the provider's headers. Redirects of a GET are followed on the provider's hosts.
    pub(crate) async fn send(&self, mut request: Request) -> Result<Answer, ApiError> {
        let base: Url =
            self.provider.api_base().parse().map_err(|_| ApiError::BadPath(self.base().to_owned()))?;
        for (name, value) in &self.provider.api_headers {
            if !request.headers.contains_key(name.as_str()) {
                request = request.header(name, value);
            }
        }
        let header = authorization(self.authorization, self.token);
        match self.provider.token_in {
            TokenIn::Header => request = request.authorization(&header),
            TokenIn::Path => request.has_secret_path = true,
        }
        request.secrets.push(self.token.clone());
        let (method, headers, mut from) =
            (request.method.clone(), request.headers.clone(), request.url.clone());
        let mut answer = self.send_in_turn(request).await?;
        for _ in 0..REDIRECTS {
            let target = answer.headers.get("location").and_then(|l| l.to_str().ok());
            let (true, Some(target)) = (answer.status.is_redirection(), target) else { break };
            let redirected = |host: &str| ApiError::Redirected {
                title: self.provider.title.clone(),
                host: crate::output::sanitise::excerpt(host),
            };
            let url = from.join(target).map_err(|_| redirected("nowhere"))?;
            if !host::allowed(&url, &base, &self.provider.hosts) {
                return Err(redirected(url.host_str().unwrap_or("nowhere")));
            }
            // What changes something is not sent a second time to a place that the person did not name.
            if method != Method::GET && method != Method::HEAD {
                break;
            }
            from = url.clone();
            let mut next = Request::new(method.clone(), url);
            next.headers = headers.clone();
            next.has_secret_path = self.provider.token_in == TokenIn::Path;
            answer = self.send_in_turn(next).await?;
        }
        if let Some((_, encoded)) =
            header.expose().split_once("Basic ").filter(|_| !answer.status.is_success())
        {
            forget(&mut answer, encoded);
        }
        Ok(answer)
    }
}

impl Api<'_> {
    /// All that share a client keep the provider's pace together. Waiting for one's turn is not the provider's slowness:
    /// the answer has the time that was left before.
    async fn send_in_turn(&self, request: Request) -> Result<Answer, HttpError> {
        let (whom, patience) = (&self.provider.name, self.budget.left());
        self.http.turn(whom, self.provider.gap()).await;
        let answer = self.http.send(request, patience).await?;
        // A longer pause than there is time for ends those that ask next by itself: they are told when to come again.
        if let Some(pause) = told_to_wait(answer.status, &answer.headers).filter(|pause| *pause <= patience) {
            self.http.hold(whom, pause);
        }
        Ok(answer)
    }
}

fn told_to_wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let is_asked = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = is_asked.then(|| retry_after(headers, crate::clock::now()))??;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

/// A server that repeats the header in its refusal: callers mask the token, and this is another spelling of it.
fn forget(answer: &mut Answer, encoded: &str) {
    if let Ok(text) = std::str::from_utf8(&answer.body)
        && text.contains(encoded)
    {
        answer.body = text.replace(encoded, "***").into_bytes();
    }
    for value in answer.headers.values_mut() {
        if value.to_str().is_ok_and(|text| text.contains(encoded)) {
            *value = http::HeaderValue::from_static("***");
        }
    }
}

/// `scheme://…`; an address inside a query does not make a path absolute.
fn is_absolute(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Limits;
    use std::time::Duration;

    #[test]
    fn paths_stay_on_the_providers_hosts() {
        let provider = Provider {
            title: "X".into(),
            api_url: Some("https://api.x.example/v1".into()),
            api_prefix: Some("/bot{token}".into()),
            hosts: vec!["*.files.example".into()],
            ..Provider::default()
        };
        let limits = Limits { connect: Duration::ZERO, deadline: Duration::ZERO, tries: 1, body: 0 };
        let (http, token) = (Client::new(limits), Secret::new("1:a"));
        let budget = Budget::starting_now(Duration::ZERO);
        let api = Api {
            provider: &provider,
            http: &http,
            token: &token,
            authorization: None,
            named_base: None,
            budget,
        };
        assert_eq!(api.url("/getMe?x=1").unwrap().as_str(), "https://api.x.example/v1/bot1:a/getMe?x=1");
        assert_eq!(api.url("https://a.files.example/q").unwrap().as_str(), "https://a.files.example/q");
        for bad in [
            "https://evil.example/",
            "http://api.x.example/",
            "file:///etc/passwd",
            "https://u:p@api.x.example/",
        ] {
            assert!(api.url(bad).is_err(), "{bad}");
        }
        let tricks = [
            "//evil.example/",
            "@evil.example/",
            "\\\\evil.example",
            "../../..//evil.example",
            "/../x",
            ":443@evil.example",
            "?u=https://evil.example/",
            "#https://evil.example",
            "{token}",
            "%2e%2e/%2F",
        ];
        for trick in tricks {
            assert_eq!(api.url(trick).unwrap().host_str(), Some("api.x.example"), "{trick}");
        }
        assert!(!api.url("/{token}").unwrap().path().ends_with("1:a"), "only the prefix is filled in");
        for bad in ["/a\r\nX: y", "ht\ttps://evil.example/", "/\0"] {
            assert!(matches!(api.url(bad), Err(ApiError::BadPath(_))), "{bad:?}");
        }
    }
}
