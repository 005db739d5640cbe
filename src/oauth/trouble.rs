//! Failures that everybody meets once, recognised by what providers call them.

use super::OauthError;
use crate::providers::Provider;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The redirect URI is not registered as we send it.
    Redirect,
    /// Somebody who runs the organisation has to allow the app first.
    AdminApproval,
    /// The app is in the provider's test mode, and this account is not one of its testers.
    TestMode,
}

const REDIRECT: &[&str] = &[
    "redirect_uri_mismatch",
    "redirect_uri_not_matched",
    "redirect_mismatch",
    "invalid_redirect",
    "bad_redirect_uri",
    "mismatching_redirect",
    "aadsts50011",
    "aadsts500113",
    "oauth_007",
];
/// Words about a redirect URI, where the code says no more than `invalid_request`.
const REDIRECT_WORDS: &[&str] =
    &["mismatch", "not match", "not registered", "invalid", "not allowed", "not whitelisted"];
const APPROVAL: &[&str] = &[
    "aadsts65001",
    "aadsts90094",
    "aadsts900941",
    "admin_policy_enforced",
    "admin_consent",
    "org_internal",
    "oauth_approval_error",
    "oauth_app_blocked",
    "app_not_approved",
    "team_access_not_granted",
];

/// The app's id or its secret is wrong, or the app may not do this.
const CLIENT: &[&str] = &[
    "invalid_client",
    "unauthorized_client",
    "invalid_client_id",
    "bad_client_id",
    "incorrect_client_id",
    "invalid_client_secret",
    "bad_client_secret",
    "incorrect_client_credentials",
    "invalid_client_credentials",
    "client_not_found",
    "oauth_010",
];

pub(crate) fn blames_the_client(code: &str) -> bool {
    CLIENT.iter().any(|known| code.eq_ignore_ascii_case(known))
}

impl Trouble {
    pub(crate) fn of(error: &OauthError, provider: &Provider) -> Option<Trouble> {
        match error {
            OauthError::Refused { code, words, .. } => Trouble::in_words(code, words, provider),
            OauthError::Denied { code, words, .. } => {
                let tested = provider.testing_life.is_some() && code == "access_denied";
                Trouble::in_words(code, words, provider).or(tested.then_some(Trouble::TestMode))
            }
            _ => None,
        }
    }

    fn in_words(code: &str, words: &str, provider: &Provider) -> Option<Trouble> {
        let said = format!("{code} {words}").to_ascii_lowercase();
        let says = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
        let words = words.to_ascii_lowercase();
        let about_redirect = words.contains("redirect_uri") || words.contains("redirect uri");
        if says(REDIRECT) || (about_redirect && REDIRECT_WORDS.iter().any(|sign| words.contains(sign))) {
            return Some(Trouble::Redirect);
        }
        if says(APPROVAL) {
            return Some(Trouble::AdminApproval);
        }
        (says(&["testers", "test mode", "not completed the google verification"])
            && provider.testing_life.is_some())
        .then_some(Trouble::TestMode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_blamed_by_its_whole_code() {
        for code in ["invalid_client", "incorrect_client_credentials", "BAD_CLIENT_SECRET", "OAUTH_010"] {
            assert!(blames_the_client(code), "{code}");
        }
        for code in ["", "invalid_grant", "OAUTH_0101", "invalid_client_metadata"] {
            assert!(!blames_the_client(code), "{code}");
        }
    }

    #[test]
    fn failures_are_known_by_many_names() {
        use Trouble::{AdminApproval, Redirect, TestMode};
        let usual = Provider::default();
        let tested = Provider { testing_life: Some("7d".into()), ..Provider::default() };
        for (provider, code, words, expected) in [
            (&usual, "redirect_uri_mismatch", "", Some(Redirect)),
            (&usual, "bad_redirect_uri", "", Some(Redirect)),
            (
                &usual,
                "invalid_request",
                "AADSTS50011: The redirect URI specified does not match",
                Some(Redirect),
            ),
            (&usual, "invalid_request", "Mismatching redirect URI.", Some(Redirect)),
            (&usual, "OAUTH_007", "Redirect URI not passed", Some(Redirect)),
            (&usual, "invalid_grant", "AADSTS65001: The user has not consented", Some(AdminApproval)),
            (&usual, "access_denied", "AADSTS90094: admin consent", Some(AdminApproval)),
            (&usual, "admin_policy_enforced", "", Some(AdminApproval)),
            (&usual, "access_denied", "the person said no", None),
            (&tested, "access_denied", "", Some(TestMode)),
            (&usual, "invalid_grant", "code expired", None),
            (&usual, "invalid_request", "redirect_uri is missing", None),
        ] {
            let error = OauthError::Denied { title: "X".into(), code: code.into(), words: words.into() };
            assert_eq!(Trouble::of(&error, provider), expected, "{code} {words}");
        }
    }

    /// The words tell, whatever the case, and one sign of each kind is enough.
    #[test]
    fn a_redirect_that_is_named_must_also_be_wrong() {
        use Trouble::{AdminApproval, Redirect, TestMode};
        let usual = Provider::default();
        let tested = Provider { testing_life: Some("7d".into()), ..Provider::default() };
        let of = |provider: &Provider, code: &str, words: &str| {
            let (code, words) = (code.to_owned(), words.to_owned());
            let (title, detail) = (String::new(), String::new());
            Trouble::of(&OauthError::Refused { title, code, detail, words, reason: None }, provider)
        };
        assert_eq!(of(&usual, "x", "the redirect_uri is INVALID"), Some(Redirect));
        assert_eq!(of(&usual, "x", "the Redirect URI is not allowed"), Some(Redirect));
        assert_eq!(of(&usual, "x", "the scope is invalid"), None);
        assert_eq!(of(&usual, "x", "needs admin_consent"), Some(AdminApproval));
        assert_eq!(of(&tested, "x", "only for TESTERS"), Some(TestMode));
        assert_eq!(of(&usual, "x", "only for testers"), None, "it has no such mode");
        assert_eq!(of(&tested, "access_denied", "no"), None, "a refusal of the server is no person's");
        assert_eq!(Trouble::of(&OauthError::Unsafe("testers".into()), &tested), None);
        let denied = |code: &str| {
            let (title, code) = (String::new(), code.to_owned());
            Trouble::of(&OauthError::Denied { title, code, words: "no".into() }, &tested)
        };
        assert_eq!((denied("access_denied"), denied("other")), (Some(TestMode), None));
    }
}
