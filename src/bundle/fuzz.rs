//! What is imported was written by a stranger, sealed or not.

use std::str::FromStr;

use age::x25519::Identity;
use zeroize::Zeroizing;

use super::{Bundle, Entry, Form, Key, entries, open, sealed_for};
use crate::fuzz::holds::quotes_nothing;
use crate::name::{Name, simple};

/// Made for this corpus, and worth nothing.
pub(crate) const KEY: &str = "AGE-SECRET-KEY-1N47YY82AZ0NDTGKM7K74M8NNPUQ58SY3AMGAF6Q75LVEJM2J5Y3SA9DT58";
/// All that was ever sealed for it.
pub(crate) const SEALED: [&[u8]; 2] = [b"a grant", b"{\"access_token\":\"CANARY-sealed\"}"];

pub(crate) fn bundle(data: &[u8]) {
    match Form::of(Zeroizing::new(data.to_vec())) {
        Err(error) => quotes_nothing(&error),
        Ok(Form::Token(token)) => {
            assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
            assert!(String::from_utf8_lossy(data).contains(token.expose()));
        }
        Ok(Form::Json(text)) => {
            for sealed in [false, true] {
                match entries(&text, sealed) {
                    Err(error) => quotes_nothing(&error),
                    Ok(entries) => entries.into_iter().for_each(|entry| is_sound(entry, sealed)),
                }
            }
        }
        Ok(Form::Sealed(sealed)) => {
            let _ = sealed_for(&sealed).inspect_err(quotes_nothing);
            match open(&sealed, &Key::Identity(&Identity::from_str(KEY).unwrap())) {
                Err(error) => quotes_nothing(&error),
                Ok(plain) => assert!(SEALED.contains(&plain.as_slice()), "opened what nobody sealed"),
            }
        }
    }
}

fn is_sound(entry: Entry, sealed: bool) {
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    match entry {
        Entry::Given(given) => {
            let tokens = [&given.access_token, &given.refresh_token];
            assert!(tokens.iter().any(|token| token.is_some()));
            assert!(tokens.into_iter().flatten().all(|t| !t.expose().is_empty() && visible(t.expose())));
            assert!(given.expires_at.is_none_or(|at| (0..=253_402_300_799).contains(&at)));
            assert!(given.provider.is_none_or(|provider| simple(&provider).is_ok()));
            assert!(given.client_secret.is_none() || given.client_id.is_some());
        }
        Entry::Carried(carried) => {
            assert!(sealed, "a whole grant that nobody sealed");
            assert!(carried.name.parse::<Name>().is_ok() && carried.grant.v == 1);
            assert!(carried.grant.is_password() || visible(carried.grant.access_token.expose()));
            assert!(carried.grant.authorization.as_ref().is_none_or(|text| !text.contains(['\r', '\n'])));
            // What is exported of it is imported again, to the letter.
            let text = Bundle::new("default", vec![*carried]).to_json().unwrap();
            let Some(Entry::Carried(again)) = entries(&text, true).unwrap().pop() else {
                panic!("not carried")
            };
            let again = Bundle::new("default", vec![*again]).to_json().unwrap();
            let connections = |text: &[u8]| {
                serde_json::from_slice::<serde_json::Value>(text).unwrap()["connections"].clone()
            };
            assert_eq!(connections(&text), connections(&again));
        }
    }
}
