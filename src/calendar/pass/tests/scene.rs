//! A mirror in a folder of its own, and passes of it against a server that plays its script.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{Done, Pass};
use crate::app::App;
use crate::calendar::line::Line;
use crate::calendar::window::Reach;
use crate::clock;
use crate::error::Error;
use crate::event::Listed;
use crate::http::scripted::{Asked, Scripted, run};
use crate::index::{Calendar, Detail, Index, Span};
use crate::name::Name;
use crate::output::Bars;
use crate::providers::Provider;
use crate::providers::calendars::Dialect;
use crate::vault::Grant;

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;
pub(super) const REACH: Reach = Reach { past: 30 * DAY, future: 365 * DAY };

pub(super) struct Scene {
    pub(super) dialect: Dialect,
    pub(super) index: Index,
    app: App,
    home: tempfile::TempDir,
}

/// How a pass is asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct How {
    pub(super) full: bool,
    pub(super) force: bool,
    pub(super) dry: bool,
}

pub(super) const USUAL: How = How { full: false, force: false, dry: false };
pub(super) const FULL: How = How { full: true, ..USUAL };

/// An answer of the server: its status and what it says.
pub(super) type Reply = (u16, Value);

impl Scene {
    pub(super) fn new(dialect: Dialect) -> Scene {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config/integ");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("config.toml"), "[limits]\ntries = 1\napi-answer = 65536\n").unwrap();
        let index = Index::open(&home.path().join("index.db")).unwrap().0;
        index.relax().unwrap();
        let listed =
            Listed { remote: "primary".into(), name: "Mine".into(), is_primary: true, ..Listed::default() };
        index.take_list(&name(), Some("ada"), &[listed]).unwrap();
        Scene { dialect, index, app: App::at(home.path()), home }
    }

    /// With these events in its mirror, each in version 1 and tomorrow.
    pub(super) fn of(dialect: Dialect, events: &[&str]) -> Scene {
        let scene = Scene::new(dialect);
        let events = events.iter().map(|id| scene.event(id, "1", 0)).collect();
        let (done, _) = scene.pass(USUAL, [scene.last("c0", events)]);
        assert!(done.unwrap().full);
        scene
    }

    pub(super) fn calendar(&self) -> Calendar {
        self.index.calendars_of(&name()).unwrap().remove(0)
    }

    /// One pass against these answers: what came of it, and what was asked.
    pub(super) fn pass(
        &self,
        how: How,
        answers: impl IntoIterator<Item = Reply>,
    ) -> (Result<Done, Error>, Vec<Asked>) {
        let text = |(status, body): Reply| crate::http::scripted::reply(status, &body.to_string());
        self.pass_of_text(how, answers.into_iter().map(text))
    }

    /// The same with whole HTTP answers.
    pub(super) fn pass_of_text(
        &self,
        how: How,
        answers: impl IntoIterator<Item = String>,
    ) -> (Result<Done, Error>, Vec<Asked>) {
        let server = Scripted::new(answers);
        let done = self.with_pass(how, server.base.as_str(), |pass| run(pass.run()));
        // As a command does at its end, whatever became of the pass.
        self.index.flush().unwrap();
        (done, server.asked())
    }

    pub(super) fn with_pass<T>(&self, how: How, base: &str, work: impl FnOnce(&Pass<'_>) -> T) -> T {
        let provider = Provider {
            name: "evil".into(),
            title: "Evil".into(),
            api_url: Some(base.to_owned()),
            ..Provider::default()
        };
        let grant: Grant = serde_json::from_value(json!({
            "v": 1, "generation": 1, "provider": "evil", "access_token": "at", "token_type": "Bearer",
            "obtained_at": clock::now(), "connected_at": 0,
        }))
        .unwrap();
        let line = Line::new(&self.app, name(), provider, self.dialect, grant).unwrap();
        let bars = Bars::new(&self.app.out);
        work(&Pass {
            line: &line,
            index: &self.index,
            calendar: &self.calendar(),
            reach: REACH,
            full: how.full,
            force: how.force,
            dry: how.dry,
            requests: Cell::new(0),
            bar: bars.add("Mine"),
        })
    }

    /// What is seen: the version of each event.
    pub(super) fn seen(&self) -> BTreeMap<String, String> {
        let all = Span { from: i64::MIN, to: i64::MAX };
        let events = self.index.events(self.calendar().id, all, Detail::Whole).unwrap();
        events.into_iter().map(|event| (event.remote.into_owned(), event.version.into_owned())).collect()
    }

    pub(super) fn title(&self, id: &str) -> String {
        let all = Span { from: i64::MIN, to: i64::MAX };
        let events = self.index.events(self.calendar().id, all, Detail::Whole).unwrap();
        events.into_iter().find(|event| event.remote == id).unwrap().title.into_owned()
    }

    /// What a query says of the file, a row a line.
    pub(super) fn rows(&self, query: &str) -> Vec<String> {
        let db = rusqlite::Connection::open(self.home.path().join("index.db")).unwrap();
        let mut select = db.prepare(query).unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    pub(super) fn buried(&self) -> Vec<String> {
        self.rows("SELECT remote FROM tombstone ORDER BY remote")
    }

    /// All rows of events, with their passes: those of dead passes too.
    pub(super) fn stored(&self) -> Vec<String> {
        self.rows("SELECT pass || ' ' || remote FROM event ORDER BY 1")
    }

    /// As if the last full pass had asked for more than is wanted now: 100 days back and 1,000 ahead.
    pub(super) fn widen(&self) -> (i64, i64) {
        let (from, to) = (clock::now() - 100 * DAY, clock::now() + 1_000 * DAY);
        let widen = format!("UPDATE calendar SET window_start = {from}, window_end = {to} RETURNING name");
        assert_eq!(self.rows(&widen).len(), 1);
        (from, to)
    }

    /// What a pass that was killed leaves beside what is seen.
    pub(super) fn leave_a_ghost(&self) {
        self.with_pass(USUAL, "http://127.0.0.1:1/", |pass| {
            let body = self.page(&[], vec![self.event("ghost", "1", 0)]).1.to_string();
            let mut reader = crate::providers::calendars::Reader::new(self.dialect);
            let start = crate::providers::calendars::Start::Span { from: 0, to: i64::MAX };
            let window = Span { from: 0, to: i64::MAX };
            pass.page(&mut body.into_bytes(), &mut reader, &mut Default::default(), start, window).unwrap();
        });
        self.index.flush().unwrap();
    }

    /// As the provider tells it: an hour, `away` days from tomorrow.
    pub(super) fn event(&self, id: &str, version: &str, away: i64) -> Value {
        let at = clock::now() + DAY + away * DAY;
        let (from, to) = (clock::rfc3339(at), clock::rfc3339(at + HOUR));
        match self.dialect {
            Dialect::Google => json!({
                "id": id, "etag": version, "summary": format!("title of {id}"),
                "start": {"dateTime": from}, "end": {"dateTime": to},
            }),
            Dialect::Microsoft => json!({
                "id": id, "@odata.etag": version, "subject": format!("title of {id}"), "iCalUId": id,
                "start": {"dateTime": from, "timeZone": "UTC"}, "end": {"dateTime": to, "timeZone": "UTC"},
            }),
        }
    }

    pub(super) fn gone(&self, id: &str) -> Value {
        match self.dialect {
            Dialect::Google => json!({"id": id, "status": "cancelled"}),
            Dialect::Microsoft => json!({"id": id, "@removed": {"reason": "deleted"}}),
        }
    }

    /// The last page of a pass; `cursor`: where the next one begins.
    pub(super) fn last(&self, cursor: &str, items: Vec<Value>) -> Reply {
        match self.dialect {
            Dialect::Google => self.page(&[("nextSyncToken", cursor)], items),
            Dialect::Microsoft => self.page(&[("@odata.deltaLink", &format!("/delta/{cursor}"))], items),
        }
    }

    /// A page that names another one.
    pub(super) fn more(&self, next: &str, items: Vec<Value>) -> Reply {
        match self.dialect {
            Dialect::Google => self.page(&[("nextPageToken", next)], items),
            Dialect::Microsoft => self.page(&[("@odata.nextLink", &format!("/next/{next}"))], items),
        }
    }

    pub(super) fn page(&self, keys: &[(&str, &str)], items: Vec<Value>) -> Reply {
        let list = match self.dialect {
            Dialect::Google => "items",
            Dialect::Microsoft => "value",
        };
        let mut page = json!({ list: items });
        for (key, value) in keys {
            page[*key] = json!(value);
        }
        (200, page)
    }
}

fn name() -> Name {
    "evil".parse().unwrap()
}

pub(super) fn versions(wanted: &[(&str, &str)]) -> BTreeMap<String, String> {
    wanted.iter().map(|(id, version)| ((*id).to_owned(), (*version).to_owned())).collect()
}
