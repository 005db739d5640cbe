//! The vault of a profile, on the file store and on one that misbehaves.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use age::x25519::Identity;

use super::*;

pub(super) fn grant(access: &str, refresh: Option<&str>) -> Grant {
    let text = serde_json::json!({
        "v": 1, "generation": 7, "provider": "acme", "access_token": access, "token_type": "Bearer",
        "obtained_at": 0, "connected_at": 0, "refresh_token": refresh,
    });
    serde_json::from_value(text).unwrap()
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) struct Home {
    dir: tempfile::TempDir,
    key: Identity,
}

impl Home {
    pub(super) fn new() -> Home {
        Home { dir: tempfile::tempdir().unwrap(), key: Identity::generate() }
    }

    pub(super) fn vault(&self, profile: &str) -> Vault {
        Vault::new(Box::new(FileVault::new(self.dir.path().to_owned(), self.key.clone())), profile)
    }
}

/// Keeps everything in memory and gives it back as `change` makes it.
struct Odd {
    items: RefCell<BTreeMap<String, Vec<u8>>>,
    change: fn(Vec<u8>) -> Option<Vec<u8>>,
}

fn odd(change: fn(Vec<u8>) -> Option<Vec<u8>>) -> Vault {
    Vault::new(Box::new(Odd { items: RefCell::default(), change }), "p")
}

impl Store for Odd {
    fn kind(&self) -> &'static str {
        "odd"
    }
    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        Ok(self.items.borrow().get(key).cloned().and_then(self.change).map(Bytes::new))
    }
    fn read_all(&self, _: &str) -> Result<Listed<String, Bytes>, VaultError> {
        Err(VaultError::Locked)
    }
    fn reserve<'a>(&'a self, key: &str, _: usize) -> Result<Box<dyn Reservation + 'a>, VaultError> {
        Ok(Box::new((self, key.to_owned())))
    }
    fn delete(&self, key: &str) -> Result<bool, VaultError> {
        Ok(self.items.borrow_mut().remove(key).is_some())
    }
    fn lock_dir(&self) -> &Path {
        Path::new("/nonexistent")
    }
}

impl Reservation for (&Odd, String) {
    fn commit(self: Box<Self>, value: &[u8]) -> Result<(), VaultError> {
        self.0.items.borrow_mut().insert(self.1, value.to_vec());
        Ok(())
    }
}

#[test]
fn a_grant_comes_back_as_it_went_in_and_belongs_to_its_name() {
    let home = Home::new();
    let (vault, name) = (home.vault("default"), name("acme/work"));
    assert_eq!(vault.kind(), "file");
    assert!(vault.grant(&name).unwrap().is_none() && vault.grants().unwrap().is_empty());
    let mut saved = grant("a", Some("r"));
    vault.save(&name, &mut saved).unwrap();
    assert_eq!((saved.generation, saved.item.as_str()), (8, "default/acme/work"));
    let read = vault.grant(&name).unwrap().unwrap();
    assert_eq!((read.access_token.expose(), read.generation), ("a", 8));
    assert_eq!(vault.replaceable(&name).unwrap().unwrap().access_token.expose(), "a");
    assert!(home.vault("other").grant(&name).unwrap().is_none());
    assert!(vault.delete(&name).unwrap() && !vault.delete(&name).unwrap());
    assert!(vault.grant(&name).unwrap().is_none());
}

#[test]
fn a_file_that_was_copied_over_another_is_not_used() {
    let home = Home::new();
    let vault = home.vault("default");
    vault.save(&name("one"), &mut grant("a", None)).unwrap();
    std::fs::copy(home.dir.path().join("default~one.age"), home.dir.path().join("default~two.age")).unwrap();
    assert!(matches!(vault.grant(&name("two")), Err(VaultError::Damaged { .. })));
    assert!(vault.replaceable(&name("two")).unwrap().is_none(), "it may be replaced");
}

#[test]
fn grants_are_listed_by_name_and_what_cannot_be_read_beside_them() {
    let home = Home::new();
    let vault = home.vault("default");
    for one in ["b", "c", "a"] {
        vault.save(&name(one), &mut grant(one, None)).unwrap();
    }
    vault.save_client_secret("acme", "abc", &Secret::new("s")).unwrap();
    home.vault("other").save(&name("x"), &mut grant("x", None)).unwrap();
    std::fs::write(home.dir.path().join("default~b.age"), "nonsense").unwrap();
    let listed = vault.grants().unwrap();
    let seen: Vec<_> = listed
        .iter()
        .map(|(name, grant)| (name.to_string(), grant.as_ref().ok().map(|g| g.access_token.expose())))
        .collect();
    let expected = [("a", Some("a")), ("b", None), ("c", Some("c"))];
    assert_eq!(seen, expected.map(|(name, grant)| (name.to_owned(), grant)));
    assert!(matches!(vault.replaceable(&name("b")), Ok(None)));
    assert!(matches!(vault.items(), Err(VaultError::Damaged { .. })));
}

#[test]
fn only_what_nobody_can_read_may_be_replaced_unseen() {
    let home = Home::new();
    home.vault("default").save(&name("one"), &mut grant("a", None)).unwrap();
    let other = Home { dir: home.dir, key: Identity::generate() };
    let vault = other.vault("default");
    assert!(matches!(vault.grant(&name("one")), Err(VaultError::OtherKey(_))));
    assert!(matches!(vault.replaceable(&name("one")), Ok(None)));
    let newer = odd(|_| Some(br#"{"v":2}"#.to_vec()));
    newer.store.reserve("p/one", 1).unwrap().commit(b"x").unwrap();
    assert!(matches!(newer.grant(&name("one")), Err(VaultError::TooNew { version: 2, .. })));
    assert!(matches!(newer.replaceable(&name("one")), Ok(None)));
    std::fs::remove_file(other.dir.path().join("default~one.age")).unwrap();
    std::fs::create_dir(other.dir.path().join("default~one.age")).unwrap();
    assert!(matches!(vault.replaceable(&name("one")), Err(VaultError::Storage { .. })), "a vault that fails");
}

#[test]
fn a_client_secret_is_kept_by_provider_and_client() {
    let vault = Home::new();
    let vault = vault.vault("default");
    let of =
        |provider, id| vault.client_secret(provider, id).unwrap().map(|secret| secret.expose().to_owned());
    assert!(of("acme", "one").is_none());
    vault.save_client_secret("acme", "one", &Secret::new("hunter2")).unwrap();
    vault.save_client_secret("acme", "two", &Secret::new("hunter3")).unwrap();
    assert_eq!(of("acme", "one").unwrap(), "hunter2", "another client's takes it away from nobody");
    assert_eq!(of("acme", "two").unwrap(), "hunter3");
    assert!(of("other", "one").is_none());
    assert_eq!(vault.items().unwrap().len(), 2);
    let delete = || vault.delete_client_secret("acme", "one").unwrap();
    assert!(delete() && !delete());
    assert!(of("acme", "two").is_some());
    let binary = odd(|_| Some(vec![0xff]));
    binary.save_client_secret("acme", "one", &Secret::new("x")).unwrap();
    assert!(matches!(binary.client_secret("acme", "one"), Err(VaultError::Damaged { .. })));
}

#[test]
fn a_check_leaves_nothing_and_notices_what_is_changed_or_lost() {
    let home = Home::new();
    home.vault("default").round_trip().unwrap();
    assert!(home.vault("default").items().unwrap().is_empty());
    assert!(odd(Some).round_trip().is_ok());
    assert!(matches!(odd(|_| Some(b"other".to_vec())).round_trip(), Err(VaultError::Damaged { .. })));
    assert!(matches!(odd(|_| None).round_trip(), Err(VaultError::Damaged { .. })));
}

#[test]
fn a_copy_is_read_back_before_it_is_trusted() {
    let (from, to) = (Home::new(), Home::new());
    let vault = from.vault("default");
    vault.save(&name("one"), &mut grant("a", None)).unwrap();
    vault.save_client_secret("acme", "abc", &Secret::new("s")).unwrap();
    from.vault("other").save(&name("x"), &mut grant("x", None)).unwrap();
    let mut keys = vault.copy_into(&to.vault("default")).unwrap();
    keys.sort();
    assert_eq!(keys, ["default/client:acme:ba7816bf8f01cfea", "default/one"]);
    assert_eq!(to.vault("default").grant(&name("one")).unwrap().unwrap().access_token.expose(), "a");
    assert_eq!(to.vault("default").client_secret("acme", "abc").unwrap().unwrap().expose(), "s");
    assert!(to.vault("other").items().unwrap().is_empty());
    for change in [|_| None, |_| Some(b"other".to_vec())] {
        assert!(matches!(vault.copy_into(&odd(change)), Err(VaultError::Damaged { .. })));
    }
    assert!(to.vault("default").delete_item("default/one").unwrap());
    assert!(!to.vault("default").delete_item("default/one").unwrap());
}

#[test]
fn a_sign_in_that_waits_is_listed_with_its_own_and_taken_once() {
    let home = Home::new();
    let vault = home.vault("default");
    vault.save(&name("one"), &mut grant("a", None)).unwrap();
    vault.keep_signin("k3", b"half").unwrap();
    let waiting = vault.signins().unwrap();
    let [(id, Ok(value))] = &waiting[..] else { panic!("{} items", waiting.len()) };
    assert_eq!((id.as_str(), value.as_slice()), ("k3", b"half".as_slice()));
    assert_eq!(vault.grants().unwrap().len(), 1, "it is no connection");
    assert!(vault.take_signin("k3").unwrap() && !vault.take_signin("k3").unwrap());
    assert!(vault.signins().unwrap().is_empty());
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test)
}

#[test]
fn one_at_a_time_gets_the_lock_of_a_connection() {
    let home = Home::new();
    let vault = home.vault("default");
    let (one, two) = (name("one"), name("two"));
    let lock = |name| run(vault.lock(name, Duration::ZERO));
    let held = lock(&one).unwrap();
    assert!(matches!(lock(&one), Err(VaultError::Busy { .. })));
    let started = std::time::Instant::now();
    let patience = Duration::from_millis(60);
    assert!(
        matches!(run(vault.lock(&one, patience)), Err(VaultError::Busy { waited }) if waited == patience)
    );
    assert!(started.elapsed() >= patience, "it was waited for");
    drop(lock(&two).unwrap());
    drop(held);
    drop(lock(&one).unwrap());
    let signins = run(vault.lock_signins(Duration::ZERO)).unwrap();
    assert!(matches!(run(vault.lock_signins(Duration::ZERO)), Err(VaultError::Busy { .. })));
    drop((lock(&one).unwrap(), signins));
    assert!(vault.lock_dir().starts_with(home.dir.path()));
    // A lock is waited for until it is free.
    let held = lock(&one).unwrap();
    let both = async {
        let free = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            drop(held);
        };
        tokio::join!(vault.lock(&one, Duration::from_secs(20)), free).0
    };
    assert!(run(both).is_ok());
}

/// Who deletes lock files leaves the credential's own file alone, and that one is locked too.
#[cfg(unix)]
#[test]
fn a_lock_file_that_somebody_deletes_lets_nobody_in() {
    let home = Home::new();
    let (vault, one) = (home.vault("default"), name("one"));
    vault.save(&one, &mut grant("a", None)).unwrap();
    let held = run(vault.lock(&one, Duration::ZERO)).unwrap();
    std::fs::remove_file(vault.lock_dir().join("default~one.lock")).unwrap();
    assert!(matches!(run(vault.lock(&one, Duration::ZERO)), Err(VaultError::Busy { .. })));
    drop(held);
    drop(run(vault.lock(&one, Duration::ZERO)).unwrap());
}

#[test]
fn what_was_kept_aside_is_brought_back_by_who_gets_the_lock() {
    let home = Home::new();
    let (vault, one) = (home.vault("default"), name("one"));
    let aside = |spent: &str, newer: &str| {
        vault.save(&one, &mut grant("old", Some("spent"))).unwrap();
        vault.keep_aside(&one, &Secret::new(spent), &grant(newer, Some("next"))).unwrap();
        assert!(spill::lies_there(vault.lock_dir(), "default/one"));
        drop(run(vault.lock(&one, Duration::ZERO)).unwrap());
        assert!(!spill::lies_there(vault.lock_dir(), "default/one"), "used or of no use: it goes");
        vault.grant(&one).unwrap().unwrap().access_token.expose().to_owned()
    };
    assert_eq!(aside("spent", "new"), "new");
    assert_eq!(aside("another", "new"), "old", "what the stored refresh token does not open");
    // Nothing is removed while the item cannot be read, and nobody is kept out by that.
    vault.keep_aside(&one, &Secret::new("spent"), &grant("new", None)).unwrap();
    std::fs::write(home.dir.path().join("default~one.age"), "nonsense").unwrap();
    drop(run(vault.lock(&one, Duration::ZERO)).unwrap());
    assert!(spill::lies_there(vault.lock_dir(), "default/one"));
    vault.delete(&one).unwrap();
    assert!(!spill::lies_there(vault.lock_dir(), "default/one"), "it goes with the item");
}

/// What a growing buffer leaves behind, nobody wipes: so the room is there from the start, exactly.
#[test]
fn a_grant_is_written_into_room_of_its_size() {
    for scopes in [0, 1, 400] {
        let mut grant = grant("a", Some("r"));
        grant.scopes = vec!["scope".into(); scopes];
        let text = encode(&grant);
        assert_eq!(text.len(), serde_json::to_vec(&grant).unwrap().len());
        assert_eq!(text.capacity(), text.len());
        assert_eq!(decode("any", &text).unwrap().scopes.len(), scopes);
    }
}

#[test]
fn a_machine_says_how_it_is_renewed() {
    let key = MachineKey { pem: Secret::new("k"), id: None, issuer: "i".into(), subject: None };
    let of = |key| Machine { scopes: Vec::new(), key }.renewal();
    assert_eq!((of(Some(key)).0, of(None).0), ("signed anew", "asked anew"));
    assert!(of(None).1.contains("client's secret"));
}

#[test]
fn a_failure_of_storage_names_what_failed_where() {
    let error = VaultError::storage("read", Path::new("/x/y"), std::io::Error::other("it broke"));
    assert_eq!(error.to_string(), "cannot read /x/y: it broke");
}
