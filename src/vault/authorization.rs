//! What stands in the `Authorization` header, from what the grant remembers of it. `token --header` needs no provider
//! file for that.

use base64::Engine;
use zeroize::Zeroizing;

use super::{Grant, Secret};

const USUAL: &str = "Bearer {token}";

impl Grant {
    /// The value of the header.
    pub(crate) fn authorization_value(&self) -> Secret {
        authorization(self.authorization.as_deref(), &self.access_token)
    }

    /// `Bearer`, `Bot`, …; `None`: the token stands alone.
    pub(crate) fn authorization_scheme(&self) -> Option<&str> {
        self.authorization.as_deref().unwrap_or(USUAL).split_once(' ').map(|(scheme, _)| scheme)
    }
}

/// `template` as `[A-Za-z]+ …{token}…`; what follows `Basic ` is encoded (RFC 7617).
pub(crate) fn authorization(template: Option<&str>, token: &Secret) -> Secret {
    let template = template.unwrap_or(USUAL);
    let fill = |text: &str| Zeroizing::new(text.replace("{token}", token.expose()));
    match template.strip_prefix("Basic ") {
        Some(pair) => {
            let encoded = base64::engine::general_purpose::STANDARD.encode(fill(pair).as_bytes());
            Secret::new(format!("Basic {encoded}"))
        }
        None => Secret::new(fill(template).as_str()),
    }
}

/// Whether it can be a header: visible ASCII with a place for the token.
pub(crate) fn is_authorization(template: &str) -> bool {
    template.contains("{token}")
        && template.len() <= 1024
        && template.bytes().all(|b| (0x20..=0x7e).contains(&b))
        && template.trim() == template
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_of_the_header() {
        let of = |template| authorization(template, &Secret::new("t")).expose().to_owned();
        assert_eq!(of(None), "Bearer t");
        assert_eq!(of(Some("Bot {token}")), "Bot t");
        assert_eq!(of(Some("{token}")), "t");
        let trello = r#"OAuth oauth_consumer_key="k", oauth_token="{token}""#;
        assert_eq!(of(Some(trello)), r#"OAuth oauth_consumer_key="k", oauth_token="t""#);
        assert_eq!(of(Some("Basic ada@example.com:{token}")), "Basic YWRhQGV4YW1wbGUuY29tOnQ=");
        for bad in ["Bearer", "Bearer {token}\r\nX: y", " {token}", "B\u{202e} {token}"] {
            assert!(!is_authorization(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_can_stand_in_a_header() {
        let long = |length: usize| format!("{}{{token}}", "x".repeat(length - 7));
        for good in ["{token}", "Bot {token}", &long(1_024), "~ {token}"] {
            assert!(is_authorization(good), "{good:.30}");
        }
        for bad in ["", "Bot", "{token} ", "a\u{7f}{token}", "é {token}", &long(1_025)] {
            assert!(!is_authorization(bad), "{bad:.30}");
        }
    }

    #[test]
    fn a_grant_remembers_its_own() {
        let text = r#"{"v":1,"generation":1,"provider":"x","access_token":"a","token_type":"Bearer",
            "obtained_at":0,"connected_at":0}"#;
        let mut grant: Grant = serde_json::from_str(text).unwrap();
        for (template, value, scheme) in [
            (None, "Bearer a", Some("Bearer")),
            (Some("Bot {token}"), "Bot a", Some("Bot")),
            (Some("{token}"), "a", None),
        ] {
            grant.authorization = template.map(str::to_owned);
            assert_eq!(grant.authorization_value().expose(), value);
            assert_eq!(grant.authorization_scheme(), scheme);
        }
    }
}
