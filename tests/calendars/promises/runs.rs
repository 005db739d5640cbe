//! SY10 to SY12: runs that are killed, repeated, or several at once.

use std::time::Duration;

use nix::sys::signal::Signal;

use super::{BOTH, filled, first};
use crate::home::times;
use crate::server::{Dialect, Event, Fault};

#[test]
fn sy10_killed_at_any_moment() {
    for dialect in BOTH {
        let scene = filled(dialect, 40, 4);
        for round in 0..u64::try_from(times(25, 250)).unwrap() {
            scene.server.put(
                "primary",
                Event::new(&format!("e{:05}", round % 40), 5).titled(&format!("Round {round}")),
            );
            scene.server.delete("primary", &format!("e{:05}", (round * 7 + 1) % 40));
            if round % 5 == 0 {
                scene.server.expire();
            }
            let running = scene.home.start(&["sync", "--json"]);
            std::thread::sleep(Duration::from_millis(round % 25 * 5));
            running.signal(Signal::SIGKILL);
            running.wait().exits(&[0, 137]);
        }
        scene.synced(&[]);
        scene.is_equal();
    }
}

#[test]
fn sy11_without_a_change_nothing_of_the_mirror_is_written_and_one_request_is_sent() {
    for dialect in BOTH {
        let scene = filled(dialect, 30, 10);
        scene.synced(&[]);
        let sql = scene.sql();
        // Whoever writes a row of the mirror is told so.
        sql.execute_batch(
            "CREATE TRIGGER a AFTER INSERT ON event BEGIN SELECT raise(ABORT, 'written'); END;
             CREATE TRIGGER b AFTER UPDATE ON event BEGIN SELECT raise(ABORT, 'written'); END;
             CREATE TRIGGER c AFTER DELETE ON event BEGIN SELECT raise(ABORT, 'written'); END;
             CREATE TRIGGER d AFTER INSERT ON tombstone BEGIN SELECT raise(ABORT, 'written'); END;",
        )
        .unwrap();
        scene.server.forget();
        for _ in 0..20 {
            assert_eq!(scene.synced(&[])["requests"], 1);
        }
        assert_eq!(scene.server.asked().len(), 20);
    }
}

#[test]
fn sy12_twenty_at_once_do_not_fight() {
    let scene = filled(Dialect::Google, 60, 10);
    let running: Vec<_> = (0..20).map(|_| scene.home.start(&["sync", "--json"])).collect();
    for one in running {
        one.wait().exits(&[0]);
    }
    scene.is_equal();
    scene.server.always(Fault::Late(Duration::from_secs(3)));
    let slow = scene.home.start(&["sync", "--full"]);
    scene.server.is_asked();
    let out = scene.sync(&["--lock-wait", "0s"]);
    assert_eq!(first(out.exits(&[75]))["error"]["kind"], "busy");
    scene.server.always(Fault::Fine);
    slow.wait().exits(&[0]);
    scene.is_equal();
}
