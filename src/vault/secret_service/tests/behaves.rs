//! A keychain that works, or is locked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::fake_bus::answers;
use super::*;

#[test]
fn a_session_is_asked_for_only_when_the_search_was_answered() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let mut fake = FakeKeychain::new();
    fake.open = vec!["/i/1"];
    let log = Arc::clone(&said);
    let address = answers(move |heard| {
        log.lock().unwrap().push(heard.member.clone());
        fake.answer(heard)
    });
    let mut service = on(&address, PATIENT);
    assert_eq!(text(service.read(WHO).unwrap()).as_deref(), Some("secret of /i/1"));
    assert_eq!(*said.lock().unwrap(), ["SearchItems", "OpenSession", "GetSecrets"]);
    assert_eq!(text(service.read(WHO).unwrap()).as_deref(), Some("secret of /i/1"));
    assert_eq!(said.lock().unwrap()[3..], ["SearchItems", "GetSecrets"]);
}

#[test]
fn the_newest_of_several_is_read() {
    for open in [vec!["/i/2", "/i/9", "/i/1"], vec!["/i/9", "/i/2"], vec!["/i/2", "/i/9"]] {
        let mut service = keychain(|fake| fake.open = open);
        assert_eq!(text(service.read(WHO).unwrap()).as_deref(), Some("secret of /i/9"));
    }
}

#[test]
fn all_matches_come_with_their_marks() {
    let mut service = keychain(|fake| fake.open = vec!["/i/1", "/i/2"]);
    let items = service.read_all(WHO).unwrap();
    let seen: Vec<_> =
        items.iter().map(|item| (item.attributes["username"].as_str(), item.secret.as_slice())).collect();
    assert_eq!(seen, [("/i/1", b"secret of /i/1".as_slice()), ("/i/2", b"secret of /i/2".as_slice())]);
}

#[test]
fn nothing_is_nothing_only_in_an_open_keychain() {
    assert_eq!(text(keychain(|_| {}).read(WHO).unwrap()), None);
    assert!(keychain(|_| {}).read_all(WHO).unwrap().is_empty());
    assert!(!keychain(|_| {}).delete(WHO).unwrap());
    assert_eq!(
        text(keychain(|fake| (fake.alias, fake.collections) = ("/", vec![])).read(WHO).unwrap()),
        None
    );
}

#[test]
fn a_locked_keychain_never_looks_empty() {
    type Set = fn(&mut FakeKeychain);
    let ways: [Set; 4] = [
        |fake| fake.locked_items = vec!["/i/1"],
        |fake| fake.locked = true,
        |fake| (fake.alias, fake.locked) = ("/", true),
        // Locked between the search and the question for the secret.
        |fake| (fake.open, fake.secrets, fake.locked) = (vec!["/i/1"], false, true),
    ];
    for (at, set) in ways.into_iter().enumerate() {
        assert!(matches!(keychain(set).read(WHO), Err(KeychainError::Locked)), "read {at}");
        assert!(matches!(keychain(set).read_all(WHO), Err(KeychainError::Locked)), "read_all {at}");
        if at < 3 {
            assert!(matches!(keychain(set).delete(WHO), Err(KeychainError::Locked)), "delete {at}");
        }
    }
    let mut locked = keychain(|fake| fake.locked = true);
    assert!(matches!(locked.writable(), Err(KeychainError::Locked)));
    assert!(matches!(locked.write("x", WHO, b"s"), Err(KeychainError::Locked)));
}

#[test]
fn a_keychain_without_a_collection_says_so() {
    let mut bare = keychain(|fake| (fake.alias, fake.collections) = ("/", vec!["/c/other"]));
    assert!(matches!(bare.writable(), Err(KeychainError::NoCollection)));
    assert!(matches!(bare.write("x", WHO, b"s"), Err(KeychainError::NoCollection)));
}

#[test]
fn writing_and_deleting() {
    let mut service = keychain(|fake| fake.open = vec!["/i/1", "/i/2"]);
    service.writable().unwrap();
    service.write("integ: default/x", WHO, b"{}").unwrap();
    assert!(service.delete(WHO).unwrap());
}

#[test]
fn a_prompt_is_waited_for_and_its_outcome_counts() {
    assert!(keychain(|fake| fake.prompts = true).write("x", WHO, b"s").is_ok());
    let mut refused = keychain(|fake| (fake.prompts, fake.dismissed) = (true, Some(true)));
    assert!(matches!(refused.write("x", WHO, b"s"), Err(KeychainError::Locked)));
    // The fake stays locked: what the prompt says is checked.
    let mut lying = keychain(|fake| (fake.locked, fake.prompts) = (true, true));
    assert!(matches!(lying.unlock(PATIENT), Err(KeychainError::Locked)));
    let mut ignored = keychain(|fake| (fake.locked, fake.prompts, fake.dismissed) = (true, true, None));
    assert!(matches!(ignored.unlock(SHORT), Err(KeychainError::Locked)));
    assert!(keychain(|_| {}).unlock(PATIENT).is_ok());
}

#[test]
fn unlocking_opens_the_keychain() {
    let opened = Arc::new(AtomicUsize::new(0));
    let mut service = on(
        &answers(move |heard| {
            let mut fake = FakeKeychain::new();
            fake.prompts = true;
            opened.fetch_add(usize::from(heard.member == "Prompt"), Ordering::SeqCst);
            fake.locked = opened.load(Ordering::SeqCst) == 0;
            fake.answer(heard)
        }),
        PATIENT,
    );
    assert!(matches!(service.writable(), Err(KeychainError::Locked)));
    service.unlock(PATIENT).unwrap();
    service.writable().unwrap();
}

#[test]
fn after_a_failure_the_next_call_starts_anew() {
    let count = AtomicUsize::new(0);
    let fake = FakeKeychain::new();
    let mut service = on(
        &answers(move |heard| match count.fetch_add(1, Ordering::SeqCst) {
            0 => heard.error("org.freedesktop.Secret.Error.NoSession"),
            _ => fake.answer(heard),
        }),
        PATIENT,
    );
    assert!(service.read(WHO).is_err());
    assert_eq!(text(service.read(WHO).unwrap()), None);
}

#[test]
fn nothing_too_large_is_sent() {
    let error = keychain(|_| {}).write("x", WHO, &vec![b'x'; 17 << 20]).unwrap_err();
    assert!(matches!(error, KeychainError::Broken { .. }), "{error:?}");
}

#[test]
fn more_items_than_are_asked_for_at_once_all_come() {
    let names: Vec<&'static str> =
        (0..230).map(|n| &*Box::leak(format!("/i/{n}").into_boxed_str())).collect();
    let mut service = keychain(|fake| fake.open = names.clone());
    let items = service.read_all(WHO).unwrap();
    let seen: std::collections::BTreeSet<_> =
        items.iter().map(|item| item.attributes["username"].clone()).collect();
    assert_eq!(seen.len(), 230);
    for item in items {
        assert_eq!(item.secret.as_slice(), format!("secret of {}", item.attributes["username"]).as_bytes());
    }
}

/// What is gone when it is to be deleted is deleted, unless it still turns up.
#[test]
fn an_item_that_vanishes_meanwhile_is_no_failure() {
    let gone = |still_there: bool| {
        let searches = AtomicUsize::new(0);
        let mut fake = FakeKeychain::new();
        fake.open = vec!["/i/1"];
        let address = answers(move |heard| match heard.member.as_str() {
            "Delete" => heard.error("org.freedesktop.Secret.Error.NoSuchObject"),
            "SearchItems" if searches.fetch_add(1, Ordering::SeqCst) > 0 && !still_there => {
                FakeKeychain::new().answer(heard)
            }
            _ => fake.answer(heard),
        });
        on(&address, PATIENT).delete(WHO)
    };
    assert!(gone(false).unwrap());
    assert!(matches!(gone(true), Err(KeychainError::Refused { .. })));
    let mut fake = FakeKeychain::new();
    fake.open = vec!["/i/1"];
    let address = answers(move |heard| match heard.member.as_str() {
        "Delete" => heard.error("org.freedesktop.DBus.Error.AccessDenied"),
        _ => fake.answer(heard),
    });
    assert!(matches!(on(&address, PATIENT).delete(WHO), Err(KeychainError::Refused { .. })));
}

/// Of an item that is gone before it was asked about, nothing is told; any other failure is one.
#[test]
fn a_list_leaves_out_what_is_gone() {
    let list = |error: &'static str| {
        let mut fake = FakeKeychain::new();
        fake.open = vec!["/i/1", "/i/2"];
        let address = answers(move |heard| match heard.member.as_str() {
            "Get" if heard.path == "/i/1" => heard.error(error),
            _ => fake.answer(heard),
        });
        let items = on(&address, PATIENT).read_all(WHO);
        items.map(|items| items.iter().map(|item| item.attributes["username"].clone()).collect::<Vec<_>>())
    };
    assert_eq!(list("org.freedesktop.Secret.Error.NoSuchObject").unwrap(), ["/i/2"]);
    assert!(list("org.freedesktop.DBus.Error.AccessDenied").is_err());
}

#[test]
fn without_a_default_the_login_collection_is_written_to() {
    let login = "/org/freedesktop/secrets/collection/login";
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut fake = FakeKeychain::new();
    (fake.alias, fake.collections) = ("/", vec!["/c/other", login]);
    let log = Arc::clone(&asked);
    let address = answers(move |heard| {
        if heard.member == "CreateItem" {
            log.lock().unwrap().push(heard.path.clone());
        }
        fake.answer(heard)
    });
    on(&address, PATIENT).write("x", WHO, b"s").unwrap();
    assert_eq!(*asked.lock().unwrap(), [login]);
}

/// What a person is shown is what is asked for: the collection that is locked, or a new one.
#[test]
fn unlocking_asks_for_what_is_missing() {
    let asked = |set: fn(&mut FakeKeychain)| {
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut fake = FakeKeychain::new();
        set(&mut fake);
        let log = Arc::clone(&said);
        let address = answers(move |heard| {
            let mut said = log.lock().unwrap();
            if ["Unlock", "CreateCollection", "Prompt"].contains(&heard.member.as_str()) {
                said.push(heard.member.clone());
            }
            fake.answer(heard)
        });
        let _ = on(&address, PATIENT).unlock(PATIENT);
        let said = said.lock().unwrap();
        said.join(" ")
    };
    assert_eq!(asked(|_| {}), "", "it is open");
    assert_eq!(asked(|fake| (fake.locked, fake.prompts) = (true, true)), "Unlock Prompt");
    assert_eq!(asked(|fake| fake.locked = true), "Unlock");
    assert_eq!(asked(|fake| (fake.alias, fake.collections) = ("/", vec![])), "CreateCollection");
}

#[test]
fn a_service_shows_where_it_looked_and_nothing_else() {
    let address = answers(|heard| FakeKeychain::new().answer(heard));
    let shown = format!("{:?}", on(&address, PATIENT));
    assert!(shown.starts_with("SecretService { places: [Abstract("), "{shown}");
}

/// Whether the keychain is open is asked only where something is missing.
#[test]
fn a_list_that_is_complete_asks_nothing_further() {
    let asked = |secrets: bool| {
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut fake = FakeKeychain::new();
        (fake.open, fake.secrets) = (vec!["/i/1"], secrets);
        let log = Arc::clone(&said);
        let address = answers(move |heard| {
            log.lock().unwrap().push(heard.member.clone());
            fake.answer(heard)
        });
        let found = on(&address, PATIENT).read_all(WHO).unwrap().len();
        let said = said.lock().unwrap();
        (found, said.join(" "))
    };
    let usual = "SearchItems OpenSession GetSecrets Get";
    assert_eq!(asked(true), (1, usual.to_owned()));
    assert_eq!(asked(false), (0, format!("{usual} ReadAlias Get")));
}
