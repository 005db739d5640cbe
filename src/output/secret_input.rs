//! Secrets that come in by a pipe or a descriptor.

use std::io::{self, Read};
use std::time::Duration;

use crate::vault::Secret;

/// Longer input is a mistake or an attack (bytes).
const LONGEST: u64 = 1 << 20;

/// A secret from standard input: everything up to the end, without surrounding white space.
pub(crate) fn secret_from_stdin() -> io::Result<Secret> {
    let mut text = zeroize::Zeroizing::new(String::new());
    io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    Ok(Secret::new(text.trim()))
}

/// The same where somebody may take long to write it: a signal is still heard. `None`: nothing came in time.
pub(crate) async fn secret_from_stdin_in_time(patience: Duration) -> io::Result<Option<Secret>> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // Not a task of the runtime: that would wait for it in the end, and it may never end.
    std::thread::spawn(move || sender.send(secret_from_stdin()));
    match tokio::time::timeout(patience, receiver).await {
        Ok(Ok(read)) => read.map(Some),
        Ok(Err(_)) => Err(io::ErrorKind::UnexpectedEof.into()),
        Err(_) => Ok(None),
    }
}

/// A passphrase from an open file descriptor: its first line, as it stands.
pub(crate) fn secret_from_descriptor(number: u32) -> io::Result<Secret> {
    let mut text = zeroize::Zeroizing::new(String::new());
    // By its name, because taking over a number from outside cannot be proven safe.
    let file = std::fs::File::open(format!("/dev/fd/{number}"))?;
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(Secret::new(text.lines().next().unwrap_or_default()))
}
