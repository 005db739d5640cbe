//! The provider: checks each request against its dialect to the letter, and notes what was wrong with it. A test fails
//! on any note.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::desk::{Answer, Asked, Desk, answer};
use crate::dialect::{At, Auth, Browser, Dialect, Limited, Refresh, RevokeAuth};

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
    /// How often the device's code is not entered yet.
    pub pending: u32,
    pub device_ends: Option<&'static str>,
    pub is_active: Option<bool>,
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

    fn answers(&mut self, dialect: &Dialect, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let is_json = asked.header("content-type").is_some_and(|t| t.starts_with("application/json"));
        let fields: HashMap<String, String> = match serde_json::from_str::<Value>(&asked.body) {
            Ok(Value::Object(object)) if is_json => object
                .into_iter()
                .map(|(k, v)| (k, v.as_str().map_or(v.to_string(), str::to_owned)))
                .collect(),
            _ => pairs(&asked.body),
        };
        let seen = Seen { asked, path: path.trim_start_matches('/'), query: pairs(query), fields };
        let at = |address: &str| address == seen.path;
        let signs_in = dialect.browser.as_ref();
        if let Some(browser) = signs_in.filter(|b| at(b.authorize)) {
            return self.authorize(browser, &seen);
        }
        if let Some(browser) = signs_in.filter(|b| at(b.token)) {
            return self.token(dialect, browser, &seen);
        }
        if let Some(device) = dialect.device.as_ref().filter(|d| at(d.at)) {
            self.must(asked.method == "POST", "a device code is asked for by POST");
            self.must(seen.fields.get("client_id").map(String::as_str) == Some(CLIENT), "device: client_id");
            self.must(is_form(asked), "device: a form is wanted");
            self.asked.insert("scope".into(), seen.fields.get("scope").cloned().unwrap_or_default());
            return reply(
                200,
                &json!({"device_code": "device-1", "user_code": "WDJB-MJHT", "expires_in": 900,
                "interval": 1, device.field: device.page}),
            );
        }
        if let Some(answer) = self.revokes(dialect, &seen) {
            return answer;
        }
        if let Some(introspect) = dialect.introspect.as_ref().filter(|i| at(i.at)) {
            let active = self.is_active.unwrap_or(true);
            return reply(200, &filled(&introspect.answer, &[("ACTIVE", &active.to_string())]));
        }
        self.api(dialect, &seen)
    }

    fn authorize(&mut self, browser: &Browser, seen: &Seen) -> Answer {
        let query = &seen.query;
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        self.must(get("client_id") == CLIENT, "authorize: client_id");
        self.must(get("response_type") == "code", "authorize: response_type");
        self.must(get("state").len() >= 22, "authorize: a long state");
        for (name, value) in browser.params {
            self.must(get(name) == *value, format!("authorize: {name}={value}, not {}", get(name)));
        }
        let redirect = get("redirect_uri").to_owned();
        self.must(fits(&redirect, browser.redirect), format!("authorize: {redirect} is not registered"));
        self.must(get("code_challenge").is_empty() != browser.pkce, "authorize: PKCE");
        self.must(!browser.pkce || get("code_challenge_method") == "S256", "authorize: S256");
        match browser.scope {
            None => self.must(!query.contains_key("scope"), "authorize: no scope"),
            Some((param, separator)) => {
                let scopes: Vec<&str> = get(param).split(separator).collect();
                let sound = scopes.iter().all(|s| !s.is_empty() && !s.contains([' ', ',']));
                self.must(sound, format!("authorize: {param} is separated by `{separator}`: {}", get(param)));
                for scope in browser.scopes {
                    self.must(scopes.contains(scope), format!("authorize: {scope} is asked for"));
                }
                let all = scopes.join(separator);
                self.asked.insert("scope".into(), all);
            }
        }
        self.asked.insert("redirect_uri".into(), redirect.clone());
        self.asked.insert("code_challenge".into(), get("code_challenge").to_owned());
        let mut back: url::Url = if redirect.starts_with("urn:") {
            // The code is shown to the person, with nothing around it.
            return answer(200, "code-1");
        } else {
            redirect.parse().unwrap()
        };
        match &self.refuses {
            Some((At::Consent, _, word)) => {
                back.query_pairs_mut().append_pair("error", word.as_str().unwrap());
            }
            _ => {
                back.query_pairs_mut().append_pair("code", "code-1");
            }
        }
        back.query_pairs_mut().append_pair("state", get("state"));
        answer(302, "").with("Location", back.as_str())
    }

    fn token(&mut self, dialect: &Dialect, browser: &Browser, seen: &Seen) -> Answer {
        let asked = seen.asked;
        self.must(asked.method == "POST", "token: POST");
        self.must(seen.query.is_empty(), "token: nothing in the address");
        let wants_json = browser.json;
        let sent = asked.header("content-type").unwrap_or_default();
        self.must(
            if wants_json { sent.starts_with("application/json") } else { is_form(asked) },
            format!("token: {} is wanted, not {sent}", if wants_json { "JSON" } else { "a form" }),
        );
        let accepts = asked.header("accept").unwrap_or_default().contains("application/json");
        self.must(accepts, "token: JSON has to be accepted");
        self.common(dialect, asked);
        let grant = seen.fields.get("grant_type").cloned().unwrap_or_default();
        if grant.ends_with(":jwt-bearer") {
            self.assertion(dialect, seen);
            return self.tokens(
                seen,
                &json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600,
                "instance_url": "BASE/acme.my.salesforce.com"}),
            );
        }
        let is_device = grant.ends_with(":device_code");
        let auth = if is_device && browser.auth == Auth::Basic { Auth::Body } else { browser.auth };
        self.client(auth, seen);
        if let Some((status, raw)) = &self.raw {
            return answer(*status, raw.clone()).with("Content-Type", "text/html");
        }
        let get = |name: &str| seen.fields.get(name).map_or("", String::as_str);
        match grant.as_str() {
            "authorization_code" => {
                self.must(get("code") == "code-1", "token: the code");
                let same = self.asked.get("redirect_uri").is_some_and(|uri| uri == get("redirect_uri"));
                self.must(same, "token: redirect_uri as in the authorization");
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier")));
                let proven = self.asked.get("code_challenge").is_some_and(|c| *c == challenge);
                self.must(if browser.pkce { proven } else { get("code_verifier").is_empty() }, "token: PKCE");
                match &self.refuses {
                    Some((At::Code, status, body)) => reply(*status, body),
                    _ => self.tokens(seen, &browser.answer),
                }
            }
            "refresh_token" => {
                self.must(dialect.refresh != Refresh::Never, "token: there is no refresh token");
                let token = get("refresh_token").to_owned();
                self.must(self.refresh.contains(&token), "token: a refresh token that is not live");
                match &self.refuses {
                    Some((At::Refresh, status, body)) => return reply(*status, body),
                    _ if dialect.refresh == Refresh::Rotates => {
                        self.refresh.remove(&token);
                    }
                    _ => {}
                }
                self.tokens(seen, &browser.renewed)
            }
            _ if is_device => {
                self.must(get("device_code") == "device-1", "token: the device code");
                let device = dialect.device.as_ref().unwrap();
                if let Some(end) = self.device_ends {
                    return reply(device.status, &json!({"error": end}));
                }
                if self.pending > 0 {
                    self.pending -= 1;
                    return reply(device.status, &json!({"error": "authorization_pending"}));
                }
                self.tokens(seen, &browser.answer)
            }
            other => {
                self.note(format!("token: grant_type {other}"));
                reply(400, &json!({"error": "unsupported_grant_type"}))
            }
        }
    }

    fn client(&mut self, auth: Auth, seen: &Seen) {
        let (id, secret) = (seen.fields.get("client_id"), seen.fields.get("client_secret"));
        let header = seen.asked.header("authorization");
        match auth {
            Auth::Basic => {
                let encode =
                    |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let basic = STANDARD.encode(format!("{}:{}", encode(CLIENT), encode(SECRET)));
                self.must(header == Some(&format!("Basic {basic}")), "the client by HTTP Basic");
                self.must(secret.is_none(), "the secret is in the header alone");
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

    /// Whether it is signed rightly is asked in tests/faults.
    fn assertion(&mut self, dialect: &Dialect, seen: &Seen) {
        let Some(machine) = &dialect.machine else { return self.note("token: no machines here") };
        let claims = seen.fields.get("assertion").and_then(|jwt| jwt.split('.').nth(1)).unwrap_or_default();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        let audience =
            format!("http://{}/{}", seen.asked.header("host").unwrap_or_default(), machine.audience);
        self.must(claims["iss"] == machine.issuer, format!("assertion: iss in {claims}"));
        self.must(claims["aud"] == audience, format!("assertion: aud in {claims}"));
        self.must(claims["sub"].as_str() == machine.subject, format!("assertion: sub in {claims}"));
        self.must(claims["scope"].is_string() == machine.scope, format!("assertion: scope in {claims}"));
        let life = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat);
        self.must(life == Some(machine.life), format!("assertion: exp in {claims}"));
    }

    fn common(&mut self, dialect: &Dialect, asked: &Asked) {
        for (name, value) in dialect.headers {
            let sent = asked.header(name).unwrap_or_default().to_owned();
            let fits = value.strip_suffix('*').map_or(sent == *value, |start| sent.starts_with(start));
            self.must(fits, format!("{} {}: {name}: {value}, not {sent}", asked.method, asked.target));
        }
        self.must(asked.header("user-agent").is_some(), "a User-Agent");
    }

    fn tokens(&mut self, seen: &Seen, template: &Value) -> Answer {
        self.issued += 1;
        let (access, refresh) = (format!("access-{}", self.issued), format!("refresh-{}", self.issued));
        self.access.insert(access.clone());
        let asked = self.asked.get("scope").cloned().unwrap_or_default();
        let scope = self.granted.clone().unwrap_or(asked);
        let base = format!("http://{}", seen.asked.header("host").unwrap_or_default());
        let template: Value = serde_json::from_str(&template.to_string().replace("BASE", &base)).unwrap();
        let mut body = filled(&template, &[("ACCESS", &access), ("REFRESH", &refresh), ("SCOPE", &scope)]);
        if body.to_string().contains(&refresh) {
            self.refresh.insert(refresh);
        }
        if let Some(odd) = self.odd {
            odd(&mut body);
        }
        reply(200, &body)
    }

    fn revokes(&mut self, dialect: &Dialect, seen: &Seen) -> Option<Answer> {
        let revoke = dialect.revoke.as_ref()?;
        let (method, address) = revoke.at.split_once(' ').unwrap();
        let address = address.replace("{client-id}", CLIENT);
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let in_path = path.split_once("{token}").filter(|_| query.is_empty());
        let path_token =
            in_path.and_then(|(before, after)| seen.path.strip_prefix(before)?.strip_suffix(after));
        if seen.asked.method != method || seen.path != path && path_token.is_none() {
            return None;
        }
        let token = match (revoke.param, path_token) {
            (_, Some(token)) => token.to_owned(),
            (Some((param, json)), _) => {
                let is_json =
                    seen.asked.header("content-type").is_some_and(|t| t.starts_with("application/json"));
                self.must(if json { is_json } else { is_form(seen.asked) }, "revoke: the kind of body");
                seen.fields.get(param).cloned().unwrap_or_default()
            }
            (None, None) if query.contains("{token}") => {
                seen.query.get(query.split('=').next().unwrap()).cloned().unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        match revoke.auth {
            RevokeAuth::Client => self.client(dialect.browser.as_ref().unwrap().auth, seen),
            RevokeAuth::Basic => self.client(Auth::Basic, seen),
            RevokeAuth::Token => {
                let header = seen.asked.header("authorization").unwrap_or_default().to_owned();
                let own = self.access.iter().find(|token| header.contains(token.as_str())).cloned();
                self.must(own.is_some(), format!("revoke: with the token that ends, not {header}"));
                self.revoked.extend(own.filter(|_| token.is_empty()));
            }
            RevokeAuth::Nothing => {
                self.must(seen.asked.header("authorization").is_none(), "revoke: no Authorization header");
            }
        }
        if !token.is_empty() {
            let pool =
                if revoke.refresh_token && !self.refresh.is_empty() { &self.refresh } else { &self.access };
            let live = pool.contains(&token);
            self.must(live, format!("revoke: {token} is not the token to give up"));
            self.revoked.push(token);
        }
        Some(reply(revoke.answer.0, &revoke.answer.1))
    }

    fn api(&mut self, dialect: &Dialect, seen: &Seen) -> Answer {
        let asked = seen.asked;
        self.common(dialect, asked);
        let Some(path) = self.whose(dialect, seen) else {
            return reply(dialect.dead.0, &dialect.dead.1);
        };
        if let Some(limits) = &self.limits {
            let reply = reply(limits.status, &limits.body);
            return limits.headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value));
        }
        if let Some((At::Api, status, body)) = &self.refuses {
            return reply(*status, body);
        }
        let whole = asked.target.trim_start_matches('/').replacen(seen.path, &path, 1);
        let decode = |text: &str| text.replace("%24", "$").replace("%2C", ",").replace("%2c", ",");
        let request = format!("{} {}", asked.method, decode(&whole));
        let of_paste = dialect.paste.as_ref().and_then(|paste| paste.me);
        if request == dialect.me.at || of_paste == Some(&request) {
            if let Some(body) = &dialect.me.body {
                let sent = serde_json::from_str::<Value>(&asked.body).unwrap_or_default();
                self.must(sent == *body, format!("{request}: the body is {sent}"));
            }
            let mut answer = reply(200, &dialect.me.answer);
            if let Some(scope) = self.granted.as_ref().or(self.asked.get("scope")) {
                let listed = scope.split([' ', ',']).collect::<Vec<_>>().join(", ");
                answer = answer.with("X-OAuth-Scopes", &listed);
            }
            return answer;
        }
        if let Some((_, fine, wrong, _)) =
            dialect.paste.as_ref().and_then(|p| p.warns.as_ref()).filter(|w| w.0 == request)
        {
            let of_bot = self.access.contains(dialect.paste.as_ref().unwrap().token);
            return match (of_bot, self.warns) {
                (false, _) => reply(dialect.dead.0, &dialect.dead.1),
                (true, warns) => reply(200, if warns { wrong } else { fine }),
            };
        }
        match dialect.others.iter().find(|(known, _)| *known == request) {
            Some((_, body)) => reply(200, body),
            None => {
                self.note(format!("{request} is asked of nobody"));
                reply(404, &json!({"message": "not found"}))
            }
        }
    }

    /// The path without what shows whose request it is; `None`: nobody's.
    fn whose(&mut self, dialect: &Dialect, seen: &Seen) -> Option<String> {
        let header = seen.asked.header("authorization").unwrap_or_default().to_owned();
        let pasted = dialect.paste.as_ref().filter(|paste| self.access.contains(paste.token));
        if let Some(paste) = pasted.filter(|paste| paste.authorization.is_empty()) {
            self.must(header.is_empty(), "the token is in the address alone");
            let before = format!("/bot{}", paste.token);
            return seen.path.contains(&before).then(|| seen.path.replace(&before, ""));
        }
        let own = |token: &str, template: &str| {
            let text = template.replace("{token}", token).replace("{client-id}", CLIENT);
            match text.strip_prefix("Basic ") {
                Some(plain) => format!("Basic {}", STANDARD.encode(plain)),
                None => text,
            }
        };
        let fits = match pasted {
            Some(paste) => header == own(paste.token, paste.authorization),
            None => self.access.iter().any(|token| header == own(token, "Bearer {token}")),
        };
        fits.then(|| seen.path.to_owned())
    }
}

fn is_form(asked: &Asked) -> bool {
    asked.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"))
}

/// `*` stands for a port.
fn fits(uri: &str, registered: &str) -> bool {
    match registered.split_once('*') {
        Some((before, after)) => uri
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|port| port.parse::<u16>().is_ok()),
        None => uri == registered,
    }
}

/// A text that is JSON, and every other one as it is.
fn reply(status: u16, body: &Value) -> Answer {
    match body {
        Value::String(text) => answer(status, text.clone()).with("Content-Type", "text/plain"),
        body => answer(status, body.to_string()).with("Content-Type", "application/json"),
    }
}

fn filled(template: &Value, values: &[(&str, &str)]) -> Value {
    let mut text = template.to_string();
    for (name, value) in values {
        text = text.replace(
            &format!("\"{name}\""),
            &match *value {
                "true" | "false" => (*value).to_owned(),
                value => json!(value).to_string(),
            },
        );
    }
    serde_json::from_str(&text).unwrap()
}
