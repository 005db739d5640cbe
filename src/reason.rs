//! Why a sign-in ended. The words for it stand here and nowhere else.

use serde::{Deserialize, Deserializer, Serialize};

/// `kebab-case` in a provider file, `snake_case` in the vault and in `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "kebab-case", serialize = "snake_case"))]
pub(crate) enum Reason {
    Expired,
    Revoked,
    PasswordChanged,
    AdminPolicy,
    /// The app is in its provider's test mode, which ends every sign-in early.
    TestingMode,
    /// Unused for too long.
    Idle,
    /// The account or the app is gone or was switched off.
    Deactivated,
}

const ALL: [Reason; 7] = [
    Reason::Expired,
    Reason::Revoked,
    Reason::PasswordChanged,
    Reason::AdminPolicy,
    Reason::TestingMode,
    Reason::Idle,
    Reason::Deactivated,
];

impl Reason {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Reason::Expired => "expired",
            Reason::Revoked => "revoked",
            Reason::PasswordChanged => "password_changed",
            Reason::AdminPolicy => "admin_policy",
            Reason::TestingMode => "testing_mode",
            Reason::Idle => "idle",
            Reason::Deactivated => "deactivated",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Reason> {
        ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// Said after "needs a new sign-in: ". `life`: how long a sign-in lasts in test mode, in words.
    pub(crate) fn words(self, life: Option<&str>) -> String {
        match self {
            Reason::Expired => "it has expired".to_owned(),
            Reason::Revoked => "access was revoked".to_owned(),
            Reason::PasswordChanged => "its password was changed".to_owned(),
            Reason::AdminPolicy => "the administrator's policy asks for one".to_owned(),
            Reason::TestingMode => format!(
                "its app is in testing mode, where the provider ends every sign-in after {}",
                life.unwrap_or("a few days")
            ),
            Reason::Idle => "it was unused for too long".to_owned(),
            Reason::Deactivated => "the account or the app was deactivated".to_owned(),
        }
    }

    /// What to do before signing in again, or it will not help.
    pub(crate) fn cure(self, console: Option<&str>) -> Option<String> {
        match self {
            Reason::TestingMode => {
                let place = console.map_or(String::new(), |url| format!(" ({url})"));
                Some(format!("publish the app{place}"))
            }
            Reason::Deactivated => Some("have the account or the app switched on again".to_owned()),
            _ => None,
        }
    }
}

/// A reason that a newer version wrote is no cause to refuse the document around it.
pub(crate) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Reason>, D::Error> {
    let word = Option::<String>::deserialize(deserializer)?;
    Ok(word.and_then(|word| Reason::of_word(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_one_word_everywhere() {
        for reason in ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
            let in_a_file = serde_json::Value::from(reason.word().replace('_', "-"));
            assert_eq!(serde_json::from_value::<Reason>(in_a_file).unwrap(), reason);
            assert_eq!(Reason::of_word(reason.word()), Some(reason));
        }
    }
}
