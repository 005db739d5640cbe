//! A provider of a few lines: "who am I", a token endpoint that rotates strictly, and its metadata.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct State {
    /// Access token → account.
    pub(crate) access: HashMap<String, String>,
    /// Refresh token → account.
    pub(crate) refresh: HashMap<String, String>,
    pub(crate) refreshes: usize,
    pub(crate) revocations: usize,
    /// What clients showed when they refreshed.
    pub(crate) secrets: Vec<String>,
    /// Everything is answered with 503.
    pub(crate) down: bool,
    issued: usize,
}

pub(crate) struct Acme {
    pub(crate) url: String,
    pub(crate) state: Arc<Mutex<State>>,
}

impl Acme {
    pub(crate) fn start() -> Acme {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, base) = (Arc::clone(&state), url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, base) = (Arc::clone(&shared), base.clone());
                std::thread::spawn(move || answer(stream, &shared, &base));
            }
        });
        Acme { url, state }
    }

    pub(crate) fn file(&self) -> String {
        let url = &self.url;
        format!(
            "title = \"Acme\"\nauthorize-url = \"{url}/authorize\"\ntoken-url = \"{url}/token\"\n\
             revoke-url = \"{url}/revoke\"\napi-url = \"{url}\"\nclient-auth = \"body\"\nrefresh = \"rotating\"\n\
             [whoami]\npath = \"/me\"\nid = \"sub\"\naccount = \"email\"\n"
        )
    }

    pub(crate) fn allow(&self, access: &str, refresh: &str, account: &str) {
        let mut state = self.state.lock().unwrap();
        state.access.insert(access.into(), account.into());
        state.refresh.insert(refresh.into(), account.into());
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.state.lock().unwrap().refreshes
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.state.lock().unwrap().down = down;
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>, base: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap_or_default();
    let (mut length, mut bearer) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or_default() == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => bearer = value.trim().trim_start_matches("Bearer ").to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let form: HashMap<String, String> =
        url::form_urlencoded::parse(&body).map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, json) = respond(&mut state.lock().unwrap(), path, &bearer, &form, base);
    let text = json.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
}

fn respond(
    state: &mut State,
    path: &str,
    bearer: &str,
    form: &HashMap<String, String>,
    base: &str,
) -> (u16, serde_json::Value) {
    use serde_json::json;
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if state.down {
        return (503, json!({"error": "down"}));
    }
    match path {
        "/me" | "/userinfo" => match state.access.get(bearer) {
            Some(account) => (200, json!({"sub": format!("id-{account}"), "email": account})),
            None => (401, json!({"error": "invalid_token"})),
        },
        "/revoke" => {
            state.revocations += 1;
            (200, json!({}))
        }
        "/token" if field("client_id") != "client-1" => (401, json!({"error": "invalid_client"})),
        "/token" => {
            state.refreshes += 1;
            state.secrets.push(field("client_secret").to_owned());
            let Some(account) = state.refresh.remove(field("refresh_token")) else {
                return (400, json!({"error": "invalid_grant"}));
            };
            state.issued += 1;
            let (access, refresh) =
                (format!("CANARY-a{}", state.issued), format!("CANARY-r{}", state.issued));
            state.access.insert(access.clone(), account.clone());
            state.refresh.insert(refresh.clone(), account);
            (
                200,
                json!({"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 3600}),
            )
        }
        "/.well-known/openid-configuration" => (
            200,
            json!({"issuer": base, "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"), "userinfo_endpoint": format!("{base}/userinfo"),
                "code_challenge_methods_supported": ["S256"]}),
        ),
        _ => (404, json!({})),
    }
}
