//! `calendar export`: a file that other programs read, kept right after each sync.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use serde_json::json;

use crate::home::private_file;
use crate::scene::Scene;
use crate::server::{Dialect, Event};

fn scene() -> Scene {
    let scene = Scene::new(Dialect::Google);
    let series = |id: &str, hours: i64| Event { series: Some("weekly".into()), ..Event::new(id, hours) };
    scene.server.put("primary", series("weekly_1", 9));
    scene.server.put("primary", series("weekly_2", 9 + 7 * 24));
    scene.server.put("primary", Event::day("day", 3));
    scene.server.put("primary", Event::new("far", 100 * 24));
    scene.sync(&[]).exits(&[0]);
    scene
}

fn uids(path: &Path) -> Vec<String> {
    use icalendar::Component as _;
    let calendar: icalendar::Calendar = fs::read_to_string(path).unwrap().parse().unwrap();
    calendar.events().map(|event| event.get_uid().unwrap().to_owned()).collect()
}

fn run(scene: &Scene, path: &Path, more: &[&str]) -> crate::home::Output {
    let mut args = vec!["calendar", "export", path.to_str().unwrap()];
    args.extend(more);
    scene.home.run(&args)
}

#[test]
fn a_file_is_written_and_left_alone_while_it_is_right() {
    let scene = scene();
    let path = scene.home.path("home/all.ics");
    run(&scene, &path, &[]).exits(&[0]).says("4 events");
    let all = uids(&path);
    assert_eq!(all.len(), 4);
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{all:?}");
    let meta = fs::metadata(&path).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    run(&scene, &path, &[]).exits(&[0]).says("up to date");
    assert_eq!(fs::metadata(&path).unwrap().ino(), meta.ino(), "written again for nothing");
    run(&scene, &path, &["--past", "0", "--future", "10d", "--calendar", "main"]).exits(&[0]);
    assert_eq!(uids(&path).len(), 3);
    // Who may read it is the person's to say, and a link stays one.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let link = scene.home.path("home/link.ics");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let document = run(&scene, &link, &["--json"]).exits(&[0]).json();
    assert_eq!(
        (&document["exports"][0]["events"], &document["exports"][0]["changed"]),
        (&json!(4), &json!(true))
    );
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    let names = fs::read_dir(scene.home.path("home")).unwrap();
    assert!(!names.flatten().any(|one| one.file_name().to_string_lossy().ends_with(".tmp")));
    let printed = scene.home.run(&["calendar", "export", "-"]);
    assert_eq!(printed.exits(&[0]).stdout, fs::read(&path).unwrap());
}

#[test]
fn what_is_no_calendar_is_not_lost() {
    let scene = scene();
    let path = scene.home.path("home/thesis.txt");
    private_file(&path, b"years of work");
    run(&scene, &path, &[]).exits(&[2]).says("--force");
    assert_eq!(fs::read(&path).unwrap(), b"years of work");
    run(&scene, &path, &["--force"]).exits(&[0]);
    assert_eq!(uids(&path).len(), 4);
    run(&scene, &scene.home.path("home"), &[]).exits(&[2]).says("not a file");
    run(&scene, &scene.home.path("home/none/x.ics"), &[]).exits(&[2]).says("none");
}

#[test]
fn each_sync_rewrites_the_configured_file() {
    let scene = scene();
    let path = scene.home.path("home/kept.ics");
    scene.home.run(&["config", "set", "calendar.export", path.to_str().unwrap()]).exits(&[0]);
    scene.sync(&[]).exits(&[0]);
    assert_eq!(uids(&path).len(), 4);
    scene.server.delete("primary", "far");
    scene.sync(&[]).exits(&[0]);
    assert_eq!(uids(&path).len(), 3);
    scene.home.run(&["config", "set", "calendar.export-future", "1d"]).exits(&[0]);
    scene.home.run(&["config", "set", "calendar.export-calendars", "[\"Main\"]"]).exits(&[0]);
    scene.sync(&[]).exits(&[0]);
    assert_eq!(uids(&path).len(), 1);
    // A file that cannot be written is told; the sync was one all the same.
    scene.home.run(&["config", "set", "calendar.export-calendars", "[\"Nobody\"]"]).exits(&[0]);
    let output = scene.sync(&[]);
    output.exits(&[0]).says("no calendar `Nobody`");
    output.json();
    scene.home.run(&["config", "set", "calendar.export", "kept.ics"]).exits(&[0]);
    scene.sync(&[]).exits(&[0]).says("whole path");
    assert_eq!(uids(&path).len(), 1, "what was there stays");
}
