//! A target that remembers. What is created is kept; a trap decides what the one who created it hears of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::described;
use crate::desk::{Answer, Asked, Desk, answer};
use crate::overlay;
use crate::seal::Home;

pub(crate) const TOKEN: &str = "CANARY-token-of-tasks-77";

/// How a dialect is played: who is asked what, on the paths below the provider's own host.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    /// The provider file.
    pub provider: &'static str,
    /// A pasted token that the provider file takes.
    pub token: &'static str,
    /// Whether this request creates a task.
    pub creates: fn(&Asked, &str) -> bool,
    /// The answer; what is created is put into the play.
    pub answers: fn(&mut Play, &Asked, &str) -> (u16, Value),
}

/// Once, for the next request that creates.
#[derive(Clone, Debug)]
pub(crate) enum Trap {
    /// It is created, and this is said of it. 0: the line goes dead.
    CommitThen(u16),
    /// It is created, and nothing is said for so long.
    CommitHang(Duration),
    /// It is created, and from then on the provider is down.
    CommitAndDie,
    /// Nothing is created.
    Refuse(u16, Vec<(&'static str, String)>, Value),
    /// Nothing goes wrong.
    None,
}

#[derive(Default)]
pub(crate) struct Play {
    /// What was created, in order, as the provider keeps it.
    pub tasks: Vec<Value>,
    /// Answers by idempotency key, for those that remember.
    pub keys: BTreeMap<String, (u16, Value)>,
    /// It takes idempotency keys and does not care.
    pub ignores_keys: bool,
    pub traps: VecDeque<Trap>,
    /// Until it is taken away, in place of everything.
    pub down: Option<(u16, Value)>,
    /// What was created is not seen by whoever looks for so long.
    pub lag: Duration,
    pub newest: Option<Instant>,
    /// Each answer takes so long.
    pub latency: Duration,
    /// Who has the token.
    pub account: String,
    /// What was wrong with requests.
    pub notes: Vec<String>,
}

impl Play {
    /// The id that the next task has.
    pub(crate) fn next_id(&self) -> String {
        format!("T{}", self.tasks.len() + 1)
    }

    #[track_caller]
    pub(crate) fn must(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.notes.push(what.into());
        }
    }
}

pub(crate) struct Target {
    pub desk: Desk,
    pub play: Arc<Mutex<Play>>,
    pub dialect: Dialect,
}

impl Target {
    pub(crate) fn open(dialect: Dialect) -> Target {
        let play = Arc::new(Mutex::new(Play { account: "anna".into(), ..Play::default() }));
        let own = Arc::clone(&play);
        let desk = Desk::open(move |asked| serve(&own, dialect, asked));
        Target { desk, play, dialect }
    }

    /// A home that is connected to it by the provider's own name.
    pub(crate) fn home(&self) -> Home {
        let home = Home::new();
        self.known_to(&home);
        self.connect(&home);
        home
    }

    pub(crate) fn connect(&self, home: &Home) {
        let provider = self.dialect.provider;
        home.run(&["config", "set", &format!("client.{provider}.id"), "KEY"]).expect(0);
        let mut arguments = vec!["connect", provider, "--token-stdin"];
        arguments.extend(crate::dialects::options(provider));
        home.run_with_input(&arguments, self.dialect.token).expect(0);
    }

    /// The provider file points here; nobody is connected yet.
    pub(crate) fn known_to(&self, home: &Home) {
        let overlay = overlay::overlay(self.dialect.provider, self.desk.port);
        let mut file: toml::Table = overlay.parse().unwrap();
        // The pace is the provider's, and this one is not in a hurry to be spared.
        let rate = toml::Table::from_iter([("per-second".to_owned(), toml::Value::Float(10_000.0))]);
        file.insert("rate".to_owned(), toml::Value::Table(rate));
        if let Some(host) = crate::dialects::own_host(self.dialect.provider) {
            let own = format!("http://127.0.0.1:{}/{host}", self.desk.port);
            file.insert("api-url".to_owned(), toml::Value::String(own));
        }
        home.provider(self.dialect.provider, &file.to_string());
    }

    pub(crate) fn tell(&self, change: impl FnOnce(&mut Play)) {
        change(&mut self.play.lock().unwrap());
    }

    pub(crate) fn trap(&self, trap: Trap) {
        self.tell(|play| play.traps.push_back(trap));
    }

    pub(crate) fn tasks(&self) -> Vec<Value> {
        self.play.lock().unwrap().tasks.clone()
    }

    /// How often a task was asked for, traps included.
    pub(crate) fn creates(&self) -> Vec<Asked> {
        let creates = |asked: &Asked| (self.dialect.creates)(asked, path_of(asked));
        self.desk.asked().into_iter().filter(creates).collect()
    }

    #[track_caller]
    pub(crate) fn is_content(&self) {
        let play = self.play.lock().unwrap();
        assert!(play.notes.is_empty(), "the provider had to note:\n{}", play.notes.join("\n"));
    }
}

/// No test ends well whose requests the provider had to note.
impl Drop for Target {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.is_content();
        }
    }
}

/// The path as the provider's own host would see it: the overlay puts the host before it.
fn path_of(asked: &Asked) -> &str {
    let path = asked.target.split('?').next().unwrap_or_default();
    path.trim_start_matches('/').find('/').map_or("/", |at| &path[at + 1..])
}

fn serve(play: &Mutex<Play>, dialect: Dialect, asked: &Asked) -> Answer {
    let path = path_of(asked);
    described::hold(&mut play.lock().unwrap(), dialect.provider, asked, path);
    let (latency, down) = {
        let play = play.lock().unwrap();
        (play.latency, play.down.clone())
    };
    if !latency.is_zero() {
        std::thread::sleep(latency);
    }
    if let Some((status, body)) = down {
        return answer(status, body.to_string());
    }
    let mut own = play.lock().unwrap();
    let trap = match (dialect.creates)(asked, path) {
        true => own.traps.pop_front().unwrap_or(Trap::None),
        false => Trap::None,
    };
    if let Trap::Refuse(status, headers, body) = trap {
        return headers.iter().fold(answer(status, body.to_string()), |a, (name, value)| a.with(name, value));
    }
    let said = asked.header("authorization").unwrap_or_default();
    if said.trim_start_matches("Bearer ") != crate::dialects::authorization(dialect.provider, dialect.token) {
        return answer(401, "{}");
    }
    let creates = (dialect.creates)(asked, path);
    let is_unseen = !creates && own.newest.is_some_and(|at| at.elapsed() < own.lag);
    let unseen = if is_unseen { own.tasks.pop() } else { None };
    let (status, body) = (dialect.answers)(&mut own, asked, path);
    own.tasks.extend(unseen);
    if creates {
        own.newest = Some(Instant::now());
    }
    if matches!(trap, Trap::CommitAndDie) {
        own.down = Some((503, serde_json::json!({})));
    }
    drop(own);
    match trap {
        Trap::CommitAndDie => answer(503, "{}"),
        Trap::CommitThen(status) => answer(status, "{\"error\": \"oops\"}"),
        Trap::CommitHang(length) => {
            std::thread::sleep(length);
            answer(0, "")
        }
        Trap::Refuse(..) | Trap::None => answer(status, body.to_string()),
    }
}
