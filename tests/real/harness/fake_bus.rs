//! A session bus that takes the connection and then does not do its part.
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use tempfile::TempDir;

#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Takes the connection and says nothing.
    Mute,
    /// Lets the client in and then answers no message.
    LetsIn,
    /// Hangs up at once.
    HangsUp,
}

pub(crate) struct FakeBus(TempDir);

impl FakeBus {
    pub(crate) fn start(manner: Manner) -> Self {
        let room = tempfile::Builder::new().prefix("integ-bus-").tempdir().unwrap();
        let listener = UnixListener::bind(room.path().join("bus")).unwrap();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                std::thread::spawn(move || serve(client, manner));
            }
        });
        Self(room)
    }

    pub(crate) fn address(&self) -> String {
        format!("unix:path={}", self.0.path().join("bus").display())
    }
}

fn serve(client: UnixStream, manner: Manner) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    if matches!(manner, Manner::LetsIn) {
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let answer = match line.strip_prefix(b"\0").unwrap_or(&line) {
                said if said.starts_with(b"AUTH") => "OK 0123456789abcdef0123456789abcdef\r\n",
                said if said.starts_with(b"NEGOTIATE") => "AGREE_UNIX_FD\r\n",
                said if said.starts_with(b"BEGIN") => break,
                _ => "ERROR\r\n",
            };
            if (&client).write_all(answer.as_bytes()).is_err() {
                return;
            }
            line.clear();
        }
    }
    if !matches!(manner, Manner::HangsUp) {
        // Until the client gives up.
        let mut rest = Vec::new();
        let _ = reader.read_to_end(&mut rest);
    }
}
