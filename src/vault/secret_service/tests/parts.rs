//! The parts, each by itself.

use rustbus::ByteOrder;

use super::fake_bus::Bytes;
use crate::vault::secret_service::address::{self, Address};
use crate::vault::secret_service::call::Body;
use crate::vault::secret_service::conversation::{is_gone, some_path};
use crate::vault::secret_service::item;
use crate::vault::secret_service::reply::Reply;
use crate::vault::secret_service::wiped::Wiped;

use super::*;

fn reply(signature: &str, body: Bytes) -> Reply {
    Reply { signature: signature.into(), order: ByteOrder::LittleEndian, body: Zeroizing::new(body.0) }
}

fn new() -> Bytes {
    Bytes::default()
}

#[test]
fn only_the_form_that_is_due_is_read() {
    assert_eq!(reply("s", new().text("x")).read::<(&str,)>("s").unwrap(), ("x",));
    assert!(reply("o", new().text("/x")).read::<(&str,)>("s").is_err());
    assert!(reply("s", new().number(9)).read::<(&str,)>("s").is_err(), "it is cut off");
    let property = |signature: &str| reply("v", new().signature(signature).number(7)).property::<u32>("u");
    assert_eq!(property("u").unwrap(), 7);
    assert!(property("i").is_err());
    // A variant in a variant could be nested deeper than a stack is.
    assert!(reply("v", new().signature("v").signature("u").number(7)).property::<u32>("v").is_err());
    assert!(reply("u", new().signature("u").number(7)).property::<u32>("u").is_err(), "it is no variant");
}

#[test]
fn a_session_is_a_path_behind_whatever_the_agreement_said() {
    let of = |signature: &str, body| reply(signature, body).session().map(str::to_owned);
    assert_eq!(of("vo", new().signature("s").text("").text("/s/1")).unwrap(), "/s/1");
    assert_eq!(of("vo", new().signature("s").text("longer").text("/s/1")).unwrap(), "/s/1");
    assert!(of("vs", new().signature("s").text("").text("/s/1")).is_err());
    assert!(of("vo", new().signature("s").text("").text("no path")).is_err());
    assert!(of("vo", new().signature("s").text("")).is_err());
}

#[test]
fn a_prompt_says_by_its_first_word_whether_it_was_turned_away() {
    for told in [true, false] {
        let signal = reply("bv", new().number(told.into()).signature("s").text(""));
        assert_eq!(signal.dismissed().unwrap(), told);
    }
    assert!(reply("uv", new().number(1)).dismissed().is_err());
    assert!(reply("bv", new()).dismissed().is_err());
    assert_eq!(reply("s", new().text("why")).message(), "why");
    assert_eq!(reply("su", new().text("why").number(1)).message(), "why");
    assert_eq!(reply("u", new().number(1)).message(), "");
    assert_eq!(reply("s", new()).message(), "");
}

#[test]
fn the_names_of_errors_have_their_meaning() {
    let of = KeychainError::from_reply;
    let bus = "org.freedesktop.DBus.Error";
    for name in ["ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound"] {
        assert!(matches!(of(&format!("{bus}.{name}"), ""), KeychainError::NoService), "{name}");
    }
    for name in ["NoReply", "Disconnected"] {
        assert!(matches!(of(&format!("{bus}.{name}"), ""), KeychainError::Broken { .. }), "{name}");
    }
    assert!(matches!(of("org.freedesktop.Secret.Error.IsLocked", ""), KeychainError::Locked));
    let long = "x\u{7}".repeat(300);
    let KeychainError::Refused { name, message } = of("odd\n", &long) else { panic!() };
    assert_eq!((name.as_str(), message.len()), ("odd", 200));
    assert!(message.bytes().all(|byte| byte == b'x'), "nothing that controls");
    for (name, gone) in [
        ("org.freedesktop.Secret.Error.NoSuchObject", true),
        ("org.freedesktop.DBus.Error.UnknownObject", true),
        ("org.freedesktop.DBus.Error.UnknownMethod", true),
        ("org.freedesktop.DBus.Error.AccessDenied", false),
    ] {
        assert_eq!(is_gone(name), gone, "{name}");
    }
}

#[test]
fn a_buffer_keeps_what_is_in_it_and_grows_by_itself() {
    let mut buffer = Wiped::with_capacity(4);
    buffer.extend(b"abcd");
    buffer.extend(b"efghi");
    assert_eq!(&*buffer, b"abcdefghi");
    buffer.resize(12);
    assert_eq!(&*buffer, b"abcdefghi\0\0\0");
    buffer.wipe(0..3);
    assert_eq!(&*buffer, b"\0\0\0defghi\0\0\0");
    buffer.wipe(9..99);
    buffer.resize(2);
    assert_eq!(&*buffer, b"\0\0");
    buffer[0] = b'z';
    assert_eq!(&*buffer, b"z\0");
}

#[test]
fn what_is_left_is_never_zero() {
    let long = Deadline::after(PATIENT);
    assert!((PATIENT / 2..=PATIENT).contains(&long.left().unwrap()));
    assert!(
        matches!(Deadline::after(Duration::ZERO).left(), Err(KeychainError::Silent { after }) if after.is_zero())
    );
    assert_eq!(Deadline::after(Duration::MAX).left().unwrap(), Duration::MAX, "past what a clock can say");
    assert!(matches!(long.passed(), KeychainError::Silent { after } if after == PATIENT));
}

#[test]
fn what_is_written_is_what_the_standard_says() {
    let mut body = Body::new("a{ss}", 64);
    body.attributes(&[("a", "b"), ("cd", "e")]).unwrap();
    let pair = |bytes: Bytes, name: &str, value: &str| bytes.align(8).text(name).text(value);
    let expected = new().array(8, |bytes| pair(pair(bytes, "a", "b"), "cd", "e"));
    assert_eq!(*body.bytes, expected.0);
    let mut empty = Body::new("a{ss}", 64);
    empty.attributes(&[]).unwrap();
    assert_eq!(*empty.bytes, new().array(8, |bytes| bytes).0);
    let mut paths = Body::new("ao", 64);
    paths.paths(["/a", "/b"].into_iter()).unwrap();
    assert_eq!(*paths.bytes, new().texts(&["/a", "/b"]).0);
    assert!(Body::new("s", 8).text("a\0b").is_err() && Body::new("o", 8).path("no path").is_err());
    assert!(Body::new("ao", 8).paths(["/a", "b"].into_iter()).is_err());
}

/// A body that grew would leave a copy of the secret behind; one that is far too large helps nobody.
#[test]
fn an_item_is_written_into_room_that_is_there_from_the_start() {
    for (label, value, secret) in [(1, 1, 0), (200, 300, 50_000), (3_000, 10, 10), (10, 3_000, 1)] {
        let (label, value) = ("l".repeat(label), "v".repeat(value));
        let secret = vec![b's'; secret];
        let marks = [("service", "integ"), ("username", value.as_str())];
        let body = item::body(&label, &marks, "/session/1", &secret).unwrap();
        let room = body.bytes.capacity() - body.bytes.len();
        assert!(room < 600, "{room}");
        assert!(body.bytes.len() < 512 + label.len() + value.len() + 128 + secret.len());
        assert!(body.bytes.capacity() >= 512 + secret.len() + label.len() + value.len());
    }
}

#[test]
fn no_path_is_said_as_the_standard_says() {
    let of = |path: &'static str| some_path(&rustbus::wire::ObjectPath::new(path).unwrap());
    assert_eq!((of("/"), of("/c/login").as_deref()), (None, Some("/c/login")));
}

#[test]
fn an_address_is_shown_as_it_is_given() {
    for text in ["unix:path=/run/bus", "unix:abstract=name"] {
        assert_eq!(address::candidates(Some(text), None)[0].to_string(), text);
    }
    let odd = Address::Path("/a\u{1b}b".into()).to_string();
    assert!(!odd.contains('\u{1b}'), "{odd}");
    let relative = address::candidates(None, Some(Path::new("run")));
    assert_eq!(relative.len(), 1, "a folder that is relative is nobody's");
}

#[test]
fn an_item_is_written_as_the_standard_says() {
    let interface = |field: &str| format!("org.freedesktop.Secret.Item.{field}");
    let marks = |bytes: Bytes| {
        let pair = |bytes: Bytes, (name, value): &(&str, &str)| bytes.align(8).text(name).text(value);
        bytes.array(8, |bytes| WHO.iter().fold(bytes, pair))
    };
    let properties = |bytes: Bytes| {
        let bytes = bytes.align(8).text(&interface("Label")).signature("s").text("a label");
        marks(bytes.align(8).text(&interface("Attributes")).signature("a{ss}"))
    };
    let expected = new()
        .array(8, properties)
        .align(8)
        .text("/session/1")
        .array(1, |bytes| bytes)
        .array(1, |bytes| bytes.raw(b"hunter2"))
        .text("text/plain")
        .number(1);
    let written = item::body("a label", WHO, "/session/1", b"hunter2").unwrap();
    assert_eq!(*written.bytes, expected.0);
}
