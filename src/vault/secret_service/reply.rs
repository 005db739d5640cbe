//! What came back. The only place that reads message bodies, because of the order that must be kept: rustbus reads arrays
//! without looking whether they fit, so everything is validated against the signature we expect before it is read.

use rustbus::signature::Type;
use rustbus::wire::unmarshal::UnmarshalContext;
use rustbus::wire::util::unmarshal_signature;
use rustbus::wire::validate_raw::validate_marshalled;
use rustbus::{ByteOrder, Unmarshal};
use zeroize::Zeroizing;

use super::KeychainError;

pub(super) struct Reply {
    pub(super) signature: String,
    pub(super) order: ByteOrder,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Reply {
    /// The whole body. Arguments lie as the fields of a struct do, so several are read as a tuple.
    pub(super) fn read<'b, T: Unmarshal<'b, 'b>>(&'b self, signature: &str) -> Result<T, KeychainError> {
        if self.signature != signature {
            return Err(unexpected());
        }
        self.at(0, &format!("({signature})"))
    }

    /// The one argument of the answer to `Properties.Get`.
    pub(super) fn property<'b, T: Unmarshal<'b, 'b>>(&'b self, signature: &str) -> Result<T, KeychainError> {
        let (found, offset) = self.variant()?;
        if found != signature {
            return Err(unexpected());
        }
        self.at(offset, signature)
    }

    /// The session behind the output of the key agreement, which is empty for a plain session.
    pub(super) fn session(&self) -> Result<&str, KeychainError> {
        let (output, offset) = self.variant()?;
        if self.signature != "vo" {
            return Err(unexpected());
        }
        let end = offset + self.validate(offset, output)?;
        self.at(end, "o")
    }

    /// Whether the person turned the prompt away; what else it says is not needed.
    pub(super) fn dismissed(&self) -> Result<bool, KeychainError> {
        if !self.signature.starts_with('b') {
            return Err(unexpected());
        }
        self.at(0, "b")
    }

    /// The text of an error, where there is one.
    pub(super) fn message(&self) -> &str {
        if self.signature.starts_with('s') { self.at(0, "s").unwrap_or_default() } else { "" }
    }

    /// The signature of the variant at the start of the body and where its value begins.
    /// Variants within variants are never needed, and a deep nest of them would exhaust the stack of the validation.
    fn variant(&self) -> Result<(&str, usize), KeychainError> {
        let (length, inner) = unmarshal_signature(&self.body).map_err(|_| unexpected())?;
        if !self.signature.starts_with('v') || inner.contains('v') {
            return Err(unexpected());
        }
        Ok((inner, length))
    }

    fn at<'b, T: Unmarshal<'b, 'b>>(&'b self, offset: usize, signature: &str) -> Result<T, KeychainError> {
        self.validate(offset, signature)?;
        let mut context = UnmarshalContext { fds: &[], buf: &self.body, byteorder: self.order, offset };
        let (_, value) = T::unmarshal(&mut context).map_err(|_| unexpected())?;
        Ok(value)
    }

    fn validate(&self, offset: usize, signature: &str) -> Result<usize, KeychainError> {
        let types = Type::parse_description(signature).map_err(|_| unexpected())?;
        match types.as_slice() {
            [one] if offset <= self.body.len() => {
                validate_marshalled(self.order, offset, &self.body, one).map_err(|_| unexpected())
            }
            _ => Err(unexpected()),
        }
    }
}

fn unexpected() -> KeychainError {
    KeychainError::broken("an answer has another form than the standard says")
}
