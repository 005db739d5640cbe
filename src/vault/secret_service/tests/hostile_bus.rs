//! A bus that does not do its part.

use std::io::{Read, Write};

use super::fake_bus::{ACCEPTED, answers, listen, says};
use super::*;

#[test]
fn no_bus_names_what_was_tried() {
    let error = SecretService::connect(Some("unix:path=/nonexistent/bus"), None, PATIENT).unwrap_err();
    assert!(
        matches!(&error, KeychainError::NoBus { tried } if tried.contains("/nonexistent/bus")),
        "{error:?}"
    );
    let error = SecretService::connect(Some("disabled:"), None, PATIENT).unwrap_err();
    assert!(matches!(error, KeychainError::NoBus { .. }), "{error:?}");
}

#[test]
fn the_next_address_serves_when_the_first_is_dead() {
    let fake = FakeKeychain::new();
    let alive = answers(move |heard| fake.answer(heard));
    assert_eq!(text(on(&format!("unix:path=/nonexistent/bus;{alive}"), PATIENT).read(WHO).unwrap()), None);
}

#[test]
fn silence_ends_with_the_limit() {
    let mute = listen(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let never_accepts_login = says(b"DATA\r\n".to_vec());
    let login_only = says(ACCEPTED.to_vec());
    let endless_line = says(b"DATA".to_vec());
    let half_a_message = says([ACCEPTED, b"l\x02\x01\x01\x40\x00\x00\x00"].concat());
    for address in [mute, never_accepts_login, login_only, endless_line, half_a_message] {
        let error = on(&address, SHORT).read(WHO).unwrap_err();
        assert!(matches!(error, KeychainError::Silent { after } if after == SHORT), "{address} {error:?}");
    }
}

#[test]
fn a_trickle_does_not_stretch_the_limit() {
    let address = listen(|mut stream| {
        for byte in [ACCEPTED, &[b'l'; 1000]].concat() {
            std::thread::sleep(Duration::from_millis(100));
            if stream.write_all(&[byte]).is_err() {
                return;
            }
        }
    });
    let error = on(&address, SHORT).read(WHO).unwrap_err();
    assert!(matches!(error, KeychainError::Silent { .. }), "{error:?}");
}

#[test]
fn a_bus_that_stops_reading_does_not_hold_a_write() {
    let address = listen(|stream| {
        std::thread::sleep(SHORT * 8);
        drop(stream);
    });
    let more_than_a_socket_holds = "x".repeat(4 << 20);
    let error = on(&address, SHORT).read(&[("service", &more_than_a_socket_holds)]).unwrap_err();
    assert!(matches!(error, KeychainError::Silent { .. }), "{error:?}");
}

#[test]
fn hanging_up_is_named() {
    let at_once = listen(drop);
    let after_login = listen(|mut stream| drop(stream.write_all(ACCEPTED)));
    let mid_message =
        listen(|mut stream| drop(stream.write_all(&[ACCEPTED, b"l\x02\x01\x01\x40\0\0\0\x01"].concat())));
    for address in [at_once, after_login, mid_message] {
        let error = failure(&address);
        assert!(matches!(error, KeychainError::Broken { .. }), "{address} {error:?}");
    }
}

#[test]
fn garbage_is_refused() {
    let huge = |field: usize| {
        let mut head = b"l\x02\x01\x01\0\0\0\0\x01\0\0\0\0\0\0\0".to_vec();
        head[field..field + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        [ACCEPTED, &head].concat()
    };
    let bad = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        [b'x'; 4096].to_vec(),
        [ACCEPTED, &[0xff; 64]].concat(),
        [ACCEPTED, &[0; 64]].concat(),
        huge(4),
        huge(12),
    ];
    for bytes in bad {
        let error = failure(&says(bytes.clone()));
        assert!(matches!(error, KeychainError::Broken { .. }), "{} {error:?}", bytes.escape_ascii());
    }
}

#[test]
fn another_user_is_told_so() {
    let error = failure(&says(b"REJECTED EXTERNAL\r\n".to_vec()));
    assert!(matches!(error, KeychainError::Refused { .. }), "{error:?}");
}

#[test]
fn a_line_of_the_greeting_has_an_end() {
    let line = |length: usize| [b"OK ", "x".repeat(length - 5).as_bytes(), b"\r\n"].concat();
    let longest = on(&says(line(256)), SHORT).read(WHO).unwrap_err();
    assert!(matches!(longest, KeychainError::Silent { .. }), "{longest:?}");
    let longer = failure(&says(line(257)));
    assert!(matches!(longer, KeychainError::Broken { .. }), "{longer:?}");
}
