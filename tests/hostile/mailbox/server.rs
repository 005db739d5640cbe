//! An IMAP server on loopback that says what a test wants. What is not scripted it does as a correct one would.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Every secret that must not leak carries this word; `token` may print those that begin with `CANARY-at-`.
pub(crate) const PASSWORD: &str = "CANARY-at-pass word é\"\\";
pub(crate) const USER: &str = "me@mail.example";

/// Instead of an answer: nothing at all, a line or a flood of lines without end,
pub(crate) const SILENCE: &str = "silence";
pub(crate) const LONG_LINE: &str = "a line without end";
pub(crate) const FLOOD: &str = "lines without end";

#[derive(Default)]
struct State {
    says: HashMap<&'static str, String>,
    heard: Vec<String>,
    /// Instead of the password: access tokens.
    tokens: Option<Vec<String>>,
}

#[derive(Clone)]
pub(crate) struct MailServer {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    pub(crate) fn start() -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = MailServer { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let shared = server.clone();
        // It lives as long as the test's process; nobody else knows its port.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = shared.clone();
                thread::spawn(move || server.serve(stream));
            }
        });
        server
    }

    /// What it says from now on to a command: `{tag}` is filled in. `greeting`, `CAPABILITY`, `STARTTLS`, `login`,
    /// `challenge`, `EXAMINE`.
    pub(crate) fn says(&self, to: &'static str, answer: &str) -> &MailServer {
        self.state().says.insert(to, answer.to_owned());
        self
    }

    pub(crate) fn correct(&self) {
        self.state().says.clear();
    }

    pub(crate) fn accepts(&self, token: &str) {
        self.state().tokens.get_or_insert_default().push(token.to_owned());
    }

    /// From now on these and no others.
    pub(crate) fn takes_only(&self, tokens: &[&str]) {
        self.state().tokens = Some(tokens.iter().map(|token| (*token).to_owned()).collect());
    }

    pub(crate) fn forget(&self) {
        self.state().heard.clear();
    }

    /// Everything that was sent to it, line by line.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.state().heard.clone()
    }

    pub(crate) fn heard_a_secret(&self) -> bool {
        self.heard().iter().any(|line| line.contains("LOGIN ") || line.contains("AUTHENTICATE"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn answer(&self, to: &str, usual: &str) -> String {
        self.state().says.get(to).cloned().unwrap_or_else(|| usual.to_owned())
    }

    fn serve(&self, stream: TcpStream) {
        // A client that has heard enough goes away.
        let _ = self.converse(stream);
    }

    fn converse(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let greeting = self.answer("greeting", "* OK ready\r\n");
        say(&mut stream, &greeting)?;
        if greeting.starts_with("* BYE") {
            return Ok(());
        }
        while let Some(line) = self.line(&mut reader)? {
            let mut words = line.splitn(3, ' ');
            let (tag, command, rest) =
                (words.next().unwrap_or(""), words.next().unwrap_or(""), words.next().unwrap_or(""));
            let usual = match command {
                "CAPABILITY" => "* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n{tag} OK done\r\n".to_owned(),
                "STARTTLS" => "{tag} OK go ahead\r\n".to_owned(),
                "EXAMINE" => "* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* LIST () \"/\" {3}\r\nabc\r\n{tag} OK [READ-ONLY] done\r\n".to_owned(),
                "LOGOUT" => "* BYE\r\n{tag} OK\r\n".to_owned(),
                "LOGIN" => self.judge(rest.contains("CANARY-at-pass word")),
                "AUTHENTICATE" => {
                    let Some(usual) = self.authenticate(&mut stream, &mut reader, rest)? else { return Ok(()) };
                    usual
                }
                _ => "{tag} BAD unknown\r\n".to_owned(),
            };
            let key = if matches!(command, "LOGIN" | "AUTHENTICATE") { "login" } else { command };
            say(&mut stream, &self.answer(key, &usual).replace("{tag}", tag))?;
        }
        Ok(())
    }

    fn authenticate(
        &self,
        stream: &mut TcpStream,
        reader: &mut BufReader<TcpStream>,
        rest: &str,
    ) -> std::io::Result<Option<String>> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut response = initial.to_owned();
        if response.is_empty() {
            say(stream, "+ \r\n")?;
            let Some(line) = self.line(reader)? else { return Ok(None) };
            response = line;
        }
        let text = String::from_utf8(STANDARD.decode(response).unwrap_or_default()).unwrap_or_default();
        let is_right = match &self.state().tokens {
            None => text == format!("\0{USER}\0{PASSWORD}"),
            Some(tokens) => tokens.iter().any(|token| match mechanism {
                "XOAUTH2" => text == format!("user={USER}\x01auth=Bearer {token}\x01\x01"),
                _ => {
                    text == format!(
                        "n,a={USER},\x01host=127.0.0.1\x01port={}\x01auth=Bearer {token}\x01\x01",
                        self.port
                    )
                }
            }),
        };
        let challenge = self.answer("challenge", "");
        if !is_right && !challenge.is_empty() {
            say(stream, &challenge)?;
            if self.line(reader)?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(self.judge(is_right)))
    }

    fn judge(&self, is_right: bool) -> String {
        match is_right {
            true => "{tag} OK [CAPABILITY IMAP4rev1] in\r\n".to_owned(),
            false => "{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n".to_owned(),
        }
    }

    fn line(&self, reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end_matches("\r\n").to_owned();
        self.state().heard.push(line.clone());
        Ok(Some(line))
    }
}

fn say(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    match text {
        // Until the client gives up.
        SILENCE => std::io::copy(stream, &mut std::io::sink()).map(drop),
        LONG_LINE => loop {
            stream.write_all(&[b'x'; 8192])?;
        },
        FLOOD => loop {
            stream.write_all(&b"* 1 EXISTS\r\n".repeat(500))?;
        },
        text => stream.write_all(text.as_bytes()),
    }
}
