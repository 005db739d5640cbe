//! No answer makes integ forget a token: every misbehaviour, met by every command that can meet it, with the standing
//! invariants after each run; then the provider is good again, and the next command works with what was stored.
//!
//! Every run of the tests takes each way of the OAuth endpoints with `connect` and `refresh`, and a seeded third of the
//! rest; with `INTEG_TEST_LONG` all, each to a pipe, as JSON and on a terminal, with the vault's key in a file and in a
//! variable (tests/hostile/every_misbehaviour.rs) and with a keychain (tests/real/misbehaviours_in_the_keychain.rs).

pub(crate) mod cell;
mod commands;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::evil::token_modes::{self, Odd};
use crate::evil::{api, authorize, calendar, device, discovery, register, resource, tasks};
use crate::home::{Random, figure, in_share, seed, share_in_words, times};
use cell::{Cell, Command, Surface, Vault};

/// Most of a run is waiting for providers that do not answer.
const AT_ONCE: usize = 16;

/// A way to misbehave, and the command that meets it.
type Meeting = (Command, &'static str, &'static str);

/// What every run takes.
fn usual() -> Vec<Meeting> {
    let mut all = Vec::new();
    for mode in token_modes::all() {
        all.push((Command::Refresh, "token", mode.name));
        all.push((Command::Connect, "token", mode.name));
    }
    let mut connect = |endpoint, modes: &mut dyn Iterator<Item = &'static str>| {
        all.extend(modes.map(|mode| (Command::Connect, endpoint, mode)));
    };
    connect("authorize", &mut authorize::MODES.iter().map(|(name, _)| *name));
    connect("device", &mut device::MODES.iter().map(|(name, _)| *name));
    connect("par", &mut authorize::PUSH_MODES.iter().copied());
    connect("register", &mut register::MODES.iter().copied());
    connect("resource", &mut resource::MODES.iter().copied());
    // A document in another place is no misbehaviour.
    connect("discovery", &mut discovery::MODES.iter().copied().filter(|mode| !mode.starts_with("at-")));
    connect("me", &mut api::MODES.iter().copied());
    all
}

/// What a seeded third of is taken.
fn rest() -> Vec<Meeting> {
    let mut all = Vec::new();
    for mode in token_modes::all() {
        all.push((Command::Sync, "token", mode.name));
        all.push((Command::Task, "token", mode.name));
    }
    let shaped: [(Command, &str, &[Odd]); 4] = [
        (Command::Sync, "calendars", calendar::LIST),
        (Command::Sync, "events", calendar::EVENTS),
        (Command::Task, "task-lists", tasks::LISTS),
        (Command::Task, "task-create", tasks::CREATE),
    ];
    for (command, endpoint, own) in shaped {
        all.extend(own.iter().map(|(mode, _)| (command, endpoint, *mode)));
        all.extend(token_modes::anywhere().map(|mode| (command, endpoint, mode.name)));
    }
    for endpoint in ["discovery", "device", "me", "par", "register"] {
        all.extend(token_modes::anywhere().map(|mode| (Command::Connect, endpoint, mode.name)));
    }
    all
}

/// Cells of every surface and vault, or of the one that comes next.
fn spread(meetings: Vec<Meeting>, vaults: &[Vault], everywhere: bool) -> Vec<Cell> {
    let faces: Vec<(Surface, Vault)> = Surface::ALL
        .into_iter()
        .flat_map(|surface| vaults.iter().map(move |&vault| (surface, vault)))
        .collect();
    let mut cells = Vec::new();
    for (at, (command, endpoint, mode)) in meetings.into_iter().enumerate() {
        let wanted = if everywhere { &faces[..] } else { &faces[at % faces.len()..][..1] };
        cells.extend(wanted.iter().map(|&(surface, vault)| Cell { command, endpoint, mode, surface, vault }));
    }
    cells
}

/// Which vaults, and one in how many of the meetings (of the OAuth endpoints, of the rest) is for every run.
pub(crate) struct Matrix<'a> {
    pub(crate) vaults: &'a [Vault],
    pub(crate) one_in: (usize, usize),
    /// What a cell stands in.
    pub(crate) around: fn(&mut dyn FnMut()),
}

impl Matrix<'_> {
    pub(crate) fn holds(&self) {
        let (seed, long) = (seed(), times(0, 1) == 1);
        let mut random = Random::new(seed);
        let (mut usual, mut rest) = (usual(), rest());
        let in_all = usual.len() + rest.len();
        usual.retain(|_| long || random.below(self.one_in.0) == 0);
        rest.retain(|_| long || random.below(self.one_in.1) == 0);
        let mut cells = spread(usual, self.vaults, long);
        cells.extend(spread(rest, self.vaults, long));
        let cells = cells.into_iter().enumerate().filter(|(number, _)| in_share(*number));
        self.run(&cells.map(|(_, cell)| cell).collect::<Vec<_>>(), in_all, seed);
    }

    fn run(&self, cells: &[Cell], in_all: usize, seed: u64) {
        let (started, next) = (Instant::now(), AtomicUsize::new(0));
        let failures = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some(cell) = cells.get(next.fetch_add(1, Ordering::SeqCst)) {
                        (self.around)(&mut || {
                            if let Err(what) = cell.try_out() {
                                failures.lock().unwrap().push(format!("== {cell}\n{what}"));
                            }
                        });
                    }
                });
            }
        });
        let ways: BTreeSet<_> = cells.iter().map(|cell| (cell.endpoint, cell.mode)).collect();
        let endpoints: BTreeSet<_> = ways.iter().map(|(endpoint, _)| endpoint).collect();
        let failures = failures.into_inner().unwrap();
        figure(&format!(
            "matrix: {} misbehaviours of {} endpoints, {} runs of {in_all} meetings{}, {} vaults, {} failed, {:.0} s, \
             INTEG_TEST_SEED={seed}",
            ways.len(),
            endpoints.len(),
            cells.len(),
            share_in_words(),
            self.vaults.len(),
            failures.len(),
            started.elapsed().as_secs_f64(),
        ));
        assert!(failures.is_empty(), "INTEG_TEST_SEED={seed}\n{}", failures.join("\n"));
    }
}
