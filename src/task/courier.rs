//! One connection as the outbox uses it: its dialect, a token that is renewed when it has to be, what is known of its lists
//! and people.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use super::ready::{account_of, lack_of_setup};
use super::trouble::{Halt, Verdict};
use crate::app::{App, Need};
use crate::error::{Error, Kind};
use crate::http::{Budget, Client};
use crate::index::StoredTarget;
use crate::name::Name;
use crate::providers::tasks::{Dialect, Line, Memo, Part, Target, Traits, Trouble};
use crate::providers::{Api, Provider};
use crate::vault::Grant;

pub(crate) struct Courier<'a> {
    pub app: &'a App,
    pub name: Name,
    pub provider: Provider,
    pub dialect: Dialect,
    /// Whose connection it is; `None`: the provider has not said.
    pub account: Option<String>,
    http: &'a Client,
    grant: RefCell<Rc<Grant>>,
    /// One renewal at a time: the others take what it brings.
    renewing: tokio::sync::Mutex<()>,
    memo: Memo,
    known: RefCell<Option<Rc<Vec<Target>>>>,
    /// What this run has asked for already: what is not in the answer is not there.
    asked: RefCell<HashSet<(Part, Option<String>)>>,
    /// The provider asked not to be asked before.
    pub(super) hold: Cell<Option<i64>>,
    /// Why this run stopped sending.
    pub(super) halted: RefCell<Option<Error>>,
}

impl<'a> Courier<'a> {
    pub(crate) fn open(app: &'a App, name: &Name) -> Result<Courier<'a>, Error> {
        let (name, grant) = app.connection(name)?;
        let provider = app.provider(&grant)?;
        let dialect = super::names::takes_tasks(&provider)?;
        if let Some(lack) = lack_of_setup(&name, &provider, &grant) {
            return Err(lack.error);
        }
        Ok(Courier {
            app,
            dialect,
            account: account_of(&grant),
            http: app.api_http()?,
            grant: RefCell::new(Rc::new(grant)),
            renewing: tokio::sync::Mutex::new(()),
            memo: Memo::default(),
            known: RefCell::new(None),
            asked: RefCell::new(HashSet::new()),
            hold: Cell::new(None),
            halted: RefCell::new(None),
            provider,
            name,
        })
    }

    pub(crate) fn traits(&self) -> &'static Traits {
        self.dialect.traits()
    }

    /// Says something to the provider, with a new token where the old one is refused. `sent`: set once what creates is
    /// under way. `not_before`: what this run has read since then need not be asked for again.
    pub(crate) async fn speak<T>(
        &self,
        sent: &Cell<bool>,
        not_before: Option<i64>,
        work: impl AsyncFn(&Line<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Halt> {
        self.fresh(Need::default()).await.map_err(Halt::waits)?;
        let limits = *self.http.limits();
        let mut renewed = false;
        loop {
            let grant = Rc::clone(&self.grant.borrow());
            let budget = Budget::starting_now(limits.deadline);
            let line = Line {
                api: Api::new(&self.provider, self.http, &grant, budget),
                base: self.provider.capability.get("tasks").and_then(|tasks| tasks.base.as_deref()),
                tries: limits.tries,
                memo: not_before.map(|at| (&self.memo, at)),
            };
            match work(&line).await {
                Ok(done) => return Ok(done),
                Err(Trouble::Rejected(_)) if !renewed && grant.can_refresh() => {
                    renewed = true;
                    sent.set(false);
                    let rejected = Some(&grant.access_token);
                    self.fresh(Need { rejected, ..Need::default() }).await.map_err(Halt::waits)?;
                }
                Err(trouble) => {
                    let halt = Halt::of(trouble, &self.name, &self.provider, &grant, sent.get());
                    if halt.error.kind == Kind::NeedsReauth {
                        self.app.went_wrong(
                            &self.name,
                            &self.provider.name,
                            &halt.error,
                            crate::index::Occasion::Use,
                        );
                    }
                    return Err(halt);
                }
            }
        }
    }

    /// For what creates nothing.
    pub(crate) async fn look<T>(
        &self,
        work: impl AsyncFn(&Line<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Halt> {
        self.look_since(None, work).await
    }

    pub(super) async fn look_since<T>(
        &self,
        not_before: Option<i64>,
        work: impl AsyncFn(&Line<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Halt> {
        if let Some(error) = self.last_halt() {
            return Err(Halt::waits(error));
        }
        self.speak(&Cell::new(false), not_before, work).await
    }

    async fn fresh(&self, need: Need<'_>) -> Result<(), Error> {
        let _turn = self.renewing.lock().await;
        let grant = Grant::clone(&self.grant.borrow());
        if need.rejected.is_some_and(|token| grant.access_token != *token) {
            return Ok(());
        }
        let renewed = self.app.fresh(&self.name, grant, need).await?.into_grant();
        *self.grant.borrow_mut() = Rc::new(renewed);
        Ok(())
    }

    /// Why this run stopped sending, where it did.
    pub(crate) fn last_halt(&self) -> Option<Error> {
        self.halted.borrow().clone()
    }

    fn account_key(&self) -> &str {
        self.account.as_deref().unwrap_or_default()
    }

    /// What is known of this connection without asking.
    pub(crate) fn known(&self) -> Rc<Vec<Target>> {
        if let Some(known) = &*self.known.borrow() {
            return Rc::clone(known);
        }
        let stored =
            self.app.index().and_then(|index| Ok(index.targets(self.name.as_str(), self.account_key())?));
        let known: Rc<Vec<Target>> = Rc::new(stored.unwrap_or_default().iter().map(Target::from).collect());
        *self.known.borrow_mut() = Some(Rc::clone(&known));
        known
    }

    /// Asks for all lists anew.
    pub(crate) async fn learn_lists(&self) -> Result<Rc<Vec<Target>>, Halt> {
        if !self.asked.borrow_mut().insert((Part::List, None)) {
            return Ok(self.known());
        }
        let found = self.look(async |line| self.dialect.targets(line).await).await;
        self.heard(&found);
        let found = found?;
        let mut forget = vec![(Part::Folder.word(), None), (Part::List.word(), None)];
        // A dialect whose answer holds people or tags as well has named all of them.
        for part in [Part::Person, Part::Tag] {
            if found.iter().any(|target| target.part == part) {
                forget.push((part.word(), None));
            }
        }
        Ok(self.keep(&forget, &found))
    }

    /// Asks for the people or tags of a list anew.
    pub(crate) async fn learn_parts(
        &self,
        part: Part,
        list: Option<&Target>,
    ) -> Result<Rc<Vec<Target>>, Halt> {
        if !self.asked.borrow_mut().insert((part, list.map(|list| list.id.clone()))) {
            return Ok(self.known());
        }
        let found = self.look(async |line| self.dialect.parts(line, part, list).await).await;
        self.heard(&found);
        let found = found?;
        let mut withins: Vec<&str> = found.iter().map(|t| t.within.as_deref().unwrap_or_default()).collect();
        withins.sort_unstable();
        withins.dedup();
        let forget: Vec<(&str, Option<&str>)> =
            withins.into_iter().map(|within| (part.word(), Some(within))).collect();
        Ok(self.keep(&forget, &found))
    }

    /// Where the connection gave out, nothing is asked again in this run: a thousand lines would wait a thousand times.
    fn heard<T>(&self, outcome: &Result<T, Halt>) {
        if let Err(halt) = outcome
            && halt.verdict == (Verdict::Waits { all: true })
        {
            *self.halted.borrow_mut() = Some(halt.error.clone());
        }
    }

    /// What cannot be kept is used all the same.
    fn keep(&self, forget: &[(&str, Option<&str>)], found: &[Target]) -> Rc<Vec<Target>> {
        let stored: Vec<StoredTarget> = found.iter().map(StoredTarget::from).collect();
        let learnt = self.app.index().and_then(|index| {
            Ok(index.learn_targets(self.name.as_str(), self.account_key(), forget, &stored)?)
        });
        if let Err(error) = learnt {
            crate::log::info(&error.message);
        }
        let is_old = |target: &&Target| {
            let within = target.within.as_deref().unwrap_or_default();
            !forget.iter().any(|(part, of)| target.part.word() == *part && of.is_none_or(|of| of == within))
        };
        let known = Rc::new(self.known().iter().filter(is_old).chain(found).cloned().collect::<Vec<_>>());
        *self.known.borrow_mut() = Some(Rc::clone(&known));
        known
    }
}
