//! What can be wrong with what is imported or exported. No variant holds a word of the input.

#[derive(Debug, thiserror::Error)]
pub(crate) enum BundleError {
    #[error("that is no token, no JSON and no sealed bundle")]
    Unrecognised,
    #[error("there is nothing to import")]
    Nothing,
    #[error("that is too large to be a bundle")]
    TooLarge,
    #[error("the JSON is wrong at line {line}, column {column}{why}")]
    BadJson { line: usize, column: usize, why: String },
    #[error("the bundle was written by a newer integ (version {0})")]
    TooNew(u64),
    #[error("that is a bundle without its seal: only a sealed one is accepted")]
    Unsealed,
    #[error("connection {number}: {why}")]
    Entry { number: usize, why: &'static str },
    #[error("the bundle is damaged, incomplete or was changed")]
    Damaged,
    #[error("the bundle is sealed for another key")]
    OtherKey,
    /// Indistinguishable on purpose: a wrong passphrase and a changed header.
    #[error("the passphrase is wrong, or the bundle was changed")]
    WrongPassphrase,
    #[error("opening the bundle would take more work than is accepted (2^{0})")]
    TooMuchWork(u8),
    #[error("that is not a recipient: it begins with age1…")]
    NoRecipient,
    #[error("that is a secret key, not a recipient: it was not used")]
    SecretKey,
    #[error("the bundle cannot be sealed")]
    NotSealed,
}
