//! RF5 to RF7, TK5, ST18 and what they stand for: every storage call of a command is its last one, or fails. Afterwards
//! what was acknowledged is there, and the next good run works. (The standing invariants are asserted by the home.)

pub(crate) mod calendars;
pub(crate) mod connect;
pub(crate) mod import;
pub(crate) mod index;
pub(crate) mod refresh;
pub(crate) mod rename;
pub(crate) mod tasks;

use std::time::Instant;

use nix::errno::Errno;

use crate::evil::Evil;
use crate::home::{Act, Home, Output, Point, figure, files_below, in_share, share_in_words, times};

/// A command and what must be true of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// So many storage calls it makes, or it was not the command that was meant.
    pub(crate) least: usize,
    /// What was there before.
    pub(crate) seed: fn(&Evil) -> Home,
    /// The command, with this point.
    pub(crate) run: fn(&Evil, &Home, Point) -> Output,
    /// What holds after it, and after the next good run.
    pub(crate) holds: fn(&After<'_>),
}

pub(crate) struct After<'a> {
    pub(crate) evil: &'a Evil,
    pub(crate) home: &'a Home,
    pub(crate) point: Point,
    pub(crate) out: Output,
    /// The call that was met.
    pub(crate) call: String,
}

impl After<'_> {
    pub(crate) fn was_killed(&self) -> bool {
        self.point.act == Act::Kill
    }

    /// It said that all is well.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.out.code == 0
    }

    #[track_caller]
    pub(crate) fn must(&self, holds: bool, what: &str) {
        assert!(holds, "{what}\n{self}");
    }

    /// Whoever could still tidy up did.
    #[track_caller]
    fn left_nothing(&self) {
        let could = matches!(self.point.act, Act::Fails(_) | Act::Short) && !self.call.contains(" unlink ");
        for path in files_below(&self.home.path("home")) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_draft = name.starts_with("index.draft-")
                || name.starts_with("index.before-") && !name.ends_with(".db");
            self.must(!could || !(name.ends_with(".tmp") || is_draft), &format!("{name} was left"));
        }
    }

    /// `token` of this connection, if it has one.
    #[track_caller]
    pub(crate) fn token(&self, name: &str) -> Option<String> {
        let out = self.home.run(&["token", name, "--json"]);
        self.must([0, 3].contains(&out.code), &format!("token: {}", out.transcript()));
        (out.code == 0)
            .then(|| out.json()["tokens"][0]["access_token"].as_str().unwrap_or_default().to_owned())
    }

    #[track_caller]
    pub(crate) fn is_live(&self, token: &str) {
        self.must(self.evil.state().grants.is_live(token), "a token that does not work");
    }
}

impl std::fmt::Display for After<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}\n{}", self.point.act, self.call, self.out.transcript())
    }
}

/// In every run the machine goes away, and the disk is full; the promise is more.
fn acts() -> &'static [Act] {
    const ALL: &[Act] = &[
        Act::Kill,
        Act::Fails(Errno::ENOSPC),
        Act::Fails(Errno::EIO),
        Act::Fails(Errno::EROFS),
        Act::Fails(Errno::EACCES),
        Act::Short,
        Act::FailsOn(Errno::ENOSPC),
        Act::FailsOn(Errno::EROFS),
    ];
    &ALL[..times(2, ALL.len())]
}

const FEW: usize = 10;

impl Case {
    /// Every point with every act, each from the same beginning.
    pub(crate) fn holds_at_every_point(&self) {
        let evil = Evil::start();
        let seeded = (self.seed)(&evil);
        let families = evil.state().grants.families.clone();
        let again = || {
            // What is in a keychain cannot be copied.
            let home = if seeded.has_keychain() { (self.seed)(&evil) } else { seeded.copy() };
            let mut state = evil.state();
            if !seeded.has_keychain() {
                state.grants.families.clone_from(&families);
            }
            state.forget();
            // Those of earlier points are not in this home.
            state.grants.verifiers.clear();
            home
        };
        let listed = again();
        (self.run)(&evil, &listed, Point::NONE).exits(&[0]);
        let (name, calls) = (self.name, listed.storage_calls());
        assert!(calls.len() >= self.least, "{name}: {} storage calls\n{}", calls.len(), calls.join("\n"));
        let (mut met, mut tried, began) = (0, 0, Instant::now());
        for act in acts() {
            // A command with a few calls is there to be caught.
            for at in (1..=calls.len()).filter(|&at| in_share(at) || calls.len() < FEW) {
                tried += 1;
                let home = again();
                let point = Point { at, act: *act };
                let out = (self.run)(&evil, &home, point);
                let Some(call) = home.storage_calls().pop() else {
                    // Threads take turns, so that a few calls more or less at the end are no wonder.
                    assert!(at * 10 > calls.len() * 9, "{name}: call {at} of {} never came", calls.len());
                    continue;
                };
                met += 1;
                let after = After { evil: &evil, home: &home, point, out, call };
                after.must(after.was_killed() == (after.out.code == 137), "killed, or not, as nobody asked");
                after.left_nothing();
                (self.holds)(&after);
                if home.index().exists() {
                    home.index_is_sound();
                }
            }
        }
        let (count, faults, seconds) = (calls.len(), acts().len(), began.elapsed().as_secs_f64());
        let (vault, share) =
            (if seeded.has_keychain() { "keychain" } else { "file vault" }, share_in_words());
        figure(&format!(
            "points: {name}, {vault}: {count} storage calls, {faults} faults, {met} of {tried} points met{share}, {seconds:.0} s"
        ));
    }
}
