//! What has become of an entry's event: said when it is looked at, taken over only by a person.

use super::mirror::{EVENT, Event, Mirror};
use super::{entries, time};
use crate::seal::Home;

fn converted() -> (Home, Mirror) {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.put(&EVENT);
    assert_eq!(entries(&home, &["convert", "call-1", "--round", "15m"]).len(), 1);
    (home, mirror)
}

fn flag(home: &Home) -> String {
    let all = entries(home, &["list"]);
    let flagged = entries(home, &["list", "--flagged"]);
    assert_eq!(!flagged.is_empty(), !all[0]["flag"].is_null());
    all[0]["flag"].as_str().unwrap_or("-").to_owned()
}

const MOVED: Event =
    Event { version: "v2", start: "2026-11-20T12:00:00Z", end: "2026-11-20T12:50:00Z", ..EVENT };

#[test]
fn each_change_that_matters_is_flagged() {
    let (home, mirror) = converted();
    assert_eq!(flag(&home), "-");
    for (event, expected) in [
        (MOVED, "changed"),
        (Event { version: "v3", title: "Call with Bob", ..EVENT }, "changed"),
        (Event { version: "v4", all_day: true, ..EVENT }, "changed"),
        (Event { version: "v5", response: Some("declined"), ..EVENT }, "declined"),
        // Somebody else answered: nothing that the entry has.
        (Event { version: "v6", attendees: "bob@x", ..EVENT }, "-"),
        (EVENT, "-"),
    ] {
        mirror.put(&event);
        assert_eq!(flag(&home), expected, "{}", event.version);
    }
    // Out of the window is not cancelled.
    mirror.forget("me@x", "call-1");
    assert_eq!(flag(&home), "-");
    mirror.cancel("me@x", "call-1");
    assert_eq!(flag(&home), "cancelled");
    // Deleted in one calendar and there in another: moved.
    mirror.calendar("google", "team@x", "Team");
    mirror.put_in("team@x", &EVENT);
    assert_eq!(flag(&home), "-");
    mirror.put_in("team@x", &MOVED);
    assert_eq!(flag(&home), "changed");
}

#[test]
fn a_pass_that_is_not_over_flags_nothing() {
    let (home, mirror) = converted();
    mirror.run("UPDATE event SET pass = pass + 1, version = 'v2', start = start + 60");
    assert_eq!(flag(&home), "-");
    mirror.run("UPDATE calendar SET pass = pass + 1");
    assert_eq!(flag(&home), "changed");
    // A full pass gives everything another row, and nothing another meaning.
    mirror.run("DELETE FROM event");
    mirror.run("UPDATE calendar SET pass = 7");
    mirror.put(&EVENT);
    assert_eq!(flag(&home), "-");
}

#[test]
fn a_person_takes_the_new_times_or_leaves_them() {
    let (home, mirror) = converted();
    mirror.put(&MOVED);
    let table = time(&home, &["list"]).expect(0).stdout;
    assert!(table.contains("13:00–13:50"), "{table}");
    let entry = &entries(&home, &["list"])[0];
    assert_eq!(
        (&entry["start"], &entry["event"]["now"]["start"]),
        (&"2026-11-20T10:00:00+01:00".into(), &"2026-11-20T13:00:00+01:00".into())
    );
    let entry = &entries(&home, &["edit", "1", "--accept"])[0];
    assert_eq!(
        (&entry["start"], &entry["end"]),
        (&"2026-11-20T13:00:00+01:00".into(), &"2026-11-20T13:50:00+01:00".into())
    );
    assert_eq!((&entry["hours"], &entry["flag"]), (&1.0.into(), &().into()), "rounded as it was");
    mirror.put(&Event { version: "v3", title: "Renamed", ..MOVED });
    entries(&home, &["edit", "1", "--title", "Mine"]);
    assert_eq!(entries(&home, &["edit", "1", "--accept"])[0]["title"], "Mine");
    mirror.put(&EVENT);
    let entry = &entries(&home, &["edit", "1", "--keep"])[0];
    assert_eq!((&entry["start"], &entry["flag"]), (&"2026-11-20T13:00:00+01:00".into(), &().into()));
    mirror.cancel("me@x", "call-1");
    time(&home, &["edit", "1", "--accept"]).expect(2);
    entries(&home, &["edit", "1", "--keep"]);
    assert_eq!(flag(&home), "-");
    // It came back, at another time than was last looked at.
    mirror.put(&MOVED);
    assert_eq!(flag(&home), "changed");
}

#[test]
fn an_approved_entry_is_flagged_and_never_rewritten() {
    let (home, mirror) = converted();
    time(&home, &["approve", "1"]).expect(0);
    let before = entries(&home, &["list"])[0].clone();
    mirror.put(&MOVED);
    assert_eq!(flag(&home), "changed");
    time(&home, &["edit", "1", "--accept"]).expect(2);
    time(&home, &["convert", "--on", "2026-11-20"]).expect(0);
    let after = entries(&home, &["list"]);
    assert_eq!(after.len(), 1);
    for field in ["start", "end", "seconds", "title", "status", "changed_at"] {
        assert_eq!(after[0][field], before[field], "{field}");
    }
    let kept = &entries(&home, &["edit", "1", "--keep"])[0];
    assert_eq!(
        (&kept["status"], &kept["start"], &kept["flag"]),
        (&"approved".into(), &before["start"], &().into())
    );
    mirror.put(&Event { version: "v9", ..EVENT });
    let entry = &entries(&home, &["edit", "1", "--reopen", "--accept"])[0];
    assert_eq!((&entry["status"], &entry["hours"]), (&"pending".into(), &1.0.into()));
}

#[test]
fn an_event_that_moved_is_not_converted_again() {
    let (home, mirror) = converted();
    mirror.calendar("outlook", "other", "Other");
    mirror.put_in("other", &Event { id: "AAMk", version: "W", ..MOVED });
    mirror.put(&MOVED);
    assert!(entries(&home, &["convert", "--on", "2026-11-20"]).is_empty());
    mirror.run("DELETE FROM calendar");
    assert_eq!(flag(&home), "-", "nothing is mirrored any more");
    assert_eq!(entries(&home, &["list"]).len(), 1);
}
