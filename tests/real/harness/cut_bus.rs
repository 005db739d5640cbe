//! The way to a real session bus, cut after so many bytes of what the program says.
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::keyring::Keyring;

pub(crate) struct CutBus(TempDir);

impl CutBus {
    pub(crate) fn after(bytes: usize, keyring: &Keyring) -> Self {
        let room = tempfile::Builder::new().prefix("integ-bus-").tempdir().unwrap();
        let listener = UnixListener::bind(room.path().join("bus")).unwrap();
        let (bus, left) = (keyring.runtime_dir().join("bus"), Arc::new(Mutex::new(bytes)));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = UnixStream::connect(&bus) else { break };
                let answers = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || pass(answers.0, answers.1, None));
                let left = Arc::clone(&left);
                std::thread::spawn(move || pass(client, server, Some(&left)));
            }
        });
        Self(room)
    }

    pub(crate) fn address(&self) -> String {
        format!("unix:path={}", self.0.path().join("bus").display())
    }
}

/// Both ways end together: then either side knows at once that the other is gone.
fn pass(mut from: UnixStream, mut to: UnixStream, left: Option<&Mutex<usize>>) {
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut chunk) {
        let allowed = left.map_or(read, |left| {
            let mut left = left.lock().unwrap();
            let allowed = read.min(*left);
            *left -= allowed;
            allowed
        });
        if to.write_all(&chunk[..allowed]).is_err() || allowed < read {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
