//! The connection to the session bus. rustbus brings its own, but that one authenticates without a time limit, spins when
//! the bus hangs up meanwhile, and keeps secrets in memory it does not wipe. So bytes are moved here, and only read and
//! written as messages by rustbus. One `flush` sends everything asked so far: answers are waited for as late as possible.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use rustbus::MessageType;
use rustbus::message_builder::DynamicHeader;
use rustbus::wire::unmarshal::{unmarshal_dynamic_header, unmarshal_header};
use rustbus::wire::util::parse_u32;
use zeroize::Zeroizing;

use super::KeychainError;
use super::call::{BUS, Body, Call};
use super::deadline::Deadline;
use super::reply::Reply;
use super::wiped::Wiped;

/// A bus on this machine knows who we are from the socket; saying it as well fails where user ids are mapped.
const GREETING: &[u8] = b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
/// Far above any item, far below what would hurt.
const MAX_BODY: usize = 16 << 20;
/// Headers are some hundred bytes; unknown fields may nest, and their depth is bounded by this.
const MAX_HEADER: usize = 4 << 10;
const FIXED_HEADER: usize = 16;

pub(super) struct Bus {
    stream: UnixStream,
    pub(super) deadline: Deadline,
    outbox: Wiped,
    inbox: Wiped,
    /// The part of the inbox that holds bytes not yet read as messages.
    unread: std::ops::Range<usize>,
    authenticated: bool,
    serial: u32,
    hello: u32,
    awaited: Vec<u32>,
    early: Vec<(u32, Answer)>,
    /// The prompt whose end is listened for, and that end once it was heard.
    pub(super) prompt: Option<String>,
    completed: Option<Reply>,
}

type Answer = Result<Reply, KeychainError>;

impl Bus {
    pub(super) fn new(stream: UnixStream, deadline: Deadline) -> Result<Self, KeychainError> {
        let mut bus = Self {
            stream,
            deadline,
            outbox: Wiped::with_capacity(1 << 10),
            inbox: Wiped::with_capacity(0),
            unread: 0..0,
            authenticated: false,
            serial: 0,
            hello: 0,
            awaited: Vec::new(),
            early: Vec::new(),
            prompt: None,
            completed: None,
        };
        bus.outbox.extend(GREETING);
        let hello = Call {
            to: BUS,
            path: "/org/freedesktop/DBus",
            interface: BUS,
            member: "Hello",
            body: Body::empty(),
        };
        bus.hello = bus.call(&hello)?;
        Ok(bus)
    }

    /// Queues a call and says by which number its answer will be known.
    pub(super) fn call(&mut self, call: &Call<'_>) -> Result<u32, KeychainError> {
        if call.body.bytes.len() > MAX_BODY {
            return Err(KeychainError::broken("too much for one item of a keychain"));
        }
        self.serial += 1;
        let header = call.header(self.serial)?;
        self.outbox.extend(&header);
        self.outbox.extend(&call.body.bytes);
        self.awaited.push(self.serial);
        Ok(self.serial)
    }

    /// Waits for the answer to a call; a D-Bus error is an `Err`.
    pub(super) fn answer(&mut self, serial: u32) -> Answer {
        self.flush()?;
        loop {
            if let Some(at) = self.early.iter().position(|(known, _)| *known == serial) {
                return self.early.swap_remove(at).1;
            }
            self.receive()?;
        }
    }

    /// Waits until the prompt listened for has ended.
    pub(super) fn prompt_end(&mut self) -> Result<Reply, KeychainError> {
        loop {
            if let Some(signal) = self.completed.take() {
                return Ok(signal);
            }
            self.receive()?;
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), KeychainError> {
        let mut sent = 0;
        while let Some(rest) = self.outbox.get(sent..).filter(|rest| !rest.is_empty()) {
            self.stream.set_write_timeout(Some(self.deadline.left()?)).map_err(lost)?;
            match self.stream.write(rest) {
                Ok(0) => return Err(closed()),
                Ok(count) => sent += count,
                Err(error) => self.tolerate(error)?,
            }
        }
        self.outbox.wipe(0..sent);
        self.outbox.resize(0);
        Ok(())
    }

    fn receive(&mut self) -> Result<(), KeychainError> {
        while !self.authenticated {
            self.authenticate()?;
        }
        let head = self.peek(FIXED_HEADER)?;
        let (_, header) = unmarshal_header(head, 0).map_err(|_| garbled())?;
        let (_, fields) =
            parse_u32(head.get(12..).unwrap_or_default(), header.byteorder).map_err(|_| garbled())?;
        let (fields, body) = (fields as usize, header.body_len as usize);
        if header.version != 1 || fields > MAX_HEADER || body > MAX_BODY {
            return Err(garbled());
        }
        let start = FIXED_HEADER + fields.next_multiple_of(8);
        let message = self.peek(start + body)?;
        let named = message.get(..FIXED_HEADER + fields).unwrap_or_default();
        let (_, dynamic) = unmarshal_dynamic_header(&header, named, 12).map_err(|_| garbled())?;
        let body = Zeroizing::new(message.get(start..).unwrap_or_default().to_vec());
        let taken = self.unread.start..self.unread.start + start + body.len();
        self.inbox.wipe(taken.clone());
        self.unread.start = taken.end;
        let reply =
            Reply { signature: dynamic.signature.clone().unwrap_or_default(), order: header.byteorder, body };
        self.sort(header.typ, &dynamic, reply)
    }

    /// Keeps the answers that are waited for and the end of our prompt; everything else on the bus is not for us.
    fn sort(&mut self, kind: MessageType, header: &DynamicHeader, reply: Reply) -> Result<(), KeychainError> {
        let answer = match kind {
            MessageType::Reply => Ok(reply),
            MessageType::Error => Err(KeychainError::from_reply(
                header.error_name.as_deref().unwrap_or_default(),
                reply.message(),
            )),
            MessageType::Signal => {
                if self.prompt.is_some()
                    && header.object == self.prompt
                    && header.member.as_deref() == Some("Completed")
                {
                    self.completed = Some(reply);
                }
                return Ok(());
            }
            MessageType::Call | MessageType::Invalid => return Ok(()),
        };
        let Some(at) = self.awaited.iter().position(|serial| Some(*serial) == header.response_serial) else {
            return Ok(());
        };
        let serial = self.awaited.swap_remove(at);
        if serial == self.hello {
            return answer.map(|_| ());
        }
        self.early.push((serial, answer));
        Ok(())
    }

    /// Reads one line of the bus's answer to the greeting.
    fn authenticate(&mut self) -> Result<(), KeychainError> {
        let mut wanted = 2;
        let line = loop {
            let seen = self.peek(wanted)?;
            if seen.ends_with(b"\r\n") {
                break seen;
            }
            wanted += 1;
            if wanted > 256 {
                return Err(garbled());
            }
        };
        let (accepted, asked) = (line.starts_with(b"OK"), line.starts_with(b"DATA"));
        let rejected = line.starts_with(b"REJECTED") || line.starts_with(b"ERROR");
        self.unread.start += wanted;
        self.authenticated = accepted;
        match (accepted || asked, rejected) {
            (true, _) => Ok(()),
            (_, true) => {
                Err(KeychainError::from_reply("EXTERNAL", "the session bus does not accept this user"))
            }
            _ => Err(garbled()),
        }
    }

    /// The next `count` bytes, which stay unread.
    fn peek(&mut self, count: usize) -> Result<&[u8], KeychainError> {
        while self.unread.len() < count {
            if self.unread.start + count > self.inbox.len() {
                self.inbox.copy_within(self.unread.clone(), 0);
                self.unread = 0..self.unread.len();
                self.inbox.wipe(self.unread.end..self.inbox.len());
                let room = count.max(2 << 10).max(self.inbox.len());
                self.inbox.resize(room);
            }
            self.stream.set_read_timeout(Some(self.deadline.left()?)).map_err(lost)?;
            match self.stream.read(self.inbox.get_mut(self.unread.end..).unwrap_or_default()) {
                Ok(0) => return Err(closed()),
                Ok(count) => self.unread.end += count,
                Err(error) => self.tolerate(error)?,
            }
        }
        self.inbox.get(self.unread.start..self.unread.start + count).ok_or_else(garbled)
    }

    /// A wait that ended early is taken up again for as long as the deadline allows.
    fn tolerate(&self, error: std::io::Error) -> Result<(), KeychainError> {
        match error.kind() {
            ErrorKind::Interrupted => Ok(()),
            ErrorKind::WouldBlock | ErrorKind::TimedOut => self.deadline.left().map(|_| ()),
            _ => Err(lost(error)),
        }
    }
}

fn lost(error: std::io::Error) -> KeychainError {
    match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => closed(),
        _ => KeychainError::broken(error.to_string()),
    }
}

fn closed() -> KeychainError {
    KeychainError::broken("the session bus closed the connection")
}

fn garbled() -> KeychainError {
    KeychainError::broken("the session bus sent something that is no message")
}
