//! I2, I8: what the vault holds is held against what the provider has issued, and the index is judged by SQLite itself.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::Ordering;

use serde_json::Value;

use super::{Home, IDENTITY};

const LONG_AGO: i64 = 1_000_000_000;

/// Refresh tokens by the vault's items, as they were seen last.
pub(super) type Ledger = BTreeMap<String, String>;

impl Home {
    /// From now on no command may lose a refresh token, nor put anything but a newer one of the provider in its place.
    pub(crate) fn audit(&self) {
        self.audited.store(true, Ordering::SeqCst);
        *self.ledger.lock().unwrap() = self.stored();
    }

    /// The access tokens of all connections have run out (the provider would still take them).
    pub(crate) fn expire(&self) {
        if self.has_keychain() {
            for mut grant in self.grants_in_the_keychain() {
                grant["expires_at"] = LONG_AGO.into();
                self.put_into_the_keychain(&grant);
            }
        }
        let key: age::x25519::Identity = IDENTITY.parse().unwrap();
        for path in self.vault_files() {
            let plain = age::decrypt(&key, &fs::read(&path).unwrap()).unwrap();
            let mut grant: Value = serde_json::from_slice(&plain).unwrap();
            grant["expires_at"] = LONG_AGO.into();
            let sealed = age::encrypt(&key.to_public(), grant.to_string().as_bytes()).unwrap();
            super::private_file(&path, &sealed);
        }
    }

    /// What the vault holds, opened with its key.
    pub(crate) fn stored(&self) -> Ledger {
        let known = |grant: Value| {
            Some((grant["item"].as_str()?.to_owned(), grant["refresh_token"].as_str()?.to_owned()))
        };
        if self.has_keychain() {
            return self.grants_in_the_keychain().into_iter().filter_map(known).collect();
        }
        let key: age::x25519::Identity = IDENTITY.parse().unwrap();
        let open = |path| -> Option<Value> {
            let plain = age::decrypt(&key, &fs::read(path).ok()?).ok()?;
            serde_json::from_slice(&plain).ok()
        };
        self.vault_files().into_iter().filter_map(open).filter_map(known).collect()
    }
}

/// What is wrong, if anything is.
pub(super) fn fault(home: &Home) -> Option<String> {
    if !home.audited.load(Ordering::SeqCst) || home.live.load(Ordering::SeqCst) != 0 {
        return None;
    }
    tokens(home).or_else(|| index(home))
}

fn tokens(home: &Home) -> Option<String> {
    let shared = home.evil.as_ref()?;
    let issued = shared.lock().grants.issued.clone();
    let age = |token: &str| issued.iter().position(|own| own == token);
    let now = home.stored();
    let mut before = home.ledger.lock().unwrap();
    for (item, old) in before.iter() {
        let Some(new) = now.get(item) else {
            return Some(format!("I2: the refresh token of {item} is gone"));
        };
        if new != old && (age(new).is_none() || age(new) <= age(old)) {
            return Some(format!("I2: {item} holds a refresh token that is not newer than the one before"));
        }
    }
    if let Some((item, _)) = now.iter().find(|(_, token)| age(token).is_none()) {
        return Some(format!("I2: {item} holds a refresh token that nobody issued"));
    }
    *before = now;
    None
}

/// A copy is read: looking must not leave files of its own beside the index.
fn index(home: &Home) -> Option<String> {
    if !home.index().exists() {
        return None;
    }
    let copy = tempfile::tempdir().unwrap();
    for end in ["", "-wal"] {
        let name = format!("index.db{end}");
        let _ = fs::copy(home.data().join(&name), copy.path().join(&name));
    }
    let judged = || -> rusqlite::Result<Option<String>> {
        let index = rusqlite::Connection::open(copy.path().join("index.db"))?;
        let verdict: String = index.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        let dangling = index.prepare("PRAGMA foreign_key_check")?.exists([])?;
        Ok((verdict != "ok" || dangling).then(|| format!("I8: {verdict}, dangling rows: {dangling}")))
    };
    judged().unwrap_or_else(|error| Some(format!("I8: {error}")))
}

/// The ledger is worth nothing if it cannot see.
#[test]
fn a_lost_an_older_and_an_invented_refresh_token_are_seen() {
    let evil = crate::evil::Evil::start();
    let home = Home::new(&evil);
    let (first, _) = super::GrantText::new(&evil, "evil", 4_000_000_000);
    let (_, newer) = super::GrantText::new(&evil, "evil", 4_000_000_000);
    home.run_with(&["import", "-"], newer.0.to_string()).exits(&[0]);
    home.audit();
    assert_eq!(fault(&home), None);
    let put = |token: &str| {
        let mut document = newer.0.clone();
        document["refresh_token"] = token.into();
        home.audited.store(false, Ordering::SeqCst);
        home.run_with(&["import", "--replace", "-"], document.to_string()).exits(&[0]);
        home.audited.store(true, Ordering::SeqCst);
        fault(&home)
    };
    assert!(put(&first.refresh).is_some_and(|what| what.contains("not newer")));
    assert!(put("CANARY-rt-invented").is_some_and(|what| what.contains("not newer")));
    let item = home.vault_files().remove(0);
    fs::remove_file(item).unwrap();
    assert!(fault(&home).is_some_and(|what| what.contains("is gone")));
    fs::write(home.index(), "not a database").unwrap();
    home.ledger.lock().unwrap().clear();
    assert!(fault(&home).is_some_and(|what| what.starts_with("I8")));
}
