//! One task to its provider: names become ids, what an earlier try may have left is looked for, and the request is sent as
//! often as it may be.

use std::cell::Cell;
use std::time::Duration;

use super::courier::Courier;
use super::place::{self, path_of};
use super::trouble::{Halt, Verdict};
use crate::clock;
use crate::error::{Error, Kind};
use crate::new_task::{Created, NewTask};
use crate::providers::tasks::{Once, Order, Part, Tags, Target, Trouble};

/// Being told "not so fast" this often in a row, with a pause each time, is no misunderstanding.
const MOST_PAUSES: u32 = 20;

/// What the names in a task stand for.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub list: Option<Target>,
    assignee: Option<Target>,
    tags: Vec<Target>,
}

/// What is known of the tries before this one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Earlier {
    pub first: Option<i64>,
    pub last: Option<i64>,
}

impl Courier<'_> {
    /// Names into ids; asks only for what is not known. Creates nothing.
    pub(crate) async fn resolve(
        &self,
        task: &NewTask,
        list: Option<&str>,
        place: Option<&str>,
    ) -> Result<Resolved, Halt> {
        let list = self.list(list, place).await?;
        let assignee = match &task.assignee {
            Some(text) if self.traits().assignee => Some(self.part(Part::Person, list.as_ref(), text).await?),
            _ => None,
        };
        let mut tags = Vec::new();
        if self.traits().tags == Tags::Known {
            for text in &task.tags {
                tags.push(self.part(Part::Tag, list.as_ref(), text).await?);
            }
        }
        Ok(Resolved { list, assignee, tags })
    }

    /// The list of this name; `None`: the whole of the connection.
    pub(crate) async fn list_named(&self, named: Option<&str>) -> Result<Option<Target>, Halt> {
        match named {
            Some(named) => self.list(Some(named), None).await,
            None => Ok(None),
        }
    }

    async fn list(&self, named: Option<&str>, place: Option<&str>) -> Result<Option<Target>, Halt> {
        if named.is_none() && place.is_none() && !self.traits().needs_list {
            return Ok(None);
        }
        let mut known = self.known();
        for is_fresh in [false, true] {
            let found = match (place, named) {
                (Some(id), _) => known.iter().find(|target| target.part == Part::List && target.id == id),
                (None, Some(text)) => place::list(&known, text).map_err(|several| {
                    Halt::parked(place::ambiguous(&self.name, self.traits().list, text, &several, &known))
                })?,
                (None, None) => only(&known),
            };
            if let Some(found) = found {
                return Ok(Some(found.clone()));
            }
            if is_fresh {
                break;
            }
            if self.app.is_dry() {
                // Nothing is asked: what stands for the id is plain to see.
                let text = place.or(named).unwrap_or(self.traits().list);
                return Ok(Some(Target::new(Part::List, format!("<id of {text}>"), text)));
            }
            known = self.learn_lists().await?;
        }
        let lists = || known.iter().filter(|target| target.part == Part::List);
        match (place, named) {
            // It is not among those that are shown, and was once: the provider has the last word.
            (Some(id), _) => Ok(Some(Target::new(Part::List, id, named.unwrap_or(id)))),
            (None, Some(text)) => {
                let paths: Vec<String> = lists().map(|list| path_of(list, &known)).collect();
                Err(Halt::parked(place::no_such(&self.name, self.traits().list, text, &paths)))
            }
            (None, None) => {
                let paths: Vec<String> =
                    lists().map(|list| format!("{}/{}", self.name, path_of(list, &known))).collect();
                let word = self.traits().list;
                let error =
                    Error::new(Kind::NoTarget, format!("{}: which {word} shall it go to?", self.name));
                Err(Halt::parked(match paths.is_empty() {
                    true => {
                        error.help(format!("there is no {word} yet: make one in {}", self.provider.title))
                    }
                    false => error.help(format!("--to one of: {}", place::shown(&paths))),
                }))
            }
        }
    }

    async fn part(&self, part: Part, list: Option<&Target>, text: &str) -> Result<Target, Halt> {
        let what = if part == Part::Person { "person" } else { "tag" };
        let mut known = self.known();
        for is_fresh in [false, true] {
            let found = place::part(&known, part, list, text).map_err(|several| {
                Halt::parked(place::ambiguous(&self.name, what, text, &several, &known))
            })?;
            if let Some(found) = found {
                return Ok(found.clone());
            }
            if is_fresh {
                break;
            }
            if self.app.is_dry() {
                return Ok(Target::new(part, format!("<id of {text}>"), text));
            }
            known = self.learn_parts(part, list).await?;
        }
        let names: Vec<String> = known
            .iter()
            .filter(|target| target.part == part)
            .flat_map(|target| [Some(target.name.clone()), target.alias.clone()])
            .flatten()
            .collect();
        Err(Halt::parked(place::no_such(&self.name, what, text, &names)))
    }

    /// Creates it, once. The caller has claimed the row and marks it.
    pub(crate) async fn deliver(
        &self,
        id: i64,
        task: &NewTask,
        mark: &str,
        resolved: &Resolved,
        earlier: Earlier,
    ) -> Result<Created, Halt> {
        let doubt = Cell::new(false);
        let outcome = self.delivered(id, task, mark, resolved, earlier, &doubt).await;
        // However the last try ended: one before it may have created it.
        outcome.map_err(|halt| Halt { doubt: doubt.get(), ..halt })
    }

    /// `doubt`: set when a try may have created it.
    async fn delivered(
        &self,
        id: i64,
        task: &NewTask,
        mark: &str,
        resolved: &Resolved,
        earlier: Earlier,
        doubt: &Cell<bool>,
    ) -> Result<Created, Halt> {
        let traits = self.traits();
        let order = Order {
            task,
            notes: super::check::notes(task, traits),
            list: resolved.list.as_ref(),
            assignee: resolved.assignee.as_ref(),
            tags: resolved.tags.iter().collect(),
            mark,
            since: earlier.first.unwrap_or_else(clock::now),
        };
        let mut last = earlier.first.is_some().then_some(earlier.last.unwrap_or_default());
        let (mut tries, mut pauses) = (1, 0);
        loop {
            if let Some(at) = last
                && let Some(found) = self.look_first(id, &order, at).await?
            {
                return Ok(found);
            }
            self.wait_for_our_turn().await;
            let halt = match self.create(&order).await {
                Ok(created) => return Ok(created),
                Err(halt) => halt,
            };
            match halt.verdict {
                // The id is ours: a refusal may mean that it is taken, by ourselves.
                Verdict::Parked if traits.once == Once::ClientId && !self.app.is_dry() => {
                    let found = self.look(async |line| self.dialect.find(line, &order).await).await;
                    if let Ok(Some(created)) = found {
                        return Ok(created);
                    }
                    return Err(halt);
                }
                Verdict::Maybe => {
                    doubt.set(true);
                    if traits.once == Once::Unknown {
                        return Err(Halt::unknown(&self.name, id, &halt.error.message));
                    }
                    last = Some(clock::now());
                    if tries >= self.tries() {
                        return Err(halt);
                    }
                    tokio::time::sleep(Duration::from_millis(200 << tries.min(5))).await;
                    tries += 1;
                }
                Verdict::Waits { .. } if halt.error.kind == Kind::RateLimited && pauses < MOST_PAUSES => {
                    let Some(at) = halt.error.retry_at.filter(|at| self.is_soon(*at)) else {
                        return Err(halt);
                    };
                    self.hold.set(Some(at));
                    pauses += 1;
                }
                _ => return Err(halt),
            }
        }
    }

    /// An earlier try may have created it. `Some`: it did; `None`: it may be sent (again).
    async fn look_first(&self, id: i64, order: &Order<'_>, last: i64) -> Result<Option<Created>, Halt> {
        let now = clock::now();
        match self.traits().once {
            Once::Key { life } => {
                let age = now.saturating_sub(order.since);
                let is_remembered = u64::try_from(age).is_ok_and(|age| age < life.as_secs());
                let why = || format!("a try of {} was not answered", clock::local(order.since));
                if is_remembered { Ok(None) } else { Err(Halt::unknown(&self.name, id, &why())) }
            }
            Once::Unknown => Err(Halt::unknown(&self.name, id, "an earlier try was not answered")),
            Once::ClientId => self.look(async |line| self.dialect.find(line, order).await).await,
            Once::Marker { settles } => {
                let settled = i64::try_from(settles.as_secs()).unwrap_or(0).saturating_add(last);
                let left =
                    settled.saturating_sub(now).clamp(0, i64::try_from(settles.as_secs()).unwrap_or(0));
                tokio::time::sleep(Duration::from_secs(left.unsigned_abs())).await;
                self.look_since(Some(settled), async |line| self.dialect.find(line, order).await).await
            }
        }
    }

    async fn create(&self, order: &Order<'_>) -> Result<Created, Halt> {
        let sent = Cell::new(false);
        self.speak(&sent, None, async |line| {
            let request = self.dialect.request(line, order).await?;
            sent.set(true);
            let (reply, refused) = line.raw(request).await?;
            match (self.dialect.created(line, reply.status, &reply.body, order), refused) {
                // Whatever the status: what the answer names is there.
                (Some(created), _) => Ok(created),
                (None, Some(trouble)) => Err(trouble),
                (None, None) => Err(Trouble::Odd),
            }
        })
        .await
    }

    fn tries(&self) -> u32 {
        self.app.config().map_or(1, |config| u32::try_from(config.number("limits.tries")).unwrap_or(1))
    }

    /// Soon enough to wait for it within this run.
    pub(super) fn is_soon(&self, at: i64) -> bool {
        let patience = self.app.config().map_or(0, |config| config.duration("limits.deadline").as_secs());
        at.saturating_sub(clock::now()) <= i64::try_from(patience).unwrap_or(0)
    }

    /// What one was told holds for all.
    async fn wait_for_our_turn(&self) {
        while let Some(at) = self.hold.get() {
            let left = at.saturating_sub(clock::now());
            if left <= 0 || !self.is_soon(at) {
                return;
            }
            tokio::time::sleep(Duration::from_secs(left.unsigned_abs())).await;
        }
    }
}

/// The list that is meant where there is no other.
fn only(known: &[Target]) -> Option<&Target> {
    let mut lists = known.iter().filter(|target| target.part == Part::List);
    lists.next().filter(|_| lists.next().is_none())
}
