//! Which calendars are mirrored: chosen by name, id or at a prompt, and remembered.

use serde_json::{Value, json};

use crate::pty::{ENTER, Terminal};
use crate::scene::Scene;
use crate::server::{Calendar, Dialect, Event};

fn scene() -> Scene {
    let scene = Scene::new(Dialect::Google);
    for (id, name) in
        [("team@example.com", "Team"), ("other@example.com", "TEAM"), ("days@example.com", "Days\u{1b}[2J")]
    {
        scene.server.state().calendars.insert(id.into(), Calendar::new(name));
    }
    scene
}

fn listed(scene: &Scene, args: &[&str]) -> Vec<Value> {
    let mut all = vec!["calendar", "list", "--json"];
    all.extend(args);
    scene.home.run(&all).exits(&[0]).json()["calendars"].as_array().unwrap().clone()
}

fn enabled(scene: &Scene) -> Vec<String> {
    let all = listed(scene, &["--offline"]);
    let on = all.iter().filter(|one| one["enabled"] == true);
    on.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_list_comes_from_the_provider_and_is_remembered() {
    let scene = scene();
    assert!(listed(&scene, &["--offline"]).is_empty());
    let all = listed(&scene, &[]);
    assert_eq!(all.len(), 4);
    let expected = json!({"connection": "evil", "id": "primary", "name": "Main", "color": "#9fe1e7",
        "time_zone": "Europe/Zurich", "access": "owner", "primary": true, "enabled": true, "gone": false,
        "last_sync": null, "error": null});
    assert_eq!(all[0], expected);
    scene.server.forget();
    assert_eq!(listed(&scene, &["--offline"]), all);
    assert!(scene.server.asked().is_empty());
    scene.server.state().calendars.remove("days@example.com");
    let after = listed(&scene, &[]);
    let gone: Vec<&Value> = after.iter().filter(|one| one["gone"] == true).collect();
    assert_eq!((gone.len(), &gone[0]["id"]), (1, &json!("days@example.com")));
    let shown = scene.home.run(&["calendar", "list"]).exits(&[0]).out();
    assert!(
        shown.contains("Main (primary)") && shown.contains("gone there") && !shown.contains('●'),
        "{shown}"
    );
    let env = [("COLORTERM", "truecolor")];
    let terminal = Terminal::start(&scene.home, 100, &["calendar", "list", "--offline"], &env);
    let coloured = terminal.ends(0);
    assert!(coloured.contains("\u{1b}[38;2;159;225;231m●"), "{coloured:?}");
    assert!(!coloured.contains("\u{1b}[2J"), "{coloured:?}");
}

#[test]
fn what_the_provider_cannot_say_is_shown_from_memory() {
    let scene = scene();
    listed(&scene, &[]);
    scene.evil.state().grants.live.clear();
    let output = scene.home.run(&["calendar", "list"]);
    assert_ne!(output.code, 70);
    assert!(output.out().contains("Main (primary)"), "{}", output.transcript());
}

#[test]
fn a_calendar_is_chosen_by_name_id_and_connection() {
    let scene = scene();
    // A name that is not known yet is looked for at the provider.
    scene.home.run(&["calendar", "enable", "days@example.com"]).exits(&[0]).says("integ sync");
    assert_eq!(enabled(&scene), ["primary", "days@example.com"]);
    scene
        .home
        .run(&["calendar", "enable", "team"])
        .exits(&[2])
        .says("evil/team@example.com")
        .says("evil/other@example.com");
    scene.home.run(&["calendar", "enable", "Team", "other@example.com"]).exits(&[0]);
    assert_eq!(enabled(&scene).len(), 4);
    scene.home.run(&["calendar", "disable", "evil/Team", "main"]).exits(&[0]);
    assert_eq!(enabled(&scene), ["days@example.com", "other@example.com"]);
    // The choice outlives the provider's next list.
    listed(&scene, &[]);
    assert_eq!(enabled(&scene), ["days@example.com", "other@example.com"]);
    scene.home.run(&["calendar", "enable", "nowhere"]).exits(&[2]).says("no calendar `nowhere`");
    for verb in ["enable", "disable", "remove"] {
        scene.home.run(&["calendar", verb]).exits(&[2]).says("CALENDAR");
    }
    let document = scene.home.run(&["calendar", "enable", "main", "--json"]).exits(&[0]).json();
    assert_eq!(document["calendars"][0]["enabled"], true);
}

#[test]
fn a_removed_mirror_is_gone_and_comes_back_whole() {
    let scene = scene();
    scene.server.put("primary", Event::new("a", 9));
    scene.server.put("primary", Event::new("b", 10));
    scene.sync(&[]).exits(&[0]);
    scene.server.delete("primary", "b");
    scene.sync(&[]).exits(&[0]);
    assert_eq!(scene.mirror("primary").len(), 1);
    scene.home.run(&["calendar", "remove", "main"]).exits(&[2]).says("--yes");
    assert_eq!(scene.mirror("primary").len(), 1, "nobody confirmed");
    scene.home.run(&["calendar", "remove", "main", "--yes"]).exits(&[0]);
    assert_eq!(scene.count("SELECT count(*) FROM event"), 0);
    assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 0);
    assert!(enabled(&scene).is_empty());
    scene.home.run(&["calendar", "events"]).exits(&[0]).says("No calendar is mirrored");
    scene.home.run(&["calendar", "enable", "main"]).exits(&[0]);
    let back = scene.synced(&[]);
    assert_eq!((&back["full"], &back["added"]), (&json!(true), &json!(1)), "{back}");
    scene.is_equal();
}

#[test]
fn a_terminal_is_asked() {
    let scene = scene();
    listed(&scene, &[]);
    let mut terminal = Terminal::start(&scene.home, 100, &["calendar", "enable"], &[]);
    // The primary one is marked; down to the next one, marked too.
    terminal.sees("Which calendars shall be mirrored?").types("\x1b[B").types(" ").types(ENTER);
    let shown = terminal.ends(0);
    assert!(!shown.contains("\u{1b}[2J"), "{shown:?}");
    assert_eq!(enabled(&scene).len(), 2);
    let mut terminal = Terminal::start(&scene.home, 100, &["calendar", "remove"], &[]);
    terminal.sees("forgotten?").types(" ").types(ENTER).sees("Forget what is mirrored").types("y");
    terminal.ends(0);
    assert_eq!(enabled(&scene).len(), 1);
}

#[test]
fn names_complete() {
    let scene = scene();
    listed(&scene, &[]);
    let offered = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let mut args = vec!["--"];
        args.extend(&words);
        let call = scene.home.call(&args).env("INTEG_COMPLETE", "bash").env("_CLAP_IFS", "\n");
        let output = call.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string()).run();
        output.exits(&[0]).out().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(offered("integ calendar enable Ma"), ["Main"]);
    // Of two that only differ in capitals either can be typed; what a shell would trip over is offered by its id.
    assert_eq!(offered("integ calendar events --calendar T"), ["TEAM", "Team"]);
    assert_eq!(offered("integ calendar export x.ics --calendar da"), ["days@example.com"]);
}
