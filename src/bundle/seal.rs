//! The seal: age, to recipients or to a passphrase, as text or as bytes.

use std::io::{Read, Write};
use std::str::FromStr;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, Identity, Recipient, scrypt, x25519};
use zeroize::Zeroizing;

use super::{BundleError, LARGEST_INPUT, json};
use crate::vault::Secret;

/// Work of a passphrase: 2^18 takes 256 MiB and most of a second, as with the `age` tool.
const WORK: u8 = 18;
/// More than this (1 GiB) is not done for a stranger's file.
const MOST_WORK: u8 = 20;

/// What a bundle is sealed with.
pub(crate) enum SealedFor {
    Recipients(Vec<x25519::Recipient>),
    Passphrase(Secret),
}

/// What opens it.
pub(crate) enum Key<'a> {
    Identity(&'a x25519::Identity),
    Passphrase(&'a Secret),
}

/// What somebody typed behind `--to`.
pub(crate) fn recipient(text: &str) -> Result<x25519::Recipient, BundleError> {
    let text = text.trim();
    if text.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("AGE-SECRET-KEY")) {
        return Err(BundleError::SecretKey);
    }
    x25519::Recipient::from_str(text).map_err(|_| BundleError::NoRecipient)
}

pub(crate) fn armored(bytes: &[u8]) -> bool {
    bytes.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

pub(crate) fn seal(plain: &[u8], to: &SealedFor, text: bool) -> Result<Vec<u8>, BundleError> {
    let by_passphrase;
    let recipients: Vec<&dyn Recipient> = match to {
        SealedFor::Recipients(recipients) => recipients.iter().map(|one| one as &dyn Recipient).collect(),
        SealedFor::Passphrase(passphrase) => {
            let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
            recipient.set_work_factor(WORK);
            by_passphrase = recipient;
            vec![&by_passphrase]
        }
    };
    let encryptor = Encryptor::with_recipients(recipients.into_iter()).map_err(|_| BundleError::NotSealed)?;
    let write = || -> std::io::Result<Vec<u8>> {
        let format = if text { Format::AsciiArmor } else { Format::Binary };
        let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(Vec::new(), format)?)?;
        writer.write_all(plain)?;
        writer.finish()?.finish()
    };
    let sealed = write().map_err(|_| BundleError::NotSealed)?;
    if sealed.len() as u64 > LARGEST_INPUT { Err(BundleError::TooLarge) } else { Ok(sealed) }
}

/// Whether a passphrase opens it, or a key.
pub(crate) fn sealed_for(sealed: &[u8]) -> Result<bool, BundleError> {
    Decryptor::new_buffered(ArmoredReader::new(sealed))
        .map(|file| file.is_scrypt())
        .map_err(|e| words(&e, false))
}

/// Opens the whole or nothing: age authenticates it chunk by chunk, and a part of it is never handed on.
pub(crate) fn open(sealed: &[u8], key: &Key<'_>) -> Result<Zeroizing<Vec<u8>>, BundleError> {
    let is_passphrase = matches!(key, Key::Passphrase(_));
    let file = Decryptor::new_buffered(ArmoredReader::new(sealed)).map_err(|e| words(&e, is_passphrase))?;
    // Room for all of it: what a growing buffer leaves behind, nobody wipes.
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let limit = json::LARGEST as u64 + 1;
    let by_passphrase;
    let identity: &dyn Identity = match key {
        Key::Identity(identity) => *identity,
        Key::Passphrase(passphrase) => {
            let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
            identity.set_max_work_factor(MOST_WORK);
            by_passphrase = identity;
            &by_passphrase
        }
    };
    let reader = file.decrypt(std::iter::once(identity)).map_err(|e| words(&e, is_passphrase))?;
    reader.take(limit).read_to_end(&mut plain).map_err(|_| BundleError::Damaged)?;
    if plain.len() as u64 == limit { Err(BundleError::TooLarge) } else { Ok(plain) }
}

fn words(error: &DecryptError, passphrase: bool) -> BundleError {
    match error {
        DecryptError::ExcessiveWork { required, .. } => BundleError::TooMuchWork(*required),
        DecryptError::NoMatchingKeys if !passphrase => BundleError::OtherKey,
        DecryptError::InvalidHeader | DecryptError::Io(_) | DecryptError::UnknownFormat => {
            BundleError::Damaged
        }
        _ if passphrase => BundleError::WrongPassphrase,
        _ => BundleError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (x25519::Identity, SealedFor) {
        let identity = x25519::Identity::generate();
        let to = SealedFor::Recipients(vec![identity.to_public()]);
        (identity, to)
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_only() {
        let (identity, to) = pair();
        for text in [true, false] {
            let sealed = seal(b"{\"x\":1}", &to, text).unwrap();
            assert_eq!(armored(&sealed), text);
            assert_eq!(open(&sealed, &Key::Identity(&identity)).unwrap().as_slice(), b"{\"x\":1}");
            assert!(!sealed_for(&sealed).unwrap());
            let other = x25519::Identity::generate();
            assert!(matches!(open(&sealed, &Key::Identity(&other)), Err(BundleError::OtherKey)));
        }
    }

    #[test]
    fn a_byte_changed_or_missing_opens_nothing() {
        let (identity, to) = pair();
        for text in [false, true] {
            let sealed = seal(b"a grant", &to, text).unwrap();
            for at in 0..sealed.len() {
                assert!(
                    open(&sealed[..at], &Key::Identity(&identity)).is_err()
                        || sealed[at..].trim_ascii().is_empty()
                );
                let mut flipped = sealed.clone();
                flipped[at] ^= 1;
                // Armor has bytes that carry nothing: whatever opens must be what was sealed.
                match open(&flipped, &Key::Identity(&identity)) {
                    Ok(plain) => assert!(text && plain.as_slice() == b"a grant", "{at}"),
                    Err(error) => assert!(!error.to_string().contains("grant")),
                }
            }
        }
    }

    #[test]
    fn passphrases_open_and_hard_work_is_refused() {
        let right = Secret::new("correct horse");
        let mut recipient = scrypt::Recipient::new(SecretString::from("correct horse".to_owned()));
        recipient.set_work_factor(2);
        let sealed = age::encrypt(&recipient, b"a grant").unwrap();
        assert!(sealed_for(&sealed).unwrap());
        assert_eq!(open(&sealed, &Key::Passphrase(&right)).unwrap().as_slice(), b"a grant");
        let wrong = open(&sealed, &Key::Passphrase(&Secret::new("wrong")));
        assert!(matches!(wrong, Err(BundleError::WrongPassphrase)));
        let mut hard = sealed.clone();
        let at = sealed.windows(3).position(|w| w == b" 2\n").unwrap();
        hard.splice(at..at + 2, *b" 30");
        assert!(matches!(open(&hard, &Key::Passphrase(&right)), Err(BundleError::TooMuchWork(30))));
    }

    #[test]
    fn recipients_are_public_halves() {
        let identity = x25519::Identity::generate();
        assert!(recipient(&format!(" {} ", identity.to_public())).is_ok());
        assert!(matches!(recipient("AGE-SECRET-KEY-1ABC"), Err(BundleError::SecretKey)));
        assert!(matches!(recipient("age1nonsense"), Err(BundleError::NoRecipient)));
    }
}
