//! A sealed home that knows one provider, the provider itself, and the person between them.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::dialect::{Dialect, Secret};
use crate::overlay::overlay;
use crate::person;
use crate::seal::{Ended, Home};
use crate::server::{CLIENT, SECRET, Server};

pub(crate) struct Scene {
    pub dialect: Dialect,
    pub server: Server,
    home: Home,
    /// In place of the registered one, so that scenes do not stand in each other's way.
    port: Option<u16>,
    /// The client has a secret.
    pub has_secret: bool,
}

/// What a sign-in came to.
pub(crate) struct SignedIn {
    pub ended: Ended,
    pub connected: Option<Value>,
}

impl Scene {
    /// With a client as most people have it.
    pub(crate) fn new(dialect: &Dialect) -> Scene {
        let kind = dialect.browser.as_ref().map_or(Secret::Absent, |browser| browser.secret);
        Scene::with(dialect, matches!(kind, Secret::Needed | Secret::Optional))
    }

    pub(crate) fn with(dialect: &Dialect, has_secret: bool) -> Scene {
        let mut dialect = dialect.clone();
        let mut port = None;
        if let Some(browser) = dialect.browser.as_mut()
            && let Ok(mut registered) = browser.redirect[0].parse::<url::Url>()
            && registered.port().is_some()
        {
            let free = free_port();
            registered.set_port(Some(free)).unwrap();
            browser.redirect = vec![&*String::from(registered).leak()].leak();
            port = Some(free);
        }
        let server = Server::start(&dialect);
        let home = Home::new();
        home.provider(dialect.name, &overlay(dialect.name, server.desk.port));
        Scene { dialect, server, home, port, has_secret }
    }

    /// With the files that everybody has: for what is shown and never sent.
    pub(crate) fn built_in(dialect: &Dialect) -> Scene {
        let scene = Scene::new(dialect);
        Scene { home: Home::new(), ..scene }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.dialect.name
    }

    /// The provider shows the code on a page of its own.
    pub(crate) fn is_shown(&self) -> bool {
        self.dialect.browser.as_ref().is_some_and(|browser| browser.redirect[0].starts_with("urn:"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        let variable = |what: &str| format!("INTEG_{}_{what}", self.name().to_uppercase());
        command.env(variable("CLIENT_ID"), CLIENT);
        if self.has_secret {
            command.env(variable("CLIENT_SECRET"), SECRET);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ended::of(child.wait_with_output().unwrap())
    }

    /// In a browser that is not opened: the person visits the address that is printed.
    pub(crate) fn sign_in(&self) -> SignedIn {
        if self.is_shown() {
            return self.sign_in_and_paste(str::to_owned);
        }
        self.in_browser("--no-browser", |page| {
            let back =
                page.header("location").unwrap_or_else(|| panic!("nowhere to go: {}", page.body)).to_owned();
            thread::spawn(move || drop(person::fetch("GET", &back, "")));
            String::new()
        })
    }

    /// On a machine without a browser: the person copies what they ended on, or a part of it.
    pub(crate) fn sign_in_and_paste(&self, part: impl FnOnce(&str) -> String) -> SignedIn {
        self.in_browser("--paste", |page| part(page.header("location").unwrap_or(&page.body)))
    }

    fn in_browser(&self, way: &str, act: impl FnOnce(&person::Page) -> String) -> SignedIn {
        let port = self.port.map(|port| port.to_string());
        let mut arguments = vec!["connect", self.name(), "--json", "--timeout", "60s", way];
        if let Some(port) = &port {
            arguments.extend(["--port", port]);
        }
        arguments.extend(self.dialect.arguments);
        self.until("authorize", &arguments, |url| act(&person::fetch("GET", url, "")))
    }

    pub(crate) fn sign_in_with_a_code(&self) -> SignedIn {
        let mut arguments = vec!["connect", self.name(), "--device", "--json", "--timeout", "60s"];
        arguments.extend(self.dialect.arguments);
        self.until("device", &arguments, |_| String::new())
    }

    pub(crate) fn paste(&self, token: &str) -> SignedIn {
        let mut arguments = vec!["connect", self.name(), "--token-stdin", "--json"];
        arguments.extend(self.dialect.paste.as_ref().unwrap().arguments);
        let ended = self.feed(&arguments, token);
        SignedIn { connected: event(&ended.stdout, "connected"), ended }
    }

    /// With a key, which its console gave.
    pub(crate) fn sign_in_as_a_machine(&self) -> SignedIn {
        let machine = self.dialect.machine.as_ref().unwrap();
        let key = crate::keys::one();
        let text = match machine.document {
            true => json!({"type": "service_account", "private_key_id": "k", "private_key": key, "client_email": machine.issuer,
                "token_uri": format!("{}/{}", self.server.desk.url, machine.audience)}).to_string(),
            false => key,
        };
        let file = self.home.write("key", &text);
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let mut arguments =
            vec!["connect", self.name(), "--json", "--service-account", file.to_str().unwrap()];
        if let Some(subject) = machine.subject {
            arguments.extend(["--subject", subject]);
        }
        let ended = self.run(&arguments);
        SignedIn { connected: event(&ended.stdout, "connected"), ended }
    }

    /// Connected in the way that brings the most: what the following is about starts here.
    pub(crate) fn connected(&self) {
        if self.dialect.browser.is_some() {
            self.sign_in().ended.expect(0);
        } else {
            self.connected_with(self.dialect.paste.as_ref().unwrap().tokens[0]).ended.expect(0);
        }
    }

    /// With a token that the provider knows.
    pub(crate) fn connected_with(&self, token: &str) -> SignedIn {
        self.server.tell(|play| play.access.extend([token.to_owned()]));
        self.paste(&format!("{token}\n"))
    }

    /// Runs until the event is there, lets the person act on its address, and waits for the end.
    fn until(&self, wanted: &str, arguments: &[&str], act: impl FnOnce(&str) -> String) -> SignedIn {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut errors = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            text
        });
        let mut input = child.stdin.take();
        let mut act = Some(act);
        let mut stdout = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap() + "\n";
            if let Some(event) = event(&line, wanted)
                && let Some(act) = act.take()
            {
                let text = act(event["url"].as_str().unwrap());
                if let Some(mut input) = input.take() {
                    let _ = input.write_all(text.as_bytes());
                }
            }
            stdout += &line;
        }
        let status = child.wait().unwrap();
        let ended = Ended { code: status.code().unwrap_or(-1), stdout, stderr: stderr.join().unwrap() };
        SignedIn { connected: event(&ended.stdout, "connected"), ended }
    }

    pub(crate) fn status(&self) -> Value {
        self.run(&["status", "--json"]).json()["connections"][0].clone()
    }

    pub(crate) fn test(&self) -> (Ended, Value) {
        let ended = self.run(&["test", self.name(), "--json"]);
        let first = ended.stdout.lines().next().unwrap_or_default();
        let document: Value =
            serde_json::from_str(&ended.stdout).or_else(|_| serde_json::from_str(first)).unwrap_or_default();
        let tested = document["tests"][0].clone();
        (ended, tested)
    }

    pub(crate) fn token(&self) -> String {
        self.run(&["token", self.name()]).expect(0).stdout.trim_end().to_owned()
    }

    /// Nothing was wrong with what the provider was asked, and nothing secret was said.
    pub(crate) fn over(&self) {
        self.server.is_content();
    }
}

/// One that no other scene gets, and below what systems give out by themselves: a server could take that meanwhile.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id() % 200 * 100;
    loop {
        let offset = (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let port = u16::try_from(10_000 + offset).unwrap();
        // Where there is no IPv6, nobody has taken it there.
        let is_taken = |host: &str| {
            TcpListener::bind((host, port)).is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
        };
        if !is_taken("127.0.0.1") && !is_taken("::1") {
            return port;
        }
    }
}

fn event(lines: &str, wanted: &str) -> Option<Value> {
    lines.lines().find_map(|line| {
        let event: Value = serde_json::from_str(line).ok()?;
        (event["event"] == wanted).then_some(event)
    })
}
