//! A home with one connection to a calendar server, and looks into what it mirrors.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::evil::Evil;
use crate::home::{Home, Output, provider_toml};
use crate::server::{Dialect, Server};

pub(crate) struct Scene {
    pub(crate) evil: Evil,
    pub(crate) server: Server,
    pub(crate) home: Home,
}

/// What a mirror must have of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mirrored {
    pub(crate) version: String,
    pub(crate) title: String,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) all_day: bool,
    pub(crate) zone: Option<String>,
    pub(crate) series: Option<String>,
}

impl Scene {
    /// The connection is called `evil`; its primary calendar is `primary`.
    pub(crate) fn new(dialect: Dialect) -> Scene {
        Scene::with(dialect, "")
    }

    /// `more` stands at the end of the provider file.
    pub(crate) fn with(dialect: Dialect, more: &str) -> Scene {
        let evil = Evil::start();
        let server = Server::start(dialect, &evil);
        let home = Home::new(&evil);
        home.provider("evil", &provider(&evil, &server, dialect, more));
        home.connect(&["evil", "--can", "calendars"]).0.exits(&[0]);
        server.forget();
        Scene { evil, server, home }
    }

    pub(crate) fn sync(&self, args: &[&str]) -> Output {
        let mut all = vec!["sync", "--json"];
        all.extend(args);
        self.home.run(&all)
    }

    /// The outcome of the only calendar.
    #[track_caller]
    pub(crate) fn synced(&self, args: &[&str]) -> Value {
        let document = self.sync(args).exits(&[0]).json();
        assert_eq!(document["calendars"].as_array().map(Vec::len), Some(1), "{document}");
        document["calendars"][0].clone()
    }

    pub(crate) fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.home.index()).unwrap()
    }

    /// What is seen of a calendar, by the provider's ids.
    pub(crate) fn mirror(&self, calendar: &str) -> BTreeMap<String, Mirrored> {
        let db = self.sql();
        let mut select = db
            .prepare(
                "SELECT event.* FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
                 WHERE calendar.remote = ?1",
            )
            .unwrap();
        let rows = select.query_map([calendar], |row| {
            let event = Mirrored {
                version: row.get("version")?,
                title: row.get("title")?,
                start: row.get("start")?,
                end: row.get("end")?,
                all_day: row.get("all_day")?,
                zone: row.get("zone")?,
                series: row.get("series")?,
            };
            Ok((row.get::<_, String>("remote")?, event))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// One value of the only calendar's row.
    pub(crate) fn cell<T: rusqlite::types::FromSql>(&self, column: &str) -> T {
        let sql = format!("SELECT {column} FROM calendar WHERE remote = 'primary'");
        self.sql().query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.sql().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The mirror of the primary calendar is what the server has, and no row is left over.
    #[track_caller]
    pub(crate) fn is_equal(&self) {
        assert_eq!(self.mirror("primary"), self.server.truth("primary"));
        // What a pass that was killed left of a calendar that nobody wants any more is swept when it is wanted again.
        let strays = "SELECT count(*) FROM event JOIN calendar ON calendar.id = event.calendar
                      WHERE calendar.pass <> event.pass AND calendar.enabled";
        assert_eq!(self.count(strays), 0, "rows of another pass");
        let counted: i64 = self.cell("events");
        assert_eq!(
            counted,
            i64::try_from(self.server.truth("primary").len()).unwrap(),
            "the count of events"
        );
        self.home.index_is_sound();
    }
}

fn provider(evil: &Evil, server: &Server, dialect: Dialect, more: &str) -> String {
    let own_host = format!("[\"{}\"]", evil.base.trim_start_matches("http://"));
    let toml = provider_toml(evil, &[("api-url", &format!("\"{}\"", server.base)), ("hosts", &own_host)]);
    let me = format!("path = \"{}/me\"", evil.base);
    let toml = toml.replace("path = \"/me\"", &me).replace(
        "[capability.calendars]",
        &format!("[capability.calendars]\ndialect = \"{}\"", dialect.word()),
    );
    let codes = "code = [\"error.errors.0.reason\", \"error.code\"]\nrate-limited = [\"rateLimitExceeded\"]\n\
                 missing-scope = [\"insufficientPermissions\"]\n";
    format!("{toml}{codes}{more}")
}
