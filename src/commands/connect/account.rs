//! Whose a new token is, and whether it may take the place of what is there.

use super::settle::Settlement;
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::http::Budget;
use crate::oauth::has_gaps;
use crate::output::sanitise;
use crate::providers::{Answered, Api, ApiError, Protocol, Provider, Refusal, whoami};
use crate::vault::{Grant, Identity};

impl Settlement<'_> {
    /// A refusal of a token that was just given ends it; a provider that cannot be asked leaves it unverified.
    pub(in crate::commands) async fn look_up(
        &self,
        app: &App,
        grant: &mut Grant,
    ) -> Result<Option<String>, Error> {
        let name = self.name;
        let unverified = |why: &str| Some(format!("{name} is stored unverified: {why}"));
        if self.provider.protocol == Protocol::Imap {
            return self.look_into(app, grant).await;
        }
        // What the token answer said counts from now on.
        let provider = self.provider.of_grant(grant)?;
        let api = app.api(&provider, grant)?;
        let (budget, most) = (app.budget()?, app.http()?.limits().tries);
        let answered = match self.ask_who(&api, grant, budget, most).await {
            Ok(answered) => answered,
            Err(error @ (ApiError::Host { .. } | ApiError::Redirected { .. })) => return Err(error.into()),
            Err(error) => {
                let error = Error::from(error);
                return if error.kind == Kind::Unsafe { Err(error) } else { Ok(unverified(&error.message)) };
            }
        };
        match answered {
            Answered::As { identity, scopes } => {
                grant.take_identity(identity);
                if let Some(scopes) = scopes
                    .filter(|_| grant.refresh_token.is_none() && (grant.pasted || grant.client_id.is_none()))
                {
                    grant.scopes = scopes;
                }
                self.inspect(app, &provider, grant).await
            }
            Answered::Unknown => self.inspect(app, &provider, grant).await,
            Answered::Later { status, .. } => Ok(unverified(&format!("the provider answered {status}"))),
            Answered::MissingScope(refusal) => {
                Ok(unverified(&format!("it may not ask who it is ({})", refusal.words)))
            }
            // Many servers tell only people who they are.
            Answered::Rejected(refusal) if grant.machine.is_some() => {
                let title = &self.provider.title;
                Ok(unverified(&format!("{title} does not say whose token it is ({})", refusal.words)))
            }
            Answered::Rejected(refusal) => Err(self.not_accepted(&refusal)),
            Answered::Refused(refusal) => Ok(unverified(&refusal.words)),
        }
    }

    /// Asks again where a sign-in would be lost with the answer: a consent is much to ask for twice.
    async fn ask_who(
        &self,
        api: &Api<'_>,
        grant: &Grant,
        budget: Budget,
        most: u32,
    ) -> Result<Answered, ApiError> {
        let must_know = self.expect.is_some() || self.owner().is_some();
        let mut tries = 1;
        loop {
            let answered = whoami(api, &grant.endpoints).await;
            let later = match &answered {
                Ok(Answered::Later { at, .. }) => Some(at.map(|at| at - clock::now())),
                Err(ApiError::Http(error)) if error.is_transient() => Some(None),
                _ => None,
            };
            match later {
                Some(asked) if must_know && tries < most && budget.pause(tries, asked).await => tries += 1,
                _ => return answered,
            }
        }
    }

    /// Whose the connection is that stays theirs.
    fn owner(&self) -> Option<&Identity> {
        let before = self.existing.filter(|_| !self.replace).map(|grant| &grant.identity);
        before.filter(|identity| !is_unknown(identity))
    }

    /// The same for a mailbox, whose owner is known beforehand.
    async fn look_into(&self, app: &App, grant: &mut Grant) -> Result<Option<String>, Error> {
        let later = [Kind::Unavailable, Kind::RateLimited, Kind::Unreachable, Kind::NotConnected];
        match app.visit(self.name, self.provider, grant).await {
            Ok(visit) => {
                grant.identity = visit.identity;
                grant.verified = true;
                Ok(None)
            }
            Err(error) if later.contains(&error.kind) => {
                grant.identity.account = grant.options.get("user").cloned();
                Ok(Some(format!("{} is stored unverified: {}", self.name, error.message)))
            }
            Err(error) => Err(error),
        }
    }

    /// What "who am I" did not tell, introspection may. It is a help: a provider that does not answer loses nothing.
    async fn inspect(
        &self,
        app: &App,
        provider: &Provider,
        grant: &mut Grant,
    ) -> Result<Option<String>, Error> {
        if !has_gaps(provider, grant) {
            return Ok(None);
        }
        if let Some(Ok(told)) = app.introspect(provider, grant, app.budget()?).await {
            if let Some(refusal) = &told.ended {
                return Err(self.not_accepted(refusal));
            }
            grant.learn(&told);
        }
        Ok(None)
    }

    fn not_accepted(&self, refusal: &Refusal) -> Error {
        let words = if refusal.words.is_empty() { "it is not active" } else { &refusal.words };
        let message = format!("{} does not accept this token: {words}", self.provider.title);
        Error::new(Kind::NeedsReauth, message)
            .because(refusal.reason)
            .help("check that the token was copied whole and has not been revoked")
    }

    pub(in crate::commands) fn check_account(&self, grant: &Grant) -> Result<(), Error> {
        let now = &grant.identity;
        let told = |identity: &Identity, nobody: &str| {
            let shown = identity.account.as_deref().or(identity.id.as_deref()).unwrap_or(nobody);
            sanitise::line(shown).into_owned()
        };
        let shown = told(now, "an unknown account");
        if let Some(expected) = self.expect {
            if is_unknown(now) {
                let message =
                    format!("{} did not say who signed in, so nothing was stored", self.provider.title);
                let help = format!("try again later: integ connect {} --expect {expected}", self.name);
                return Err(Error::new(Kind::Unavailable, message).help(help));
            }
            let fits =
                |field: &Option<String>| field.as_deref().is_some_and(|f| f.eq_ignore_ascii_case(expected));
            if !fits(&now.account) && !fits(&now.id) {
                return Err(Error::new(
                    Kind::AccountMismatch,
                    format!("{shown} signed in, not {expected}; nothing was stored"),
                )
                .help(format!("sign in as {expected}: integ connect {} --expect {expected}", self.name)));
            }
        }
        let Some(before) = self.owner() else { return Ok(()) };
        if is_unknown(now) {
            return Err(Error::new(
                Kind::Unavailable,
                format!("{} did not say who signed in, so nothing was changed", self.provider.title),
            )
            .help(format!("try again later, or: integ connect {} --replace", self.name)));
        }
        let same = match (&before.id, &now.id) {
            // Another site of the same account is what was asked for.
            (Some(a), Some(b)) => a == b && (before.workspace == now.workspace || self.site.is_some()),
            _ => before.account == now.account || now.account.is_none() || before.account.is_none(),
        };
        if same {
            return Ok(());
        }
        let was = told(before, "another account");
        Err(Error::new(
            Kind::AccountMismatch,
            format!("`{}` belongs to {was}; {shown} signed in, and nothing was changed", self.name),
        )
        .help(format!(
            "integ connect {0}/LABEL keeps both; integ connect {0} --replace{1} replaces it",
            self.name.head(),
            self.expect.map_or(String::new(), |expected| format!(" --expect {expected}"))
        )))
    }
}

fn is_unknown(identity: &Identity) -> bool {
    identity.id.is_none() && identity.account.is_none()
}
