//! One call, sent until it is answered for good: again where that is safe, with a new token where the old one was
//! refused.

use http::{HeaderName, HeaderValue, Method};
use url::Url;

use super::body::Body;
use super::refusal;
use crate::app::{App, Need, sign_in_again};
use crate::error::{Error, Kind, later};
use crate::http::{Answer, Budget, Client, HttpError, Request};
use crate::name::Name;
use crate::output::{Progress, sanitise};
use crate::providers::pages::Next;
use crate::providers::{self, Answered, ApiError, Pace, Provider};
use crate::vault::Grant;

pub(super) type Header = (HeaderName, HeaderValue);

/// What a person may not say: who asks, to whom, and where the message ends is ours to say.
const OURS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
];

pub(super) struct Call {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<Header>,
    pub body: Body,
}

/// The provider's last word on a call, and what is wrong with it.
pub(super) struct Reply {
    pub url: Url,
    pub answer: Answer,
    pub error: Option<Error>,
}

pub(super) struct Caller<'a> {
    app: &'a App,
    name: &'a Name,
    provider: &'a Provider,
    http: &'a Client,
    grant: Grant,
    pace: Pace,
}

impl<'a> Caller<'a> {
    pub(super) fn new(
        app: &'a App,
        name: &'a Name,
        provider: &'a Provider,
        http: &'a Client,
        grant: Grant,
    ) -> Self {
        Caller { app, name, provider, http, grant, pace: Pace::of(provider) }
    }

    pub(super) fn title(&self) -> &str {
        &self.provider.title
    }

    /// Each page has the whole budget: a long listing is not a slow answer.
    pub(super) async fn ask(&mut self, call: &Call) -> Result<Reply, Error> {
        let _progress = Progress::new(&self.app.out, 0, &format!("Asking {}", self.provider.title));
        self.renew(Need::default()).await?;
        let limits = *self.http.limits();
        let budget = Budget::starting_now(limits.deadline);
        let (mut tries, mut renewed) = (1, false);
        loop {
            self.pace.turn().await;
            let api = providers::Api::new(self.provider, self.http, &self.grant, budget);
            let url = call.url(&api)?;
            let answer = match api.send(call.request(url.clone())).await {
                Ok(answer) => answer,
                Err(ApiError::Http(error)) => {
                    let again =
                        is_transient(&error) && (call.is_safe() || !error.was_sent()) && tries < limits.tries;
                    if again && budget.pause(tries, None).await {
                        tries += 1;
                        continue;
                    }
                    return Err(self.unanswered(call, error));
                }
                Err(error) => return Err(error.into()),
            };
            let error = match refusal::of(self.provider, &self.grant.access_token, &answer) {
                None => None,
                Some(Answered::Rejected { .. }) if !renewed && self.grant.can_refresh() => {
                    renewed = true;
                    let rejected = self.grant.access_token.clone();
                    match self.renew(Need { rejected: Some(&rejected), ..Need::default() }).await {
                        Ok(()) => continue,
                        Err(error) => Some(error),
                    }
                }
                Some(Answered::Later { status, after }) => {
                    // 429, and 503 with a time, say that nothing was done.
                    let again = call.is_safe() || status == 429 || (status == 503 && after.is_some());
                    if again && tries < limits.tries && budget.pause(tries, after).await {
                        tries += 1;
                        continue;
                    }
                    Some(self.later(status, after))
                }
                Some(other) => Some(self.refused(other)),
            };
            return Ok(Reply {
                error: error.map(|e| self.without_token(e)),
                url,
                answer: self.harmless(answer),
            });
        }
    }

    async fn renew(&mut self, need: Need<'_>) -> Result<(), Error> {
        self.grant = self.app.fresh(self.name, self.grant.clone(), need).await?.into_grant();
        Ok(())
    }

    fn later(&self, status: u16, after: Option<i64>) -> Error {
        let mut error =
            later(format!("{}: {} cannot answer now ({status})", self.name, self.provider.title), after);
        error.kind = if status == 429 { Kind::RateLimited } else { Kind::Unavailable };
        error
    }

    fn refused(&self, answered: Answered) -> Error {
        let (name, title) = (self.name, &self.provider.title);
        match answered {
            Answered::Rejected { words } => {
                let error = sign_in_again(name, &words, None);
                self.app.went_wrong(name, &self.provider.name, &error, false);
                error
            }
            Answered::MissingScope { words } => Error::new(
                Kind::MissingScope,
                format!("{name}: {title} wants a scope that was not granted: {words}"),
            )
            .help(format!(
                "integ status {name} shows what was; integ connect {name} --scope SCOPE asks for more"
            )),
            Answered::Refused { words } => {
                Error::new(Kind::ProviderError, format!("{name}: {title} refused: {words}"))
            }
            Answered::As { .. } | Answered::Later { .. } | Answered::Unknown => {
                Error::new(Kind::Internal, "not a refusal")
            }
        }
    }

    /// No answer came. What may have been done must be looked up before it is done again.
    fn unanswered(&self, call: &Call, error: HttpError) -> Error {
        let may_be_done = error.was_sent() && !call.is_safe() && is_transient(&error);
        let error = Error::from(error).about(self.name.as_str());
        if may_be_done {
            return error.help(format!(
                "the {} may have been carried out: look before sending it again",
                call.method
            ));
        }
        error
    }

    /// A refusal that repeats the request must not carry the token to a screen or a log.
    fn harmless(&self, mut answer: Answer) -> Answer {
        let token = self.grant.access_token.expose().as_bytes();
        for value in answer.headers.values_mut() {
            if let Some(clean) = without(value.as_bytes(), token) {
                *value = HeaderValue::from_bytes(&clean).unwrap_or(HeaderValue::from_static("***"));
            }
        }
        if !answer.status.is_success()
            && let Some(clean) = without(&answer.body, token)
        {
            answer.body = clean;
        }
        answer
    }

    fn without_token(&self, mut error: Error) -> Error {
        error.message = error.message.replace(self.grant.access_token.expose(), "***");
        error
    }
}

impl Call {
    fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    fn url(&self, api: &providers::Api<'_>) -> Result<Url, Error> {
        let mut url = api.url(&self.path)?;
        if !self.query.is_empty() {
            // A field replaces what the path already says of it: that is how a page follows a page.
            let set = |name: &str| self.query.iter().any(|(own, _)| own == name);
            let kept: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(name, _)| !set(name))
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect();
            url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(&self.query);
        }
        Ok(url)
    }

    fn request(&self, url: Url) -> Request {
        let mut request = Request::new(self.method.clone(), url);
        request.body = self.body.bytes();
        if !request.body.is_empty() {
            request = request.header("content-type", "application/json; charset=utf-8");
        }
        for (name, _) in &self.headers {
            request.headers.remove(name);
        }
        request.headers.extend(self.headers.iter().cloned());
        request
    }

    /// Becomes the call for the next page. `Api::url` sees to it that it stays on the provider's hosts.
    pub(super) fn turn_to(&mut self, next: Next, from: &Url) -> Result<(), Error> {
        match next {
            Next::Address(address) => {
                let wrong = || {
                    let shown = sanitise::excerpt(&address);
                    Error::new(Kind::ProviderError, format!("the next page has no usable address: {shown}"))
                };
                self.path = from.join(&address).map_err(|_| wrong())?.to_string();
                self.query.clear();
            }
            Next::Parameter(name, value) => {
                if !self.body.set(name, &value) {
                    self.query.retain(|(own, _)| own != name);
                    self.query.push((name.to_owned(), value));
                }
            }
        }
        Ok(())
    }
}

fn is_transient(error: &HttpError) -> bool {
    matches!(error, HttpError::Unreachable { .. } | HttpError::TimedOut { .. } | HttpError::Broken { .. })
}

/// The bytes with every occurrence of `secret` masked; `None`: there is none.
fn without(bytes: &[u8], secret: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(secret.len().max(1)).position(|window| window == secret) {
        let (before, after) = rest.split_at(at);
        clean.extend_from_slice(before);
        clean.extend_from_slice(b"***");
        rest = after.get(secret.len()..).unwrap_or_default();
    }
    if clean.is_empty() {
        return None;
    }
    clean.extend_from_slice(rest);
    Some(clean)
}

/// `Name: value`, as clap reads it.
pub(super) fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text.split_once(':').ok_or("use `Name: value`")?;
    let name: HeaderName = name.trim().parse().map_err(|_| "that is no name of a header".to_owned())?;
    if OURS.contains(&name.as_str()) {
        return Err(format!("`{name}` is set by integ"));
    }
    let value = HeaderValue::from_str(value.trim()).map_err(|_| "that is no value of a header".to_owned())?;
    Ok((name, value))
}
