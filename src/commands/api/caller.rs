//! Sends a call until it is answered for good: again where that is safe, with a new token where the old one was
//! refused.

use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use url::Url;

use super::call::Call;
use crate::app::{App, Ended, Need, refused, scope_missing, sign_in_again};
use crate::clock;
use crate::error::{Error, Kind, later};
use crate::http::{Answer, Budget, Client, HttpError};
use crate::name::Name;
use crate::output::Progress;
use crate::providers::pages::{self, Next};
use crate::providers::{self, Answered, ApiError, LIMITED, Provider};
use crate::vault::Grant;

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
}

impl<'a> Caller<'a> {
    pub(super) fn new(
        app: &'a App,
        name: &'a Name,
        provider: &'a Provider,
        http: &'a Client,
        grant: Grant,
    ) -> Self {
        Caller { app, name, provider, http, grant }
    }

    pub(super) fn title(&self) -> &str {
        &self.provider.title
    }

    pub(super) fn next_page(&self, from: &Url, headers: &HeaderMap, body: &Value) -> Option<Next> {
        pages::next(self.provider, from, headers, body)
    }

    /// Each page has the whole budget: a long listing is not a slow answer.
    pub(super) async fn ask(&mut self, call: &Call) -> Result<Reply, Error> {
        let _progress = Progress::new(&self.app.out, 0, &format!("Asking {}", self.provider.title));
        self.renew(Need::default()).await?;
        let limits = *self.http.limits();
        let budget = Budget::starting_now(limits.deadline);
        let (mut tries, mut renewed) = (1, false);
        loop {
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
            let error = match providers::failure(self.provider, &self.grant.access_token, &answer) {
                None => None,
                Some(Answered::Rejected { .. }) if !renewed && self.grant.can_refresh() => {
                    renewed = true;
                    let rejected = self.grant.access_token.clone();
                    match self.renew(Need { rejected: Some(&rejected), ..Need::default() }).await {
                        Ok(()) => continue,
                        Err(error) => Some(error),
                    }
                }
                Some(Answered::Later { status, at, words }) => {
                    // 429, and 503 with a time, say that nothing was done.
                    let again = call.is_safe() || status == LIMITED || (status == 503 && at.is_some());
                    let seconds = at.map(|at| at.saturating_sub(clock::now()).max(0));
                    if again && tries < limits.tries && budget.pause(tries, seconds).await {
                        tries += 1;
                        continue;
                    }
                    let about = format!("{}: {}", self.name, self.provider.title);
                    Some(later(&about, status, at).in_their_words(&words))
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

    fn refused(&self, answered: Answered) -> Error {
        let (name, title) = (self.name, &self.provider.title);
        match answered {
            Answered::Rejected(refusal) => {
                let ended = Ended::by(self.provider, &self.grant, &refusal);
                let error = sign_in_again(name, Some(self.provider), &ended);
                self.app.went_wrong(name, &self.provider.name, &error, crate::index::Occasion::Use);
                error
            }
            Answered::MissingScope(refusal) => scope_missing(name, title, refusal),
            Answered::Refused(refusal) => refused(name, title, refusal),
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
