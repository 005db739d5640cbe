//! HI7: the published test vectors of the age format, as they come with the `age` crate, through our own way of opening.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use age::x25519;
use sha2::{Digest, Sha256};

use super::json::LARGEST;
use super::seal::{Key, open, sealed_for};
use super::{BundleError, Form};
use crate::vault::Secret;

/// Where cargo keeps the crate that we are built with.
fn folder() -> PathBuf {
    let out = Command::new(std::env::var("CARGO").unwrap_or("cargo".into()))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let age = packages.iter().find(|package| package["name"] == "age").unwrap();
    PathBuf::from(age["manifest_path"].as_str().unwrap()).with_file_name("tests").join("testdata/testkit")
}

/// What the crate reads although the format forbids it, as files of the first versions have it. The header's MAC holds.
const OLD_STANZAS: [&str; 2] = ["stanza_missing_body", "stanza_missing_final_line"];

struct Vector {
    expect: String,
    /// SHA-256 of what it opens to.
    payload: Option<String>,
    identities: Vec<x25519::Identity>,
    passphrase: Option<Secret>,
    sealed: Vec<u8>,
}

/// Lines `name: value`, an empty line, and the file itself, perhaps compressed.
fn parse(bytes: &[u8]) -> Vector {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
    let (head, rest) = (std::str::from_utf8(&bytes[..end]).unwrap(), &bytes[end + 2..]);
    let all = |name: &str| -> Vec<String> {
        let values = head.lines().filter_map(|line| line.split_once(": ")).filter(|(key, _)| *key == name);
        values.map(|(_, value)| value.to_owned()).collect()
    };
    let is_compressed = !all("compressed").is_empty();
    Vector {
        expect: all("expect").remove(0),
        payload: all("payload").pop(),
        identities: all("identity").iter().map(|text| text.parse().unwrap()).collect(),
        passphrase: all("passphrase").pop().map(Secret::new),
        sealed: match is_compressed {
            true => miniz_oxide::inflate::decompress_to_vec_zlib(rest).unwrap(),
            false => rest.to_vec(),
        },
    }
}

/// As `import` does it: the file says what opens it. Of several keys the one that fits counts.
fn opened(vector: &Vector) -> Result<Vec<u8>, BundleError> {
    let Form::Sealed(sealed) = Form::of(vector.sealed.clone().into())? else {
        return Err(BundleError::Unrecognised);
    };
    let plain = |key: &Key<'_>| open(&sealed, key).map(|plain| plain.to_vec());
    if sealed_for(&sealed)? {
        return plain(&Key::Passphrase(vector.passphrase.as_ref().unwrap_or(&Secret::new(""))));
    }
    let spare = [x25519::Identity::generate()];
    let identities = if vector.identities.is_empty() { &spare[..] } else { &vector.identities };
    let outcomes = identities.iter().map(|identity| plain(&Key::Identity(identity)));
    outcomes.reduce(|one, next| if matches!(one, Err(BundleError::OtherKey)) { next } else { one }).unwrap()
}

#[test]
fn hi07_every_vector_of_the_format_ends_as_it_says() {
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let vector = parse(&fs::read(&file).unwrap());
        let is_old = OLD_STANZAS.iter().any(|name| file.ends_with(name));
        let outcome = opened(&vector);
        let right = match (vector.expect.as_str(), &outcome) {
            ("success", Ok(plain)) => {
                let sum: String = Sha256::digest(plain).iter().map(|byte| format!("{byte:02x}")).collect();
                Some(sum) == vector.payload
            }
            ("success", Err(BundleError::TooLarge)) => vector.sealed.len() > LARGEST,
            ("no match", Err(BundleError::OtherKey | BundleError::WrongPassphrase)) => true,
            ("header failure" | "HMAC failure" | "payload failure" | "armor failure", Err(error)) => {
                !matches!(error, BundleError::OtherKey)
            }
            ("header failure", Ok(_)) => is_old,
            _ => false,
        };
        if !right {
            wrong.push(format!("{}: {} instead of {}", file.display(), words(&outcome), vector.expect));
        }
        *classes.entry(vector.expect).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(classes.len() == 6 && classes.values().sum::<usize>() >= 120, "{classes:?}");
}

fn words(outcome: &Result<Vec<u8>, BundleError>) -> String {
    outcome.as_ref().map_or_else(ToString::to_string, |plain| format!("{} bytes", plain.len()))
}
