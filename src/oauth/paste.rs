//! The way without a listener: a person pastes the address that the browser ended on, or the code alone.

use subtle::ConstantTimeEq;
use url::Url;

use super::OauthError;
use super::loopback::{Answer, is_code};
use crate::output::sanitise;
use crate::vault::Secret;

/// Longer input is not an address (bytes).
const LONGEST: usize = 16 * 1024;

/// Whether a code may be pasted without the address it came in. A pasted address carries this sign-in's `state`; a bare
/// code has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BareCode {
    /// PKCE ties it to us, or the provider shows nothing else.
    Taken,
    Refused,
}

/// What was pasted: the answer and every `iss`.
pub(crate) fn read_callback(
    text: &str,
    state: &str,
    bare: BareCode,
) -> Result<(Answer, Vec<String>), OauthError> {
    let text = text.trim();
    let wrong = |why: &str| {
        OauthError::WrongPaste(format!("{why}; paste the whole address that the browser ended on"))
    };
    if text.len() > LONGEST || text.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err(wrong("that is not an address"));
    }
    let Some(url) = text.parse::<Url>().ok().filter(|url| url.has_host() || text.contains('?')) else {
        return match text {
            "" => Err(wrong("nothing was pasted")),
            _ if text.contains(['?', '=', ' ', '&']) => Err(wrong("that is neither an address nor a code")),
            code if !is_code(code) => Err(wrong("that is neither an address nor a code")),
            code if bare == BareCode::Taken => Ok((Answer::Code(Secret::new(code)), Vec::new())),
            _ => Err(wrong("a code alone does not prove that it belongs to this sign-in")),
        };
    };
    let all = |name: &str| -> Vec<String> {
        url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    };
    match all("state").as_slice() {
        [one] if bool::from(one.as_bytes().ct_eq(state.as_bytes())) => {}
        [] => return Err(wrong("the address has no `state`")),
        _ => {
            let why = "refused for safety: the address belongs to another sign-in; use the newest link";
            return Err(OauthError::OtherSignIn(why.into()));
        }
    }
    let description = all("error_description").first().map(|text| sanitise::excerpt(text));
    match (all("code").as_slice(), all("error").as_slice()) {
        ([code], []) if is_code(code) => Ok((Answer::Code(Secret::new(code.clone())), all("iss"))),
        ([], [error]) => Ok((Answer::Refused { error: sanitise::excerpt(error), description }, all("iss"))),
        _ => Err(wrong("the address carries no code")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_sign_ins_address_counts() {
        let ok = |text: &str| matches!(read_callback(text, "st", BareCode::Taken), Ok((Answer::Code(_), _)));
        assert!(ok("http://localhost:1/callback?code=c&state=st"));
        assert!(ok("  https://example.com/x?state=st&code=c\n"));
        assert!(ok("4/0AbCd-ef"));
        assert!(ok("2/1204:ab"), "Asana's codes look like a URL's beginning");
        for bad in [
            "http://localhost:1/callback?code=c&state=other",
            "http://localhost:1/callback?code=c",
            "http://localhost:1/callback?code=c&state=st&state=st",
            "http://localhost:1/callback?state=st",
            "http://localhost:1/callback?code=c&code=d&state=st",
            "",
            "code=c&state=st",
            "\u{202e}http://localhost:1/callback?code=c&state=st",
            &"x".repeat(1 << 20),
        ] {
            assert!(!ok(bad), "{bad:.60}");
        }
        let refused = read_callback("abc", "st", BareCode::Refused);
        assert!(refused.is_err(), "without PKCE a bare code proves nothing");
        let other = read_callback("http://localhost:1/callback?code=c&state=other", "st", BareCode::Taken);
        assert!(matches!(other, Err(OauthError::OtherSignIn(_))));
    }

    fn paste(text: &str) -> Result<(Answer, Vec<String>), OauthError> {
        read_callback(text, "st", BareCode::Taken)
    }

    fn words(text: &str, bare: BareCode) -> String {
        match read_callback(text, "st", bare) {
            Err(OauthError::WrongPaste(words) | OauthError::OtherSignIn(words)) => {
                words.split(';').next().unwrap_or_default().to_owned()
            }
            _ => "it was taken".to_owned(),
        }
    }

    #[test]
    fn a_wrong_paste_is_named() {
        let (long, longest) = ("x".repeat(16 * 1024 + 1), "x".repeat(16 * 1024));
        for (text, expected) in [
            ("", "nothing was pasted"),
            ("  \n", "nothing was pasted"),
            ("a\u{7f}b", "that is not an address"),
            ("é", "that is not an address"),
            (long.as_str(), "that is not an address"),
            (longest.as_str(), "that is neither an address nor a code"),
            ("a b", "that is neither an address nor a code"),
            ("code=c", "that is neither an address nor a code"),
            ("a&b", "that is neither an address nor a code"),
            ("https://x.example/?code=c", "the address has no `state`"),
            (
                "https://x.example/?code=c&state=other",
                "refused for safety: the address belongs to another sign-in",
            ),
            ("https://x.example/?state=st", "the address carries no code"),
            ("https://x.example/?state=st&code=", "the address carries no code"),
            ("https://x.example/?state=st&code=c&error=e", "the address carries no code"),
        ] {
            assert_eq!(words(text, BareCode::Taken), expected, "{text:.60}");
        }
        let proof = "a code alone does not prove that it belongs to this sign-in";
        assert_eq!(words("4/0Ab", BareCode::Refused), proof);
    }

    #[test]
    fn an_address_brings_its_code_and_who_it_is_from() {
        let (answer, iss) = paste("myapp:cb?code=c%2Fd&state=st&iss=https://as.example").ok().unwrap();
        assert!(matches!(answer, Answer::Code(code) if code.expose() == "c/d"), "an app's own scheme");
        assert_eq!(iss, ["https://as.example"]);
        let refused = "https://x.example/?state=st&error=access_denied&error_description=no+way&iss=i";
        let (answer, iss) = paste(refused).ok().unwrap();
        let Answer::Refused { error, description } = answer else { panic!() };
        assert_eq!((error.as_str(), description.as_deref()), ("access_denied", Some("no way")));
        assert_eq!(iss, ["i"]);
        let (answer, iss) = paste("2/1204:ab").ok().unwrap();
        assert!(matches!(answer, Answer::Code(code) if code.expose() == "2/1204:ab"));
        assert!(iss.is_empty());
    }
}
