//! A connection's line to its provider, shared by all of its calendars: one token, one renewal. The pace, and a pause that
//! one of them was told, are the client's.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use http::StatusCode;
use tokio::sync::Mutex;

use crate::app::{App, Ended, Need, refused, scope_missing, sign_in_again};
use crate::clock;
use crate::error::{Error, Kind, later};
use crate::http::{Answer, Budget, Client, HttpError, Request};
use crate::name::Name;
use crate::providers::calendars::Dialect;
use crate::providers::{Answered, Api, ApiError, Provider, judge};
use crate::vault::{Grant, Secret};

pub(super) struct Line<'a> {
    pub name: Name,
    pub provider: Provider,
    pub dialect: Dialect,
    /// Who is asked for.
    pub account: Option<String>,
    app: &'a App,
    http: &'a Client,
    grant: RefCell<Rc<Grant>>,
    renewing: Mutex<()>,
}

pub(super) enum Reply<V> {
    Body(Vec<u8>),
    /// A refusal that means something to who asked.
    Means(V),
    /// More than we take at once.
    TooLarge,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        app: &'a App,
        name: Name,
        provider: Provider,
        dialect: Dialect,
        grant: Grant,
    ) -> Result<Line<'a>, Error> {
        Ok(Line {
            app,
            http: app.api_http()?,
            account: grant.identity.id.clone().or_else(|| grant.identity.account.clone()),
            grant: RefCell::new(Rc::new(grant)),
            renewing: Mutex::new(()),
            name,
            provider,
            dialect,
        })
    }

    /// Asks until there is an answer for good. Each question has the whole time limit: a long list is no slow answer.
    pub(super) async fn ask<V>(
        &self,
        requests: &Cell<u64>,
        make: impl Fn(&Api<'_>) -> Result<Request, ApiError>,
        means: impl Fn(StatusCode, &str) -> Option<V>,
    ) -> Result<Reply<V>, Error> {
        let limits = self.http.limits();
        let budget = Budget::starting_now(limits.deadline);
        let (mut tries, mut renewed) = (1, false);
        loop {
            let grant = self.fresh(None).await?;
            let api = Api::new(&self.provider, self.http, &grant, budget);
            let request = make(&api)?;
            requests.set(requests.get() + 1);
            let answer = match api.send(request).await {
                Ok(answer) if answer.status.is_success() => return Ok(Reply::Body(answer.body)),
                Ok(answer) => answer,
                Err(ApiError::Http(HttpError::TooLarge { .. })) => return Ok(Reply::TooLarge),
                Err(ApiError::Http(error)) if is_transient(&error) => {
                    if tries < limits.tries && budget.pause(tries, None).await {
                        tries += 1;
                        continue;
                    }
                    return Err(Error::from(error).about(self.name.as_str()));
                }
                Err(ApiError::Http(error)) => return Err(Error::from(error).about(self.name.as_str())),
                Err(error) => return Err(Error::from(error).about(self.name.as_str())),
            };
            match self.read(&grant.access_token, &answer) {
                Answered::Rejected(_) if !renewed && grant.can_refresh() => {
                    renewed = true;
                    self.fresh(Some(&grant.access_token)).await?;
                }
                Answered::Later { status, at, .. } => {
                    let seconds = at.map(|at| at.saturating_sub(clock::now()).max(0));
                    if tries < limits.tries && budget.pause(tries, seconds).await {
                        tries += 1;
                        continue;
                    }
                    return Err(later(&format!("{}: {}", self.name, self.provider.title), status, at));
                }
                Answered::MissingScope(refusal) | Answered::Refused(refusal)
                    if means(answer.status, &refusal.code).is_some() =>
                {
                    if let Some(meaning) = means(answer.status, &refusal.code) {
                        return Ok(Reply::Means(meaning));
                    }
                }
                other => return Err(self.refused(&grant, other)),
            }
        }
    }

    /// Whether a question could be asked; nothing is sent.
    pub(super) fn check(&self, make: impl FnOnce(&Api<'_>) -> Result<(), ApiError>) -> Result<(), Error> {
        let grant = Rc::clone(&self.grant.borrow());
        let budget = Budget::starting_now(self.http.limits().deadline);
        let api = Api::new(&self.provider, self.http, &grant, budget);
        make(&api).map_err(|error| Error::from(error).about(self.name.as_str()))
    }

    /// A token that is good; where `rejected` is the one there is, another. Whoever comes second finds it renewed.
    async fn fresh(&self, rejected: Option<&Secret>) -> Result<Rc<Grant>, Error> {
        let now = Rc::clone(&self.grant.borrow());
        if rejected.is_none() && !now.needs_reauth() && now.is_fresh(clock::now(), None) {
            return Ok(now);
        }
        let _turn = self.renewing.lock().await;
        let now = Rc::clone(&self.grant.borrow());
        if rejected.is_some_and(|token| now.access_token != *token) {
            return Ok(now);
        }
        let need = Need { rejected, ..Need::default() };
        let renewed = Rc::new(self.app.fresh(&self.name, (*now).clone(), need).await?.into_grant());
        *self.grant.borrow_mut() = Rc::clone(&renewed);
        Ok(renewed)
    }

    fn read(&self, token: &Secret, answer: &Answer) -> Answered {
        let body = answer.json().unwrap_or_default();
        match judge(&self.provider, token, answer, &body) {
            // A calendar may be closed to a person for other reasons than their scopes.
            Answered::MissingScope(refusal) if !refusal.is_in(&self.provider.error.missing_scope) => {
                Answered::Refused(refusal)
            }
            other => other,
        }
    }

    fn refused(&self, grant: &Grant, answered: Answered) -> Error {
        let (name, title) = (&self.name, &self.provider.title);
        let mut error = match answered {
            Answered::Rejected(refusal) => {
                let ended = Ended::by(&self.provider, grant, &refusal);
                let error = sign_in_again(name, Some(&self.provider), &ended).of_machine(name, grant);
                self.app.went_wrong(name, &self.provider.name, &error, crate::index::Occasion::Use);
                error
            }
            Answered::MissingScope(refusal) => scope_missing(name, title, refusal),
            Answered::Refused(refusal) => refused(name, title, refusal),
            Answered::As { .. } | Answered::Later { .. } | Answered::Unknown => {
                Error::new(Kind::Internal, "not a refusal")
            }
        };
        error.message = error.message.replace(grant.access_token.expose(), "***");
        error
    }
}

fn is_transient(error: &HttpError) -> bool {
    matches!(error, HttpError::Unreachable { .. } | HttpError::TimedOut { .. } | HttpError::Broken { .. })
}
