//! A session bus for tests: it listens on a name that exists in memory only, and either follows a script of raw bytes or
//! answers every call as a function says. Written against the D-Bus specification rather than with the code under test.

use std::io::{Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) const ACCEPTED: &[u8] = b"DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";

/// Listens, and serves every connection with `serve` for as long as the test runs.
pub(super) fn listen(serve: impl Fn(UnixStream) + Send + 'static) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("integ-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    std::thread::spawn(move || listener.incoming().for_each(|stream| serve(stream.unwrap())));
    format!("unix:abstract={name},guid=00")
}

/// Says these bytes, then keeps silent until the client has hung up.
pub(super) fn says(bytes: Vec<u8>) -> String {
    listen(move |mut stream| {
        let _ = stream.write_all(&bytes);
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

pub(super) struct Heard {
    pub(super) serial: u32,
    pub(super) path: String,
    pub(super) member: String,
    pub(super) body: Vec<u8>,
}

impl Heard {
    pub(super) fn has(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }

    pub(super) fn reply(&self, signature: &str, body: Bytes) -> Vec<u8> {
        message(2, &[(5, Field::Number(self.serial)), (8, Field::Signature(signature))], &body.0)
    }

    pub(super) fn error(&self, name: &str) -> Vec<u8> {
        let text = Bytes::default().text("no \u{1b}[31mcolour");
        message(
            3,
            &[(4, Field::Text(name)), (5, Field::Number(self.serial)), (8, Field::Signature("s"))],
            &text.0,
        )
    }
}

/// The end of a prompt, as a signal.
pub(super) fn completed(path: &str, dismissed: bool) -> Vec<u8> {
    let fields = [
        (1, Field::Path(path)),
        (2, Field::Text("org.freedesktop.Secret.Prompt")),
        (3, Field::Text("Completed")),
        (8, Field::Signature("bv")),
    ];
    message(4, &fields, &Bytes::default().number(dismissed.into()).signature("s").text("").0)
}

/// Authenticates, then sends for every call what `answer` gives.
pub(super) fn answers(answer: impl Fn(&Heard) -> Vec<u8> + Send + Sync + 'static) -> String {
    listen(move |mut stream| {
        let mut greeting = [0; b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".len()];
        if stream.read_exact(&mut greeting).is_err() || stream.write_all(ACCEPTED).is_err() {
            return;
        }
        while let Some(heard) = hear(&mut stream) {
            let reply = match heard.member.as_str() {
                "Hello" => heard.reply("s", Bytes::default().text(":1.7")),
                "AddMatch" => heard.reply("", Bytes::default()),
                _ => answer(&heard),
            };
            if stream.write_all(&reply).is_err() {
                return;
            }
        }
    })
}

fn hear(stream: &mut UnixStream) -> Option<Heard> {
    let mut head = [0; 16];
    stream.read_exact(&mut head).ok()?;
    let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
    let mut fields = vec![0; number(12).next_multiple_of(8)];
    stream.read_exact(&mut fields).ok()?;
    let mut body = vec![0; number(4)];
    stream.read_exact(&mut body).ok()?;
    Some(Heard { serial: number(8) as u32, path: text(&fields, 1), member: text(&fields, 3), body })
}

/// A text among the header fields. They are written in eights: code, signature, length, text.
fn text(fields: &[u8], code: u8) -> String {
    let field = fields.chunks(8).position(|chunk| chunk[0] == code && chunk[1] == 1 && chunk[3] == 0);
    let at = field.unwrap() * 8;
    let length = fields[at + 4] as usize;
    String::from_utf8(fields[at + 8..at + 8 + length].to_vec()).unwrap()
}

pub(super) enum Field<'a> {
    Path(&'a str),
    Text(&'a str),
    Number(u32),
    Signature(&'a str),
}

pub(super) fn message(kind: u8, fields: &[(u8, Field<'_>)], body: &[u8]) -> Vec<u8> {
    let mut list = Bytes::default();
    for (code, field) in fields {
        list = list.align(8).raw(&[*code]);
        list = match field {
            Field::Path(path) => list.signature("o").text(path),
            Field::Text(text) => list.signature("s").text(text),
            Field::Number(number) => list.signature("u").number(*number),
            Field::Signature(signature) => list.signature("g").signature(signature),
        };
    }
    let head = Bytes::default().raw(&[b'l', kind, 0, 1]).number(body.len() as u32).number(1);
    head.number(list.0.len() as u32).raw(&list.0).align(8).raw(body).0
}

/// Little-endian D-Bus values, one after the other.
#[derive(Default, Clone)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Bytes {
    pub(super) fn align(mut self, to: usize) -> Self {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
        self
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn number(self, number: u32) -> Self {
        self.align(4).raw(&number.to_le_bytes())
    }

    pub(super) fn long(self, number: u64) -> Self {
        self.align(8).raw(&number.to_le_bytes())
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.number(text.len() as u32).raw(text.as_bytes()).raw(&[0])
    }

    pub(super) fn signature(self, text: &str) -> Self {
        self.raw(&[text.len() as u8]).raw(text.as_bytes()).raw(&[0])
    }

    /// An array whose elements start at multiples of `to`.
    pub(super) fn array(self, to: usize, fill: impl FnOnce(Self) -> Self) -> Self {
        let mut bytes = self.number(0);
        let head = bytes.0.len() - 4;
        bytes = bytes.align(to);
        let start = bytes.0.len();
        bytes = fill(bytes);
        let length = (bytes.0.len() - start) as u32;
        bytes.0[head..head + 4].copy_from_slice(&length.to_le_bytes());
        bytes
    }

    pub(super) fn texts(self, texts: &[&str]) -> Self {
        self.array(4, |bytes| texts.iter().fold(bytes, |bytes, text| bytes.text(text)))
    }
}
