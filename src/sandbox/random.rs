//! Unguessable text.

use oauth2::CsrfToken;

/// `prefix` and 192 random bits in base64url.
pub(crate) fn token(prefix: &str) -> String {
    format!("{prefix}{}", CsrfToken::new_random_len(24).secret())
}

/// Eight letters a person can type, without vowels so that they spell nothing (RFC 8628, 6.1).
pub(crate) fn user_code() -> String {
    const LETTERS: &str = "BCDFGHJKLMNPQRSTVWXZ";
    let mut code = String::new();
    while code.len() < 9 {
        let noise = CsrfToken::new_random_len(24);
        for letter in noise.secret().chars().map(|letter| letter.to_ascii_uppercase()) {
            if code.len() < 9 && LETTERS.contains(letter) {
                if code.len() == 4 {
                    code.push('-');
                }
                code.push(letter);
            }
        }
    }
    code
}
