//! A method call on its way out. The body lives in memory that is wiped, which is why it is not built inside rustbus.

use rustbus::wire::marshal::{MarshalContext, marshal};
use rustbus::wire::{ObjectPath, SignatureWrapper};
use rustbus::{ByteOrder, Marshal, MessageBuilder};
use zeroize::Zeroizing;

use super::{Attributes, KeychainError};

pub(super) const BUS: &str = "org.freedesktop.DBus";
pub(super) const KEYCHAIN: &str = "org.freedesktop.secrets";

pub(super) struct Call<'a> {
    pub(super) to: &'static str,
    pub(super) path: &'a str,
    pub(super) interface: &'static str,
    pub(super) member: &'static str,
    pub(super) body: Body,
}

impl Call<'_> {
    /// rustbus writes the header; from the body it needs the length and the signature only, so it gets zeroes of that length.
    pub(super) fn header(&self, serial: u32) -> Result<Vec<u8>, KeychainError> {
        let mut message = MessageBuilder::new()
            .call(self.member)
            .with_interface(self.interface)
            .on(self.path)
            .at(self.to)
            .build();
        message.body = rustbus::message_builder::MarshalledMessageBody::from_parts(
            vec![0; self.body.bytes.len()],
            Vec::new(),
            self.body.signature.to_owned(),
            ByteOrder::LittleEndian,
        );
        let mut header = Vec::with_capacity(256);
        marshal(&message, serial, &mut header).map_err(unwritable)?;
        Ok(header)
    }
}

pub(super) struct Body {
    signature: &'static str,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

impl Body {
    pub(super) fn empty() -> Self {
        Self { signature: "", bytes: Zeroizing::new(Vec::new()) }
    }

    /// `capacity` must hold all that follows a secret and the secret itself: growing later would leave a copy behind.
    pub(super) fn new(signature: &'static str, capacity: usize) -> Self {
        Self { signature, bytes: Zeroizing::new(Vec::with_capacity(capacity)) }
    }

    pub(super) fn push(&mut self, value: impl Marshal) -> Result<(), KeychainError> {
        let mut descriptors = Vec::new();
        let mut context = MarshalContext {
            fds: &mut descriptors,
            buf: &mut self.bytes,
            byteorder: ByteOrder::LittleEndian,
        };
        value.marshal(&mut context).map_err(unwritable)
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), KeychainError> {
        if text.contains('\0') {
            return Err(KeychainError::broken("a text for the keychain holds a NUL"));
        }
        self.push(text)
    }

    pub(super) fn path(&mut self, path: &str) -> Result<(), KeychainError> {
        self.push(object(path)?)
    }

    pub(super) fn paths<'p>(&mut self, paths: impl Iterator<Item = &'p str>) -> Result<(), KeychainError> {
        let paths = paths.map(object).collect::<Result<Vec<_>, _>>()?;
        self.push(paths.as_slice())
    }

    pub(super) fn variant_of(&mut self, signature: &str) -> Result<(), KeychainError> {
        self.push(SignatureWrapper::new(signature).map_err(unwritable)?)
    }

    pub(super) fn attributes(&mut self, attributes: &Attributes) -> Result<(), KeychainError> {
        self.dict(|dict| {
            for (name, value) in attributes {
                dict.key(name)?;
                dict.text(value)?;
            }
            Ok(())
        })
    }

    /// rustbus writes dictionaries from hash maps only; a few pairs need no hashing.
    pub(super) fn dict(
        &mut self,
        entries: impl FnOnce(&mut Self) -> Result<(), KeychainError>,
    ) -> Result<(), KeychainError> {
        self.push(0_u32)?;
        let head = self.bytes.len();
        self.align();
        let start = self.bytes.len();
        entries(self)?;
        let length = u32::try_from(self.bytes.len() - start).map_err(unwritable)?;
        if let Some(place) = self.bytes.get_mut(head - 4..head) {
            place.copy_from_slice(&length.to_le_bytes());
        }
        Ok(())
    }

    pub(super) fn key(&mut self, name: &str) -> Result<(), KeychainError> {
        self.align();
        self.text(name)
    }

    fn align(&mut self) {
        let length = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(length, 0);
    }
}

pub(super) fn object(path: &str) -> Result<ObjectPath<&str>, KeychainError> {
    ObjectPath::new(path).map_err(unwritable)
}

/// The reason is left out on purpose: it may quote what was to be written.
fn unwritable<E>(_: E) -> KeychainError {
    KeychainError::broken("a message for the keychain could not be written")
}
