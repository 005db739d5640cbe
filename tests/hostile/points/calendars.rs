use serde_json::{Value, json};

use super::{After, Case};
use crate::evil::Evil;
use crate::home::{Home, Output, Point, provider_toml};

const EVENTS: &str = "/calendar/v3/calendars/primary/events";

fn says(evil: &Evil, cursor: &str, events: &[Value]) {
    let page =
        json!({"kind": "calendar#events", "summary": "Main", "nextSyncToken": cursor, "items": events});
    evil.says(EVENTS, "200 OK", &[], &page.to_string());
}

fn event(id: &str, title: &str) -> Value {
    json!({
        "kind": "calendar#event", "etag": format!("\"{title}\""), "id": id, "iCalUID": id, "status": "confirmed",
        "summary": title, "start": {"dateTime": hour_of_tomorrow(1)}, "end": {"dateTime": hour_of_tomorrow(2)},
    })
}

fn hour_of_tomorrow(hour: i64) -> String {
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 + hour);
    tomorrow.strftime("%Y-%m-%dT%H:00:00Z").to_string()
}

fn seed(evil: &Evil) -> Home {
    let toml = provider_toml(evil, &[])
        .replace("[capability.calendars]\n", "[capability.calendars]\ndialect = \"google\"\n");
    let home = Home::new(evil);
    home.provider("evil", &toml);
    let calendar = json!({"id": "primary", "summary": "Main", "accessRole": "owner", "primary": true});
    let list = json!({"kind": "calendar#calendarList", "items": [calendar]});
    evil.says("/calendar/v3/users/me/calendarList", "200 OK", &[], &list.to_string());
    says(evil, "one", &[event("a", "Stays"), event("b", "Old"), event("c", "Goes")]);
    home.connect(&["evil", "--can", "calendars"]).0.exits(&[0]);
    home.run(&["sync"]).exits(&[0]);
    says(evil, "two", &[event("b", "New"), event("d", "Comes"), json!({"id": "c", "status": "cancelled"})]);
    home
}

fn run(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["sync", "--json"]).disk(point).run()
}

/// The mirror and its cursor.
fn mirror(home: &Home) -> (String, Vec<String>) {
    let index = rusqlite::Connection::open(home.index()).unwrap();
    let seen = "SELECT event.title FROM event JOIN calendar ON calendar.id = event.calendar
                AND calendar.pass = event.pass ORDER BY event.remote";
    let mut seen = index.prepare(seen).unwrap();
    let titles = seen.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (index.query_row("SELECT cursor FROM calendar", [], |row| row.get(0)).unwrap(), titles)
}

fn holds(after: &After<'_>) {
    let old = ("one".to_owned(), ["Stays", "Old", "Goes"].map(str::to_owned).to_vec());
    let new = ("two".to_owned(), ["Stays", "New", "Comes"].map(str::to_owned).to_vec());
    let found = mirror(after.home);
    after.must(found == new || found == old, &format!("neither the old mirror nor the new one: {found:?}"));
    after.must(!after.is_acknowledged() || found == new, "acknowledged, and the mirror is the old one");
    after.home.run(&["sync"]).exits(&[0]);
    after.must(mirror(after.home) == new, "the next sync does not converge");
    after.is_live(&after.token("evil").unwrap_or_default());
}

pub(crate) const CASE: Case = Case { name: "sync", least: 20, seed, run, holds };

fn seed_scheduled(evil: &Evil) -> Home {
    let home = seed(evil);
    home.run(&["config", "set", "schedule.retry", "1s"]).exits(&[0]);
    home
}

/// Every minute: where each try waits long for an index that fails, there is no time for three more.
fn run_scheduled(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["schedule", "run", "--every", "1m"]).disk(point).run()
}

pub(crate) const SCHEDULED: Case =
    Case { name: "schedule run", seed: seed_scheduled, run: run_scheduled, ..CASE };
