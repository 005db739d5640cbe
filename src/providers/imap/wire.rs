//! Lines to and from a server, in clear or under TLS. What comes in is bounded: a line, and all of a visit.

use std::sync::Arc;
use std::time::Duration;

use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use super::{ImapError, reply};
use crate::http::{HttpError, tls_error};

/// Bytes. RFC 9051 lets a server expect lines of 8,192 to be read.
const LONGEST_LINE: usize = 16 * 1024;
const LONGEST_VISIT: usize = 512 * 1024;

pub(super) struct Wire {
    host: String,
    /// `None` only while it changes from one to the other.
    stream: Option<Stream>,
    /// What came and was not read yet.
    ahead: Vec<u8>,
    /// All that came.
    came: usize,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// The addresses of the host, one after the other. `here`: only those of this machine.
    pub(super) async fn connect(
        host: &str,
        port: u16,
        here: bool,
        patience: Duration,
    ) -> Result<Wire, ImapError> {
        let unreachable = |why: String| HttpError::Unreachable { host: host.to_owned(), why, sent: false };
        let late = || HttpError::TimedOut { host: host.to_owned(), sent: false };
        let found = tokio::time::timeout(patience, tokio::net::lookup_host((host, port))).await;
        let found = found.map_err(|_| late())?.map_err(|_| unreachable("it has no address".into()))?;
        let mut last = unreachable("it has no address".into());
        for address in found {
            if here && !address.ip().is_loopback() {
                return Err(ImapError::Unsafe { host: host.to_owned(), why: "is not on this machine" });
            }
            match tokio::time::timeout(patience, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    return Ok(Wire {
                        host: host.to_owned(),
                        stream: Some(Stream::Plain(stream)),
                        ahead: Vec::new(),
                        came: 0,
                    });
                }
                Ok(Err(cause)) => last = unreachable(cause.to_string()),
                Err(_) => last = late(),
            }
        }
        Err(last.into())
    }

    /// From here on everything is under TLS. What came in clear and was not read is somebody else's: RFC 9051 §6.2.1.
    pub(super) async fn encrypt(&mut self) -> Result<(), ImapError> {
        if !self.ahead.is_empty() {
            return Err(ImapError::Unsafe {
                host: self.host.clone(),
                why: "sent more in clear after it had agreed to encrypt",
            });
        }
        let Some(Stream::Plain(stream)) = self.stream.take() else { return Err(self.broken()) };
        let name = ServerName::try_from(self.host.clone()).map_err(|_| ImapError::Malformed {
            host: self.host.clone(),
            why: "its name cannot be in a certificate",
        })?;
        let connected = connector()?.connect(name, stream).await;
        self.stream = Some(Stream::Tls(Box::new(connected.map_err(|cause| self.tls_failed(&cause))?)));
        Ok(())
    }

    fn tls_failed(&self, cause: &std::io::Error) -> ImapError {
        let host = self.host.clone();
        use rustls::Error;
        match tls_error(cause) {
            Some(Error::InvalidCertificate(why)) => {
                HttpError::Certificate { host, why: why.to_string() }.into()
            }
            Some(other @ (Error::AlertReceived(_) | Error::PeerIncompatible(_))) => {
                HttpError::Certificate { host, why: other.to_string() }.into()
            }
            Some(Error::InvalidMessage(_)) => {
                ImapError::Malformed { host, why: "it does not speak TLS there" }
            }
            _ => HttpError::Unreachable { host, why: cause.to_string(), sent: false }.into(),
        }
    }

    /// One line to the server; its copy is wiped.
    pub(super) async fn send(&mut self, line: &str) -> Result<(), ImapError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(line.len() + 2));
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        let written = match &mut self.stream {
            Some(Stream::Plain(stream)) => stream.write_all(&bytes).await,
            Some(Stream::Tls(stream)) => match stream.write_all(&bytes).await {
                Ok(()) => stream.flush().await,
                failed => failed,
            },
            None => return Err(self.broken()),
        };
        written.map_err(|_| self.broken())
    }

    /// One whole reply as text; the bytes of literals are read and dropped.
    pub(super) async fn receive(&mut self) -> Result<String, ImapError> {
        let mut whole = self.line().await?;
        while let Some(count) = reply::literal(&whole) {
            self.skip(count).await?;
            let more = self.line().await?;
            if whole.len() + more.len() > LONGEST_LINE {
                return Err(self.too_large(LONGEST_LINE));
            }
            whole.push('"');
            whole.push_str(&more);
        }
        Ok(whole)
    }

    async fn line(&mut self) -> Result<String, ImapError> {
        let mut seen = 0;
        loop {
            let fresh = self.ahead.get(seen..).unwrap_or_default();
            if let Some(end) = fresh.iter().position(|byte| *byte == b'\n').map(|at| seen + at) {
                let mut line: Vec<u8> = self.ahead.drain(..=end).collect();
                line.pop();
                line.pop_if(|byte| *byte == b'\r');
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if self.ahead.len() > LONGEST_LINE {
                return Err(self.too_large(LONGEST_LINE));
            }
            seen = self.ahead.len();
            self.fill().await?;
        }
    }

    async fn skip(&mut self, mut count: usize) -> Result<(), ImapError> {
        if count > LONGEST_VISIT {
            return Err(self.too_large(LONGEST_VISIT));
        }
        loop {
            let here = count.min(self.ahead.len());
            self.ahead.drain(..here);
            count -= here;
            if count == 0 {
                return Ok(());
            }
            self.fill().await?;
        }
    }

    async fn fill(&mut self) -> Result<(), ImapError> {
        let mut chunk = [0_u8; 4096];
        let read = match &mut self.stream {
            Some(Stream::Plain(stream)) => stream.read(&mut chunk).await,
            Some(Stream::Tls(stream)) => stream.read(&mut chunk).await,
            None => return Err(self.broken()),
        };
        let read = read.ok().filter(|read| *read > 0).ok_or_else(|| self.broken())?;
        self.came += read;
        if self.came > LONGEST_VISIT {
            return Err(self.too_large(LONGEST_VISIT));
        }
        self.ahead.extend_from_slice(chunk.get(..read).unwrap_or_default());
        Ok(())
    }

    fn broken(&self) -> ImapError {
        HttpError::Broken { host: self.host.clone() }.into()
    }

    fn too_large(&self, limit: usize) -> ImapError {
        HttpError::TooLarge { host: self.host.clone(), limit }.into()
    }
}

/// The roots that the HTTP client has too.
fn connector() -> Result<TlsConnector, ImapError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map_err(|error| ImapError::Roots(error.to_string()))?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
