//! Which form an input has, told by its content alone.

use zeroize::Zeroizing;

use super::{BundleError, armored};
use crate::oauth::is_token;
use crate::vault::Secret;

/// Of an input as it comes, sealed and armored (bytes): a mebibyte of JSON in base64, and what age adds.
pub(crate) const LARGEST_INPUT: u64 = (3 << 20) / 2;

pub(crate) enum Form {
    Token(Secret),
    Json(Zeroizing<Vec<u8>>),
    /// A whole age file, binary or armored.
    Sealed(Vec<u8>),
}

const AGE: &[u8] = b"age-encryption.org/";

impl Form {
    pub(crate) fn of(input: Zeroizing<Vec<u8>>) -> Result<Form, BundleError> {
        if input.len() as u64 > LARGEST_INPUT {
            return Err(BundleError::TooLarge);
        }
        // The binary form may end in any byte; it alone must not be trimmed.
        if input.starts_with(AGE) {
            return Ok(Form::Sealed(input.to_vec()));
        }
        let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&input).trim_ascii();
        match text.first() {
            None => Err(BundleError::Nothing),
            Some(b'{' | b'[') => Ok(Form::Json(Zeroizing::new(text.to_vec()))),
            Some(_) if armored(text) => Ok(Form::Sealed(text.to_vec())),
            Some(_) => match std::str::from_utf8(text) {
                Ok(token) if is_token(token) => Ok(one_line(token)),
                _ => Err(BundleError::Unrecognised),
            },
        }
    }
}

/// Base64 of a whole age file, for places that hold one line; any other line is a token.
fn one_line(text: &str) -> Form {
    use base64::Engine;
    match base64::engine::general_purpose::STANDARD.decode(text) {
        Ok(bytes) if bytes.starts_with(AGE) => Form::Sealed(bytes),
        _ => Form::Token(Secret::new(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> &'static str {
        match Form::of(Zeroizing::new(bytes.to_vec())) {
            Ok(Form::Token(_)) => "token",
            Ok(Form::Json(_)) => "json",
            Ok(Form::Sealed(_)) => "sealed",
            Err(_) => "refused",
        }
    }

    #[test]
    fn forms_are_told_by_their_content() {
        for (input, expected) in [
            (&b"xoxb-1-2-abc\n"[..], "token"),
            (b"  ya29.a_b-c  ", "token"),
            (b"\n {\"access_token\":\"a\"}", "json"),
            (b"\xef\xbb\xbf[]", "json"),
            (b"age-encryption.org/v1\n\xff\n", "sealed"),
            (b"\n-----BEGIN AGE ENCRYPTED FILE-----\nYQ==\n", "sealed"),
            (b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCg==", "sealed"),
            (b"", "refused"),
            (b" \n", "refused"),
            (b"two words", "refused"),
            (b"-----BEGIN PGP MESSAGE-----\n\nabc\n", "refused"),
            (b"\x1f\x8b\x08\x00", "refused"),
            (b"--- &a\nx: *a\n", "refused"),
        ] {
            assert_eq!(of(input), expected, "{:?}", String::from_utf8_lossy(input));
        }
        assert_eq!(of(&vec![b'a'; 2 << 20]), "refused");
    }
}
