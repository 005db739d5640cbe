//! Random changes at the server, random failures, and kills of ours: whatever happened, one clean run makes the mirror
//! what the server has. Seeded, so that what fails can be had again; `INTEG_ROUNDS` asks for more.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::evil::grants::Rotation;
use crate::scene::Scene;
use crate::server::{Dialect, Event, Fault};

struct Chance(u64);

impl Chance {
    /// Below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn change(scene: &Scene, chance: &mut Chance) {
    let id = format!("e{:03}", chance.below(120));
    let hours = i64::try_from(chance.below(24 * 300)).unwrap();
    match chance.below(12) {
        0..=4 => scene.server.put("primary", Event::new(&id, hours).titled(&format!("At {hours}"))),
        5 => scene.server.put("primary", Event::day(&id, hours / 24)),
        6 => {
            let one = Event {
                series: Some("S".into()),
                title: "Standup".into(),
                ..Event::new(&format!("o{id}"), hours)
            };
            scene.server.put("primary", one);
        }
        // Beyond every window.
        7 => scene.server.put("primary", Event::new(&id, 24 * 1_000)),
        8..=10 => scene.server.delete("primary", &id),
        _ if chance.below(4) == 0 => scene.server.expire(),
        _ => {}
    }
}

fn fault(chance: &mut Chance) -> Fault {
    match chance.below(12) {
        0 => Fault::Status(500),
        1 => Fault::Cut,
        2 => Fault::Drop,
        3 => Fault::Unauthorized,
        4 => Fault::Gone,
        5 => Fault::Says("<html>".into()),
        6 => Fault::Loop,
        7 => Fault::Twice,
        8 => Fault::NoCursor,
        9 => Fault::Backwards,
        _ => Fault::Fine,
    }
}

#[track_caller]
fn play(dialect: Dialect, seed: u64, rounds: u64) {
    let scene = Scene::new(dialect);
    let mut chance = Chance(seed);
    // A renewal that is killed may cost the sign-in elsewhere; that is other tests' matter.
    scene.evil.state().grants.rotation = Rotation::None;
    {
        let mut state = scene.server.state();
        state.largest_page = 7;
        state.omits = seed % 2 == 1;
        state.tells_series = seed % 3 != 1;
    }
    for round in 0..rounds {
        for _ in 0..chance.below(25) {
            change(&scene, &mut chance);
        }
        for _ in 0..chance.below(5) {
            let fault = fault(&mut chance);
            scene.server.queue(&[fault]);
        }
        let args: &[&str] = match chance.below(6) {
            0 => &["sync", "--json", "--full", "--force"],
            _ => &["sync", "--json", "--force"],
        };
        let running = scene.home.start(args);
        if chance.below(2) == 0 {
            std::thread::sleep(Duration::from_millis(chance.below(120)));
            running.signal(Signal::SIGKILL);
        }
        running.wait();
        // What was left of the faults belongs to the round that was to meet them.
        scene.server.state().faults.clear();
        if round % 6 == 5 {
            scene.sync(&["--force"]).exits(&[0]);
            let (mirror, truth) = (scene.mirror("primary"), scene.server.truth("primary"));
            assert_eq!(mirror, truth, "{dialect:?}, seed {seed}, round {round}");
            scene.is_equal();
        }
    }
}

fn rounds() -> u64 {
    std::env::var("INTEG_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

#[test]
fn sy10_a_mirror_of_google_survives_everything() {
    for seed in [1, 2] {
        play(Dialect::Google, seed, rounds());
    }
}

#[test]
fn sy10_a_mirror_of_microsoft_survives_everything() {
    for seed in [3, 4] {
        play(Dialect::Microsoft, seed, rounds());
    }
}
