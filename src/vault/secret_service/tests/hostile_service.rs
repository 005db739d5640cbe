//! A service that refuses, or whose answers are not what the standard says.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::fake_bus::{ACCEPTED, Bytes, Heard, answers, listen};
use super::*;

fn refusing(member: &'static str, name: &'static str) -> KeychainError {
    let mut fake = FakeKeychain::new();
    fake.open = vec!["/i/1"];
    failure(&answers(
        move |heard| if heard.member == member { heard.error(name) } else { fake.answer(heard) },
    ))
}

#[test]
fn errors_have_their_meaning() {
    let error = refusing("OpenSession", "org.freedesktop.DBus.Error.ServiceUnknown");
    assert!(matches!(error, KeychainError::NoService), "{error:?}");
    let error = refusing("OpenSession", "org.freedesktop.DBus.Error.NotSupported");
    assert!(matches!(error, KeychainError::PlainRefused), "{error:?}");
    let error = refusing("GetSecrets", "org.freedesktop.Secret.Error.IsLocked");
    assert!(matches!(error, KeychainError::Locked), "{error:?}");
    let error = refusing("SearchItems", "org.freedesktop.DBus.Error.NoReply");
    assert!(matches!(error, KeychainError::Broken { .. }), "{error:?}");
    let error = refusing("SearchItems", "org.example.Error.Odd");
    assert_eq!(error.to_string(), "the keychain refused: no [31mcolour (org.example.Error.Odd)");
}

#[test]
fn an_answer_of_another_form_is_refused() {
    type Wrong = fn(&Heard) -> Vec<u8>;
    let wrong: [(&str, Wrong); 6] = [
        ("OpenSession", |heard| heard.reply("s", Bytes::default().text("x"))),
        ("OpenSession", |heard| heard.reply("vo", Bytes::default().signature("v").signature("s").text(""))),
        ("SearchItems", |heard| heard.reply("", Bytes::default())),
        ("SearchItems", |heard| heard.reply("aoao", Bytes::default().number(400).text("/i/1"))),
        ("GetSecrets", |heard| heard.reply("a{o(oayays)}", Bytes::default().number(u32::MAX))),
        ("GetSecrets", |heard| {
            let secret = |b: Bytes| b.text("/i/1").align(8).text("/s").number(0).number(1 << 20);
            heard.reply("a{o(oayays)}", Bytes::default().array(8, secret))
        }),
    ];
    for (at, (member, reply)) in wrong.into_iter().enumerate() {
        let mut fake = FakeKeychain::new();
        fake.open = vec!["/i/1"];
        let error = failure(&answers(
            move |heard| if heard.member == member { reply(heard) } else { fake.answer(heard) },
        ));
        assert!(matches!(error, KeychainError::Broken { .. }), "{at} {error:?}");
    }
}

/// Every byte of a whole conversation damaged in turn: any outcome will do, except a panic or one that comes too late.
#[test]
fn no_damage_panics() {
    let mut fake = FakeKeychain::new();
    fake.open = vec!["/i/1"];
    let heard = |serial, member: &str| Heard {
        serial,
        path: "/".into(),
        member: member.into(),
        body: b"/i/1".to_vec(),
    };
    let whole = [
        heard(1, "Hello").reply("s", Bytes::default().text(":1.7")),
        fake.answer(&heard(2, "SearchItems")),
        fake.answer(&heard(3, "OpenSession")),
        fake.answer(&heard(4, "GetSecrets")),
    ]
    .concat();
    let (turn, length) = (Arc::new(AtomicUsize::new(0)), whole.len());
    let served = Arc::clone(&turn);
    let address = listen(move |mut stream| {
        let turn = served.load(Ordering::SeqCst);
        let mut damaged = whole.clone();
        damaged[turn / 4] = [0, 0xff, 0x7f, damaged[turn / 4] ^ 1][turn % 4];
        let _ = stream.write_all(&[ACCEPTED, &damaged].concat());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let (mut read, mut refused) = (0, 0);
    for at in 0..length * 4 {
        turn.store(at, Ordering::SeqCst);
        match on(&address, PATIENT).read(WHO) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(read > 0 && refused > 0, "{read} {refused}");
}
