//! Where the words of a task come from: files, standard input, an event of the mirrored calendars.

use rusqlite::Connection;
use serde_json::json;

use crate::dialects::{LINEAR, TODOIST};
use crate::seal::{Ended, Home};
use crate::server::Target;

#[test]
fn notes_come_from_a_file_or_from_standard_input() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let text = "# Plan\r\n\n- **one** 😀\n- two\n";
    home.write("notes.md", text);
    home.run(&["task", "create", "a", "--to", "todoist", "--notes-file", "notes.md"]).expect(0);
    home.run_with_input(&["task", "create", "b", "--to", "todoist", "--notes-file", "-"], text).expect(0);
    home.run_with_input(&["task", "create", "c", "--to", "todoist"], "nobody asked for this").expect(0);
    let tasks = target.tasks();
    assert_eq!((&tasks[0]["description"], &tasks[1]["description"]), (&json!(text), &json!(text)));
    assert!(tasks[2]["description"].is_null(), "{}", tasks[2]);
    home.run(&["task", "create", "x", "--to", "todoist", "--notes-file", "missing.md"]).expect(2);
    std::fs::write(home.path().join("binary"), [0xff, 0xfe, 0]).unwrap();
    let ended = home.run(&["task", "create", "x", "--to", "todoist", "--notes-file", "binary"]).expect(2);
    assert!(ended.stderr.contains("UTF-8"), "{}", ended.stderr);
    home.run(&["task", "create", "x", "--to", "todoist", "--notes", "n", "--notes-file", "notes.md"])
        .expect(2);
    assert_eq!(target.creates().len(), 3);
}

/// A mirror with one event in it, as a sync leaves it.
fn mirrored(home: &Home) {
    home.run(&["task", "list"]).expect(0);
    let db = Connection::open(home.path().join("data/integ/index.db")).unwrap();
    db.execute_batch(
        "INSERT INTO calendar (connection, remote, name, enabled, pass) VALUES ('google', 'me@x', 'Work', 1, 1);
         INSERT INTO event (calendar, remote, pass, uid, version, start, end, all_day, zone, title, status, free,
             private, location, attendees, url, meeting)
         SELECT id, 'call-1', 1, 'call-1@x', 'v1', 1795510800, 1795514400, 0, 'Europe/Berlin',
             ' Call' || char(10) || 'with Kim ', 'confirmed', 0, 0, 'Room 4', 'kim@x.example' || char(10) || 'ben@x.example',
             'https://calendar.example/call-1', 'https://meet.example/abc' FROM calendar;",
    )
    .unwrap();
}

#[test]
fn an_event_becomes_a_task_with_its_time_people_and_links() {
    let target = Target::open(TODOIST);
    let home = target.home();
    mirrored(&home);
    home.run(&["task", "create", "--from-event", "call-1", "--to", "todoist"]).expect(0);
    let task = &target.tasks()[0];
    assert_eq!(task["content"], "Call with Kim");
    assert_eq!(task["due_datetime"], "2026-11-24T09:00:00Z");
    assert_eq!(
        task["description"],
        "When: 2026-11-24 10:00 to 11:00 CET\nWhere: Room 4\nWith: kim@x.example, ben@x.example\n\
         Join: https://meet.example/abc\n\nhttps://calendar.example/call-1"
    );
    target.is_content();
    let ended = home.run(&["task", "create", "--from-event", "call-9", "--to", "todoist"]).expect(3);
    assert!(ended.stderr.contains("no event `call-9`"), "{}", ended.stderr);
}

#[test]
fn an_event_is_one_task_and_what_is_typed_goes_first() {
    let target = Target::open(TODOIST);
    let home = target.home();
    mirrored(&home);
    let create = |more: &[&str]| {
        let base = ["task", "create", "--from-event", "call-1@x", "--to", "todoist", "--json"];
        home.run(&[&base, more].concat()).expect(0).json()["tasks"][0]["remote_id"].clone()
    };
    let first = create(&[]);
    assert_eq!(create(&[]), first, "the same event is the same task");
    let other = create(&["Send the minutes", "--due", "2026-12-01", "--notes", "mine", "--tag", "a"]);
    assert_ne!(other, first, "another title is another task");
    assert_eq!(create(&["Send the minutes"]), other);
    assert_ne!(create(&["--key", "again"]), first);
    let tasks = target.tasks();
    assert_eq!(tasks.len(), 3);
    assert_eq!(
        (&tasks[1]["content"], &tasks[1]["due_date"]),
        (&json!("Send the minutes"), &json!("2026-12-01"))
    );
    assert_eq!(tasks[1]["description"], "mine\n\nhttps://calendar.example/call-1");
    assert_eq!(tasks[1]["labels"], json!(["a"]));
}

/// Targets that know days only are given the one that it is where the person is, whatever the event's zone is called and
/// whether theirs has a name.
#[test]
fn a_day_is_the_persons() {
    let target = Target::open(LINEAR);
    let home = target.home();
    mirrored(&home);
    for (zone, arguments, day) in [
        ("Pacific/Pago_Pago", &["--from-event", "call-1"][..], "2026-11-23"),
        ("JST-9", &["typed", "--due", "2026-12-01T02:00"], "2026-12-01"),
        ("XXX14", &["--from-event", "call-1", "again"], "2026-11-23"),
    ] {
        let all = [&["task", "create", "--to", "linear/ENG"], arguments].concat();
        Ended::of(home.command(&all).env("TZ", zone).output().unwrap()).expect(0);
        assert_eq!(target.tasks().last().unwrap()["dueDate"], day, "{zone}");
    }
    target.is_content();
}

#[test]
fn what_is_no_item_of_a_checklist_is_counted() {
    let target = Target::open(TODOIST);
    let home = target.home();
    home.write("list.md", "# Today\n\nSome words\n1. [ ] one\n2) [x] done\n* * *\n3) [ ] two\n");
    let ended = home.run(&["task", "create", "--batch", "list.md", "--to", "todoist"]).expect(0);
    assert!(ended.stderr.contains("2 lines were left out"), "{}", ended.stderr);
    let titles: Vec<_> = target.tasks().iter().map(|task| task["content"].clone()).collect();
    assert!(
        titles.len() == 2 && titles.contains(&json!("one")) && titles.contains(&json!("two")),
        "{titles:?}"
    );
}
