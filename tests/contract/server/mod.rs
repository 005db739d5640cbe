//! The provider: checks each request against its dialect to the letter, and notes what was wrong with it. A test fails
//! on any note.

mod answers;
mod api;
mod authorize;
mod revocation;
mod token;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::desk::{Answer, Asked, Desk};
use crate::dialect::{At, Auth, Device, Dialect, Introspect, Limited, Secret};
use answers::{filled, is_form, is_json, reply, scopes_of};

pub(crate) const CLIENT: &str = "client-id.example";
pub(crate) const SECRET: &str = "client/secret+canary=1";

type Change = fn(&mut Value);

#[derive(Default)]
pub(crate) struct Play {
    /// What was wrong with the requests.
    pub notes: Vec<String>,
    pub access: BTreeSet<String>,
    pub refresh: BTreeSet<String>,
    pub revoked: Vec<String>,
    issued: u32,
    /// The refresh token that was given last.
    newest: Option<String>,
    /// The sign-in that is under way: its parameters by name.
    asked: HashMap<String, String>,
    /// What the person granted; absent: what was asked for.
    pub granted: Option<String>,
    /// What is answered instead, until it is taken away.
    pub refuses: Option<(At, u16, Value)>,
    pub limits: Option<Limited>,
    /// What is odd about the answers of the token endpoint.
    pub odd: Option<Change>,
    /// Raw, in place of any answer of the token endpoint.
    pub raw: Option<(u16, String)>,
    /// How often the device's code is not entered yet; how often it is asked for too soon.
    pub pending: u32,
    pub slow: u32,
    pub device_ends: Option<String>,
    /// What introspection says of any token.
    pub is_dead: bool,
    /// What a check finds is wrong.
    pub warns: bool,
}

pub(crate) struct Server {
    pub desk: Desk,
    pub play: Arc<Mutex<Play>>,
}

struct Seen<'a> {
    asked: &'a Asked,
    path: &'a str,
    query: HashMap<String, String>,
    fields: HashMap<String, String>,
}

impl Server {
    pub(crate) fn start(dialect: &Dialect) -> Server {
        let play = Arc::new(Mutex::new(Play::default()));
        let (dialect, own) = (dialect.clone(), Arc::clone(&play));
        let desk = Desk::open(move |asked| own.lock().unwrap().answers(&dialect, asked));
        Server { desk, play }
    }

    pub(crate) fn tell(&self, change: impl FnOnce(&mut Play)) {
        change(&mut self.play.lock().unwrap());
    }

    #[track_caller]
    pub(crate) fn is_content(&self) {
        let play = self.play.lock().unwrap();
        assert!(play.notes.is_empty(), "the provider had to note:\n{}", play.notes.join("\n"));
    }
}

impl Play {
    fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    fn must(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.note(what);
        }
    }

    /// What is answered instead, here.
    fn refused_at(&self, at: At) -> Option<Answer> {
        self.refuses.as_ref().filter(|(place, ..)| *place == at).map(|(_, status, body)| reply(*status, body))
    }

    fn answers(&mut self, dialect: &Dialect, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let query = self.pairs(query);
        let fields: HashMap<String, String> = match serde_json::from_str::<Value>(&asked.body) {
            Ok(Value::Object(object)) if is_json(asked) => object
                .into_iter()
                .map(|(k, v)| (k, v.as_str().map_or(v.to_string(), str::to_owned)))
                .collect(),
            _ => self.pairs(&asked.body),
        };
        let seen = Seen { asked, path: path.trim_start_matches('/'), query, fields };
        let at = |address: &str| address == seen.path;
        let signs_in = dialect.browser.as_ref();
        if let Some(browser) = signs_in.filter(|b| at(b.authorize)) {
            return self.authorize(browser, &seen);
        }
        if let Some(browser) = signs_in.filter(|b| at(b.token)) {
            return self.token(dialect, browser, &seen);
        }
        if let Some(device) = dialect.device.as_ref().filter(|d| at(d.at)) {
            return self.device(dialect, device, &seen);
        }
        if let Some(answer) = self.revokes(dialect, &seen) {
            return answer;
        }
        let known = |i: &&Introspect| format!("{} {}", asked.method, seen.path) == i.at;
        if let Some(introspect) = dialect.introspect.as_ref().filter(known) {
            return self.introspects(dialect, introspect, &seen);
        }
        self.api(dialect, &seen)
    }

    /// A parameter that comes twice is two answers to one question (RFC 6749 §3.1).
    fn pairs(&mut self, text: &str) -> HashMap<String, String> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let names: HashSet<&String> = pairs.iter().map(|(name, _)| name).collect();
        self.must(names.len() == pairs.len(), format!("a parameter is given twice: {text}"));
        pairs.into_iter().collect()
    }

    /// Nothing is sent that the documentation does not name.
    fn only(&mut self, what: &str, sent: &HashMap<String, String>, known: &[&str]) {
        for name in sent.keys().filter(|name| !known.contains(&name.as_str())) {
            self.note(format!("{what}: nobody knows a parameter {name}"));
        }
    }

    fn device(&mut self, dialect: &Dialect, device: &Device, seen: &Seen) -> Answer {
        let asked = seen.asked;
        self.must(asked.method == "POST", "device: POST");
        self.must(seen.fields.get("client_id").map(String::as_str) == Some(CLIENT), "device: client_id");
        let secret = seen.fields.get("client_secret");
        let may = dialect.browser.as_ref().is_some_and(|browser| browser.secret == Secret::Needed);
        self.must(secret.is_none() || may && secret.is_some_and(|s| s == SECRET), "device: the secret");
        self.must(is_form(asked), "device: a form is wanted");
        self.must(accepts_json(asked), "device: JSON has to be accepted");
        self.only("device", &seen.fields, &["client_id", "client_secret", "scope"]);
        let scope = seen.fields.get("scope").cloned().unwrap_or_default();
        self.scopes("device", dialect.browser.as_ref().unwrap().scopes, &scope, " ");
        self.asked.insert("scope".into(), scope);
        self.refused_at(At::Device).unwrap_or_else(|| {
            reply(
                200,
                &json!({"device_code": "device-1", "user_code": "WDJB-MJHT", "expires_in": 900,
                "interval": 1, device.field: device.page}),
            )
        })
    }

    /// All that are expected, once each, and nothing else.
    fn scopes(&mut self, at: &str, expected: &[&str], sent: &str, separator: &str) {
        let mut scopes: Vec<&str> = sent.split(separator).collect();
        let mut expected = expected.to_vec();
        scopes.sort_unstable();
        expected.sort_unstable();
        self.must(scopes == expected, format!("{at}: by `{separator}`, {expected:?}, and not {sent}"));
    }

    fn introspects(&mut self, dialect: &Dialect, introspect: &Introspect, seen: &Seen) -> Answer {
        let (param, json) = introspect.param;
        let sent = if seen.asked.method == "GET" { &seen.query } else { &seen.fields };
        let token = sent.get(param).cloned().unwrap_or_default();
        self.must(
            self.access.contains(&token),
            format!("introspect: {param} is the access token, not {token}"),
        );
        if seen.asked.method != "GET" {
            self.must(seen.query.is_empty(), "introspect: nothing in the address");
            self.must(
                if json { is_json(seen.asked) } else { is_form(seen.asked) },
                "introspect: the kind of body",
            );
        }
        if introspect.by_token {
            let own = format!("Bearer {token}");
            self.must(seen.asked.header("authorization") == Some(&own), "introspect: with the token itself");
        } else {
            self.client(dialect.browser.as_ref().unwrap().auth, seen);
        }
        self.common(dialect, seen.asked);
        let scopes = scopes_of(self.granted.as_ref().or(self.asked.get("scope")));
        let values =
            [("ACTIVE", json!(!self.is_dead)), ("SCOPE", json!(scopes.join(" "))), ("SCOPES", json!(scopes))];
        reply(200, &filled(&introspect.answer, &values))
    }

    fn client(&mut self, auth: Auth, seen: &Seen) {
        let (id, secret) = (seen.fields.get("client_id"), seen.fields.get("client_secret"));
        let header = seen.asked.header("authorization");
        match auth {
            Auth::Basic => {
                self.must(header == Some(&answers::basic()), "the client by HTTP Basic");
                self.must(id.is_none() && secret.is_none(), "the client is in the header alone");
            }
            Auth::Body => {
                self.must(header.is_none(), "no Authorization header");
                self.must(id.map(String::as_str) == Some(CLIENT), "client_id in the body");
                self.must(secret.map(String::as_str) == Some(SECRET), "client_secret in the body");
            }
            Auth::Public => {
                self.must(header.is_none(), "no Authorization header");
                self.must(id.map(String::as_str) == Some(CLIENT), "client_id in the body");
                self.must(secret.is_none(), "a public client sends no secret");
            }
        }
    }

    fn common(&mut self, dialect: &Dialect, asked: &Asked) {
        for (name, value) in dialect.headers {
            let sent = asked.header(name).unwrap_or_default().to_owned();
            let fits = value.strip_suffix('*').map_or(sent == *value, |start| sent.starts_with(start));
            self.must(fits, format!("{} {}: {name}: {value}, not {sent}", asked.method, asked.target));
        }
        self.must(asked.header("user-agent").is_some(), "a User-Agent");
        self.must(accepts_json(asked), format!("{}: JSON has to be accepted", asked.target));
    }
}

fn accepts_json(asked: &Asked) -> bool {
    asked.header("accept").is_some_and(|accept| accept.contains("json"))
}
