//! The document inside a sealed bundle: whole grants with the client that can refresh them and, where there is
//! one of the person's own, its provider file.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::json::{self, Head, KIND};
use super::{BundleError, LARGEST_PROVIDER_FILE};
use crate::clock;
use crate::name::{Name, simple};
use crate::oauth::is_token;
use crate::vault::{Bytes, Grant, Secret, is_authorization, sealed_option};

const VERSION: u64 = 1;

#[derive(Serialize)]
pub(crate) struct Bundle {
    v: u64,
    kind: &'static str,
    created_at: String,
    from_profile: String,
    connections: Vec<Carried>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Carried {
    pub name: String,
    pub grant: Grant,
    #[serde(default)]
    pub client: Option<CarriedClient>,
    /// In the first entry of a provider; read, in each.
    #[serde(default)]
    pub provider_file: Option<String>,
    /// Whoever sealed it has given the grant up.
    #[serde(default)]
    pub moved: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct CarriedClient {
    pub id: String,
    #[serde(default, serialize_with = "sealed_option", skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
}

impl Bundle {
    pub(crate) fn new(profile: &str, mut connections: Vec<Carried>) -> Bundle {
        let mut told: HashSet<String> = HashSet::new();
        for one in connections.iter_mut().filter(|one| one.provider_file.is_some()) {
            if !told.insert(one.grant.provider.clone()) {
                one.provider_file = None;
            }
        }
        let created_at = clock::rfc3339(clock::now());
        Bundle { v: VERSION, kind: KIND, created_at, from_profile: profile.to_owned(), connections }
    }

    pub(crate) fn to_json(&self) -> Result<Bytes, BundleError> {
        serde_json::to_vec(self).map(Bytes::new).map_err(|_| BundleError::NotSealed)
    }
}

#[derive(Deserialize)]
struct Document {
    connections: Vec<Carried>,
}

/// A seal says who may read, not who wrote: everything is checked as if a stranger had written it.
pub(super) fn read(text: &[u8], head: &Head) -> Result<Vec<Carried>, BundleError> {
    match head.v {
        Some(VERSION) => {}
        Some(version) => return Err(BundleError::TooNew(version)),
        None => return Err(BundleError::Damaged),
    }
    let mut document: Document = json::read(text)?;
    for (index, carried) in document.connections.iter().enumerate() {
        carried.check().map_err(|why| BundleError::Entry { number: index + 1, why })?;
    }
    share_files(&mut document.connections)?;
    Ok(document.connections)
}

/// The file of a provider stands in one entry at least, and is that of all of them.
fn share_files(connections: &mut [Carried]) -> Result<(), BundleError> {
    let mut files: HashMap<String, String> = HashMap::new();
    for (index, one) in connections.iter().enumerate() {
        let Some(text) = &one.provider_file else { continue };
        let first = files.entry(one.grant.provider.clone()).or_insert_with(|| text.clone());
        if first != text {
            let why = "it brings another provider file than the one before";
            return Err(BundleError::Entry { number: index + 1, why });
        }
    }
    for one in connections {
        one.provider_file = files.get(&one.grant.provider).cloned();
    }
    Ok(())
}

impl Carried {
    fn check(&self) -> Result<(), &'static str> {
        let grant = &self.grant;
        // A grant that waits for its first refresh has no access token yet.
        let leans = grant.refresh_token.is_some() || grant.via().is_some() || grant.machine.is_some();
        let waits = grant.access_token.expose().is_empty() && leans;
        let rules = [
            (self.name.parse::<Name>().is_ok(), "its name is not a connection name"),
            (simple(&grant.provider).is_ok(), "its provider is not a provider name"),
            (grant.v == 1, "its grant was written by a newer integ"),
            (waits || sound_token(grant), "its access token is not a token"),
            (
                grant.refresh_token.as_ref().is_none_or(|t| is_token(t.expose())),
                "its refresh token is not a token",
            ),
            (
                grant.is_password() || grant.token_type.eq_ignore_ascii_case("bearer"),
                "its token has a type that cannot be used",
            ),
            (
                grant.authorization.as_deref().is_none_or(is_authorization),
                "its authorization is not a header",
            ),
            (self.client.as_ref().is_none_or(CarriedClient::is_sound), "its client id or secret is not one"),
            (
                self.provider_file.as_ref().is_none_or(|text| text.len() <= LARGEST_PROVIDER_FILE),
                "its provider file is too large",
            ),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, why)| Err(why))
    }
}

fn sound_token(grant: &Grant) -> bool {
    let token = &grant.access_token;
    if grant.is_password() { token.is_password() } else { is_token(token.expose()) }
}

impl CarriedClient {
    pub(super) fn is_sound(&self) -> bool {
        let secret_is_sound =
            |s: &Secret| !s.expose().is_empty() && !s.expose().chars().any(char::is_control);
        !self.id.is_empty()
            && !self.id.chars().any(|c| c.is_control() || c.is_whitespace())
            && self.secret.as_ref().is_none_or(secret_is_sound)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, entries};
    use super::*;

    const GRANT: &str = r#"{"v":1,"generation":3,"provider":"acme","access_token":"a","token_type":"Bearer",
        "obtained_at":1,"refresh_token":"r","refresh":"rotating","connected_at":1}"#;

    fn bundle(grant: &str) -> String {
        format!(
            r#"{{"v":1,"kind":"integ-bundle","__proto__":{{}},"connections":[{{"name":"acme/x","grant":{grant},
            "client":{{"id":"c","secret":"s"}},"path":"../../x"}}]}}"#
        )
    }

    fn read_one(text: &str) -> Result<Carried, BundleError> {
        let text = Bytes::new(text.as_bytes().to_vec());
        match entries(&text, true)?.pop() {
            Some(Entry::Carried(carried)) => Ok(*carried),
            _ => panic!("one carried connection"),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let carried = read_one(&bundle(GRANT)).unwrap();
        let json = Bundle::new("default", vec![carried]).to_json().unwrap();
        let again = read_one(std::str::from_utf8(&json).unwrap()).unwrap();
        assert_eq!((again.name.as_str(), again.grant.generation), ("acme/x", 3));
        assert_eq!(again.client.unwrap().secret.unwrap().expose(), "s");
        let plain = entries(&json, false).err().unwrap();
        assert!(matches!(plain, BundleError::Unsealed));
    }

    #[test]
    fn a_strangers_document_is_refused() {
        let sound = bundle(GRANT);
        for (from, to) in [
            (r#""v":1,"kind""#, r#""v":2,"kind""#),
            (r#""v":1,"kind""#, r#""kind""#),
            (r#""v":1,"generation""#, r#""v":9,"generation""#),
            ("acme/x", "../x"),
            (r#""provider":"acme""#, r#""provider":"../acme""#),
            (r#""access_token":"a""#, r#""access_token":"a\r\nX: 1""#),
            (r#""access_token":"a""#, r#""access_token":"a","access_token":"b""#),
            (r#""refresh_token":"r""#, r#""refresh_token":"r r""#),
            (r#""token_type":"Bearer""#, r#""token_type":"mac""#),
            (r#""connected_at":1"#, r#""connected_at":1,"authorization":"Bot {token}\r\nX: 1""#),
            (r#""id":"c""#, r#""id":"c\n""#),
        ] {
            let text = sound.replacen(from, to, 1);
            assert_ne!(text, sound, "{from}");
            assert!(read_one(&text).is_err(), "{to}");
        }
    }
}
