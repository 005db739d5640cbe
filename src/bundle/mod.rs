//! WHAT IMPORT AND EXPORT CARRY: tokens and grants in the forms that people, other programs and `integ export` give.
//! Nothing here stores, asks a network or prints; what is wrong is said without quoting what was read.

mod carried;
mod error;
mod form;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod given;
mod json;
mod seal;
#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
mod vectors;

pub(crate) use carried::{Bundle, Carried, CarriedClient};
pub(crate) use error::BundleError;
pub(crate) use form::{Form, LARGEST_INPUT};
pub(crate) use given::Given;
pub(crate) use seal::{Key, SealedFor, armored, open, recipient, seal, sealed_for};

use zeroize::Zeroizing;

/// Of one provider file (bytes).
pub(crate) const LARGEST_PROVIDER_FILE: usize = 64 << 10;

/// One connection to import.
pub(crate) enum Entry {
    /// As a person or another program wrote it.
    Given(Box<Given>),
    /// As `integ export` sealed it.
    Carried(Box<Carried>),
}

/// The connections that an opened bundle or a plain JSON text names. `sealed`: only what was sealed may carry a whole
/// grant; a plain text with one was never written by us.
pub(crate) fn entries(text: &Zeroizing<Vec<u8>>, sealed: bool) -> Result<Vec<Entry>, BundleError> {
    if text.len() > json::LARGEST {
        return Err(BundleError::TooLarge);
    }
    let head = json::check(text)?;
    let entries: Vec<Entry> = if sealed && head.is_bundle() {
        carried::read(text, &head)?.into_iter().map(|one| Entry::Carried(Box::new(one))).collect()
    } else if head.is_bundle() {
        return Err(BundleError::Unsealed);
    } else {
        // A sealed list is as good as a plain one.
        given::read(text)?.into_iter().map(|one| Entry::Given(Box::new(one))).collect()
    };
    if entries.is_empty() {
        return Err(BundleError::Nothing);
    }
    Ok(entries)
}
