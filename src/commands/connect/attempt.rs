//! One attempt to sign in: who asks whom for what, and what becomes of the answer.

use std::time::Duration;

use super::arguments::Connect;
use super::client;
use super::settle::{Settled, Settlement};
use super::target::Target;
use crate::app::App;
use crate::commands::setup;
use crate::error::cures::SignInPlace;
use crate::error::{Error, Kind};
use crate::oauth::loopback::Answer;
use crate::oauth::{Client, Context, OauthError, Scopes, Server, SignIn, Tokens, Trouble};
use crate::providers::Provider;

/// A sign-in attempt dies after this, whatever was asked for.
pub(super) const LONGEST: Duration = Duration::from_secs(15 * 60);

pub(super) struct Attempt<'a> {
    pub app: &'a App,
    pub arguments: &'a Connect,
    pub target: &'a Target,
    pub server: &'a Server,
    pub client: Client,
    /// The target's, with the way to authenticate that this client and this server have in common.
    pub provider: Provider,
}

impl<'a> Attempt<'a> {
    /// With a client that was set up, one that the server registers now, or after the walk through setting one up.
    pub(super) async fn new(
        app: &'a App,
        arguments: &'a Connect,
        target: &'a Target,
        server: &'a Server,
        redirect_uri: &str,
    ) -> Result<Attempt<'a>, Error> {
        let (client, provider) = client::of(app, target, server, redirect_uri).await?;
        Ok(Attempt { app, arguments, target, server, client, provider })
    }

    pub(super) fn context(&self) -> Result<Context<'_>, Error> {
        let (http, budget) = (self.app.http()?, self.app.budget()?);
        Ok(Context { http, provider: &self.provider, client: &self.client, budget })
    }

    pub(super) async fn begin(&self, redirect_uri: &str) -> Result<SignIn, Error> {
        let hint = self.arguments.expect.as_deref();
        let all = &self.target.scopes;
        let optional = &self.target.provider.dispensable(all, &self.target.capabilities);
        let scopes = Scopes { all, optional };
        let signin = SignIn::begin(&self.context()?, self.server, redirect_uri, &scopes, hint).await?;
        if let Some(seconds) = signin.good_for {
            let words = crate::duration::words(seconds);
            self.app.out.say(format!("The address below has to be opened within {words}."));
        }
        Ok(signin)
    }

    /// What the browser brought: checked, exchanged, looked up and stored.
    pub(super) async fn complete(
        &self,
        signin: &SignIn,
        answer: &Answer,
        iss: &[String],
    ) -> Result<Settled, Error> {
        let redeemed = self.redeem(&self.context()?, signin, answer, iss).await;
        let tokens = redeemed.map_err(|error| self.spent(error))?;
        self.settle(tokens).await
    }

    pub(super) async fn redeem(
        &self,
        context: &Context<'_>,
        signin: &SignIn,
        answer: &Answer,
        iss: &[String],
    ) -> Result<Tokens, OauthError> {
        signin.check_issuer(self.server, iss)?;
        match answer {
            Answer::Code(code) => signin.exchange(context, self.server, code).await,
            Answer::Refused { error, description } => {
                Err(SignIn::denied(context, error, description.as_deref()))
            }
        }
    }

    pub(super) async fn settle(&self, tokens: Tokens) -> Result<Settled, Error> {
        let of_target = self.target.settlement(self.arguments);
        let settlement = Settlement { provider: &self.provider, ..of_target };
        let grant = settlement.grant_of(tokens, self.server, &self.client.id);
        settlement.settle(self.app, grant).await.map_err(|error| match error.kind {
            Kind::Busy => self.sign_in_again(error),
            _ => error,
        })
    }

    /// The consent is used up: to try again is to sign in again.
    pub(super) fn spent(&self, error: OauthError) -> Error {
        let passes = error.is_transient() && !matches!(error, OauthError::Page { .. });
        let error = self.words(error);
        if passes { self.sign_in_again(error) } else { error }
    }

    fn sign_in_again(&self, error: Error) -> Error {
        let left = error.retry_at.map(|at| crate::duration::words(at - crate::clock::now()));
        let when = left.map_or(String::new(), |words| format!(" in {words}"));
        error.help(format!("nothing was stored; sign in again{when}: integ connect {}", self.target.name))
    }

    /// Nothing is stored yet: where no better cure is known, it is to sign in again.
    pub(super) fn words(&self, error: OauthError) -> Error {
        let registered = self.registered();
        let place = self.place(&registered);
        let is_known = Trouble::of(&error, &self.provider).is_some();
        let error = self.app.mind_the_clock(place.error(error));
        match error.kind {
            Kind::ClientMisconfigured if !is_known => {
                error.help(format!("integ setup {}", self.target.provider.name))
            }
            _ if error.help.is_some() => error,
            Kind::Unsafe => error,
            Kind::Denied => error.help(format!("integ connect {} asks again", self.target.name)),
            _ => self.sign_in_again(error),
        }
    }

    /// What has to be registered, for the cure of a redirect that is not.
    fn registered(&self) -> Vec<String> {
        setup::entered(self.app, &self.target.provider, self.arguments.port).unwrap_or_default()
    }

    fn place<'p>(&'p self, registered: &'p [String]) -> SignInPlace<'p> {
        SignInPlace { name: &self.target.name, provider: &self.target.provider, registered }
    }

    pub(super) fn timed_out(&self, patience: Duration) -> Error {
        let registered = self.registered();
        self.place(&registered).timed_out(i64::try_from(patience.as_secs()).unwrap_or(0))
    }

    /// Who was to paste knows of that way.
    pub(super) fn nobody_pasted(&self, patience: Duration) -> Error {
        self.timed_out(patience).help(format!("integ connect {} asks again", self.target.name))
    }
}

pub(super) fn patience(app: &App, arguments: &Connect) -> Result<Duration, Error> {
    Ok(arguments.timeout.unwrap_or(app.config()?.duration("connect.timeout")).min(LONGEST))
}
