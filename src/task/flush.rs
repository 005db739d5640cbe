//! What waits is sent: claimed row by row, several at once, at the provider's pace. One row's refusal is no other row's.

use std::cell::{Cell, RefCell};

use futures_util::future::join_all;

use super::courier::Courier;
use super::deliver::Earlier;
use super::trouble::{Halt, Verdict};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::index::{Entry, LastError, Outcome, Sender, State, Which};
use crate::name::Name;
use crate::new_task::Created;
use crate::oauth::fresh_id;
use crate::output::sanitise;
use crate::providers::tasks::Once;

/// Requests under way at once, for one connection.
const AT_ONCE: usize = 16;
/// So many lost answers in a row are the network's, not the tasks'.
const MOST_DOUBTS: u32 = 3;

/// One row, and what became of it.
pub(crate) struct Delivered {
    pub entry: Entry,
    pub outcome: Result<Created, Error>,
    /// The next one would meet the same.
    stops: bool,
    /// It may be there.
    is_doubtful: bool,
}

/// Sends rows of one connection.
pub(crate) struct Flush<'a, 'b> {
    pub courier: &'b Courier<'a>,
    /// Only these; `None`: whatever waits.
    pub only: Option<Vec<i64>>,
}

impl Flush<'_, '_> {
    /// `told` hears of each row as it is settled. `Err`: the outbox itself cannot be used.
    pub(crate) async fn run(&self, told: impl FnMut(Delivered)) -> Result<(), Error> {
        let index = self.courier.app.index()?;
        let sender = index.sender(&fresh_id(16));
        index.bury(&sender)?;
        let guard = LetGo(self.courier, &sender);
        let (told, cursor, stop) = (RefCell::new(told), Cell::new(0_usize), Cell::new(false));
        let (last, doubts) = (Cell::new(0_i64), Cell::new(0_u32));
        let work = async || -> Result<(), Error> {
            while !stop.get() {
                let which = match &self.only {
                    Some(ids) => match ids.get(cursor.get()) {
                        Some(id) => Which::One(*id),
                        None => break,
                    },
                    None => Which::After(last.get()),
                };
                cursor.set(cursor.get() + 1);
                let courier = self.courier;
                let claimed = index.claim(courier.name.as_str(), which, &sender.owner, clock::now())?;
                let Some(entry) = claimed else {
                    if self.only.is_some() {
                        continue;
                    }
                    break;
                };
                last.set(last.get().max(entry.id));
                let delivered = self.one(entry, &sender).await?;
                self.mind(&delivered, &doubts, &stop);
                (told.borrow_mut())(delivered);
            }
            Ok(())
        };
        // Where a lost answer leaves a doubt that nobody can settle, one doubt at a time is enough.
        let at_once = if self.courier.traits().once == Once::Unknown { 1 } else { AT_ONCE };
        let outcomes = join_all((0..at_once).map(|_| work())).await;
        std::mem::forget(guard);
        drop(sender);
        outcomes.into_iter().collect()
    }

    /// Whether the rest is worth trying: not where the connection is what fails, nor where one answer after the other is
    /// lost. What one task alone met is no other's business.
    fn mind(&self, delivered: &Delivered, doubts: &Cell<u32>, stop: &Cell<bool>) {
        let Err(error) = &delivered.outcome else { return doubts.set(0) };
        doubts.set(if delivered.is_doubtful { doubts.get() + 1 } else { doubts.get() });
        if delivered.stops || doubts.get() >= MOST_DOUBTS {
            stop.set(true);
            *self.courier.halted.borrow_mut() = Some(error.clone());
        }
    }

    async fn one(&self, entry: Entry, sender: &Sender) -> Result<Delivered, Error> {
        let courier = self.courier;
        let index = courier.app.index()?;
        let outcome = self.attempt(&entry).await;
        Ok(match outcome {
            Ok(created) => {
                index.sent(entry.id, &created)?;
                Delivered { entry, outcome: Ok(created), stops: false, is_doubtful: false }
            }
            Err(halt) => {
                let outcome = settled(&halt);
                index.not_sent(&entry, &sender.owner, &outcome)?;
                let stops = halt.verdict == Verdict::Waits { all: true };
                let is_doubtful = halt.verdict == Verdict::Maybe;
                Delivered { entry, outcome: Err(halt.error), stops, is_doubtful }
            }
        })
    }

    async fn attempt(&self, entry: &Entry) -> Result<Created, Halt> {
        let courier = self.courier;
        // A connection that somebody else's account took over sends nothing of this one's.
        if let (Some(theirs), Some(ours)) = (&entry.account, &courier.account)
            && theirs != ours
        {
            return Err(Halt::new(Verdict::Waits { all: false }, other_account(&courier.name)));
        }
        let resolved = courier.resolve(&entry.task, entry.list.as_deref(), entry.place.as_deref()).await?;
        let place = resolved.list.as_ref().map(|list| list.id.as_str());
        if entry.account.is_none() && courier.account.is_some() || entry.place.as_deref() != place {
            let index = courier.app.index().map_err(Halt::waits)?;
            let placed = index.placed(entry.id, courier.account.as_deref(), place);
            placed.map_err(|error| Halt::waits(error.into()))?;
        }
        let earlier = Earlier { first: entry.first_try, last: entry.last_try };
        courier.deliver(entry.id, &entry.task, &entry.mark, &resolved, earlier).await
    }
}

fn other_account(name: &Name) -> Error {
    Error::new(Kind::AccountMismatch, format!("{name} belongs to another account now: the task stays here"))
        .help(format!("integ connect {name} with the former account, or integ task cancel ID"))
}

fn settled(halt: &Halt) -> Outcome {
    let (state, maybe) = match halt.verdict {
        Verdict::Waits { .. } => (State::Queued, halt.doubt),
        Verdict::Maybe => (State::Queued, true),
        Verdict::Unknown => (State::Unknown, true),
        Verdict::Parked => (State::Parked, halt.doubt),
    };
    let error = LastError {
        kind: halt.error.kind.word().to_owned(),
        message: sanitise::excerpt(&halt.error.message),
        help: halt.error.help.as_deref().map(sanitise::excerpt),
        reason: None,
        at: clock::now(),
    };
    Outcome { state, maybe, retry_at: halt.error.retry_at, error }
}

/// A signal drops the work in the middle: its rows are for whoever comes next, and are looked at before they are sent.
struct LetGo<'a, 'b>(&'b Courier<'a>, &'b Sender);

impl Drop for LetGo<'_, '_> {
    fn drop(&mut self) {
        if let Ok(index) = self.0.app.index() {
            let _ = index.let_go(&self.1.owner);
        }
    }
}

/// Sends what waits for a connection, or for all: after a sign-in, a sync, by the schedule. Never an error of the command
/// that calls it; it says what it did.
pub(crate) fn flush_waiting(app: &App, only: Option<&Name>) {
    if app.is_dry() {
        return;
    }
    let flushed = || -> Result<(), Error> {
        // Nobody has an outbox who never made one.
        if !app.paths.index.exists() {
            return Ok(());
        }
        for (connection, _) in app.index()?.waiting()? {
            let Ok(name) = connection.parse::<Name>() else { continue };
            if only.is_some_and(|only| *only != name) {
                continue;
            }
            let courier = match Courier::open(app, &name) {
                Ok(courier) => courier,
                Err(error) => {
                    crate::log::info(&error.message);
                    continue;
                }
            };
            let (sent, failed) = (Cell::new(0_usize), Cell::new(0_usize));
            let flush = Flush { courier: &courier, only: None };
            app.block_on(flush.run(|delivered| match delivered.outcome {
                Ok(_) => sent.set(sent.get() + 1),
                Err(_) => failed.set(failed.get() + 1),
            }))??;
            if sent.get() > 0 {
                app.out.say(format!("Sent {} to {name}.", tasks(sent.get())));
            }
            if failed.get() > 0 {
                app.out
                    .warn(&format!("{} for {name} could not be sent: integ task list", tasks(failed.get())));
            }
        }
        Ok(())
    };
    flushed().unwrap_or_else(|error| app.out.warn(&error.message));
}

fn tasks(count: usize) -> String {
    if count == 1 { "1 task".to_owned() } else { format!("{count} tasks") }
}
