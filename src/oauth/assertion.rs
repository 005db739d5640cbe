//! The assertion of a machine (RFC 7523): a JWT that a private key signs with RS256. rustls signs: it is here anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::Signer;
use serde_json::json;
use url::Url;

use crate::clock;
use crate::providers::JwtBearer;
use crate::vault::{Machine, MachineKey, Secret};

/// No assertion is good for longer, whatever the provider file says (seconds): Google refuses more.
const LONGEST: i64 = 3_600;

/// What is wrong with a key; never its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("it holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`)")]
    NoKey,
    #[error("its private key is locked with a passphrase")]
    Locked,
    #[error("its private key is damaged, or is shorter than 2048 bits")]
    Damaged,
    #[error("its private key is not an RSA key")]
    NotRsa,
}

/// Whether a key can sign; asked before it is stored.
pub(crate) fn check_key(pem: &Secret) -> Result<(), KeyError> {
    signer(pem).map(drop)
}

fn signer(pem: &Secret) -> Result<Box<dyn Signer>, KeyError> {
    let text = pem.expose();
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(KeyError::Locked);
    }
    let der = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| KeyError::NoKey)?;
    let key = any_supported_type(&der).map_err(|_| match der {
        PrivateKeyDer::Sec1(_) => KeyError::NotRsa,
        _ => KeyError::Damaged,
    })?;
    key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).ok_or(KeyError::NotRsa)
}

/// The assertion that asks `endpoint` for a token.
pub(super) fn assertion(
    rules: &JwtBearer,
    machine: &Machine,
    key: &MachineKey,
    endpoint: &Url,
    separator: &str,
) -> Result<Secret, KeyError> {
    let signer = signer(&key.pem)?;
    let life = rules.life.as_deref().and_then(|life| crate::duration::parse(life).ok());
    let life = life.and_then(|life| i64::try_from(life.as_secs()).ok()).unwrap_or(LONGEST).clamp(1, LONGEST);
    let now = clock::now();
    let mut header = json!({"alg": "RS256", "typ": "JWT"});
    let mut claims = json!({
        "iss": key.issuer,
        "aud": rules.audience.as_deref().unwrap_or(endpoint.as_str()),
        "iat": now,
        "exp": now + life,
    });
    if let (Some(id), Some(header)) = (&key.id, header.as_object_mut()) {
        header.insert("kid".into(), id.as_str().into());
    }
    if let Some(claims) = claims.as_object_mut() {
        if let Some(subject) = &key.subject {
            claims.insert("sub".into(), subject.as_str().into());
        }
        if rules.scope_claim && !machine.scopes.is_empty() {
            claims.insert("scope".into(), machine.scopes.join(separator).into());
        }
    }
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let signed =
        format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = signer.sign(signed.as_bytes()).map_err(|_| KeyError::Damaged)?;
    Ok(Secret::new(format!("{signed}.{}", encode(&signature))))
}

#[cfg(test)]
mod tests;
