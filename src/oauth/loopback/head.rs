//! Reads one request head. The listener serves a single GET without a body, so this is all the HTTP it speaks, and it
//! is strict: CRLF line ends, no control characters, one space between words, no folding. What a browser sends passes;
//! what could be read in two ways does not.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Room for a long code, the other parameters and the cookies of everything else that runs on localhost.
const MAX_BYTES: usize = 32 * 1024;
const MAX_FIELDS: usize = 100;

pub(super) struct Head {
    pub(super) method: String,
    /// As sent: nothing is decoded or normalised.
    pub(super) target: String,
    fields: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// Closed, or silent for the whole time: nobody waits for an answer.
    Gone,
    Late,
    TooLarge,
    Malformed,
}

impl Head {
    /// Every value of a field; `name` in lower case.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin), within: Duration) -> Result<Head, Unread> {
    let mut bytes = Vec::new();
    match tokio::time::timeout(within, fill(stream, &mut bytes)).await {
        Ok(Ok(())) => parse(&bytes).ok_or(Unread::Malformed),
        Ok(Err(unread)) => Err(unread),
        // Browsers open spare connections and never use them.
        Err(_) if bytes.is_empty() => Err(Unread::Gone),
        Err(_) => Err(Unread::Late),
    }
}

/// What a client that sent these bytes and no others is read as.
#[cfg(any(test, integ_fuzzing))]
pub(super) fn whole(mut sent: &[u8]) -> Option<Head> {
    use futures_util::FutureExt;
    let mut bytes = Vec::new();
    fill(&mut sent, &mut bytes).now_or_never()?.ok()?;
    parse(&bytes)
}

/// Reads up to the empty line. Judges every byte at once, so that garbage and a TLS hello do not have to time out.
async fn fill(stream: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> Result<(), Unread> {
    let mut chunk = [0; 2048];
    loop {
        let count = stream.read(&mut chunk).await.map_err(|_| Unread::Gone)?;
        if count == 0 {
            return Err(Unread::Gone);
        }
        for &byte in chunk.iter().take(count) {
            let after_return = bytes.last() == Some(&b'\r');
            let allowed = match byte {
                b'\n' => after_return,
                b'\r' | b'\t' => !after_return,
                0..0x20 | 0x7f => false,
                _ => !after_return,
            };
            if !allowed {
                return Err(Unread::Malformed);
            }
            bytes.push(byte);
            if bytes.ends_with(b"\r\n\r\n") {
                return Ok(());
            }
        }
        if bytes.len() > MAX_BYTES {
            return Err(Unread::TooLarge);
        }
    }
}

fn parse(bytes: &[u8]) -> Option<Head> {
    let mut lines = bytes
        .strip_suffix(b"\r\n\r\n")?
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));

    let mut words = lines.next()?.split(|&byte| byte == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let known = matches!(version, b"HTTP/1.1" | b"HTTP/1.0") && words.next().is_none();
    if !known || !is_token(method) || target.is_empty() || !target.iter().all(u8::is_ascii_graphic) {
        return None;
    }

    let mut fields = Vec::new();
    for line in lines {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        if !is_token(name) || fields.len() == MAX_FIELDS {
            return None;
        }
        let value = value.strip_prefix(b":")?.trim_ascii();
        fields.push((String::from_utf8(name.to_ascii_lowercase()).ok()?, value.to_vec()));
    }
    Some(Head {
        method: String::from_utf8(method.to_vec()).ok()?,
        target: String::from_utf8(target.to_vec()).ok()?,
        fields,
    })
}

/// RFC 9110, section 5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}
