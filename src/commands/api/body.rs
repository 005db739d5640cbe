//! What a request carries.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;

use crate::error::Error;

/// A larger body has to be streamed, and this command does not (bytes).
const LARGEST: u64 = 64 << 20;

pub(super) enum Body {
    None,
    Json(Value),
    Bytes(Vec<u8>),
}

impl Body {
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Body::None => Vec::new(),
            Body::Json(document) => document.to_string().into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }

    /// Puts a field into a JSON object; `false` where the body is none.
    pub(super) fn set(&mut self, name: &str, value: &str) -> bool {
        if let Body::Bytes(bytes) = self
            && let Ok(document @ Value::Object(_)) = serde_json::from_slice(bytes)
        {
            *self = Body::Json(document);
        }
        match self {
            Body::Json(Value::Object(fields)) => {
                fields.insert(name.to_owned(), value.into());
                true
            }
            _ => false,
        }
    }
}

/// A file, or standard input for `-`.
pub(in crate::commands) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let shown = if path == "-" { "standard input".to_owned() } else { path.display().to_string() };
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if path == "-" {
            io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)?;
        } else {
            File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    let bytes = read().map_err(|cause| Error::usage(format!("cannot read {shown}: {cause}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::usage(format!("{shown} is larger than {LARGEST} bytes")));
    }
    Ok(bytes)
}
