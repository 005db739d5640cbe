//! A strict provider of tokens for machines: signature and claims are checked to the letter (RFC 7523, RFC 6749 §4.4).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use serde_json::{Map, Value, json};

use super::wire::{Request, form};

pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What an assertion must say, all of it and no more.
#[derive(Clone)]
pub(crate) struct Rules {
    /// RSAPublicKey.
    pub(crate) public: Vec<u8>,
    pub(crate) key_id: Option<String>,
    pub(crate) issuer: String,
    pub(crate) subject: Option<String>,
    pub(crate) audience: String,
    pub(crate) scope: Option<String>,
    pub(crate) life: i64,
}

impl Rules {
    pub(crate) fn judge(&self, request: &Request) -> Result<(), String> {
        let fields: Vec<String> = form(&request.body).into_iter().map(|(key, _)| key).collect();
        if fields != ["grant_type", "assertion"] {
            return Err(format!("the form has {fields:?}"));
        }
        if request.header("authorization").is_some() {
            return Err("somebody authenticates besides".into());
        }
        let token = request.field("assertion").unwrap_or_default();
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else { return Err("it is no JWT".into()) };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|error| error.to_string());
        self.verify(format!("{header}.{claims}").as_bytes(), &decode(signature)?)?;
        let object =
            |bytes: Vec<u8>| serde_json::from_slice::<Map<String, Value>>(&bytes).map_err(|e| e.to_string());
        let mut expected = Map::from_iter([("alg".into(), json!("RS256")), ("typ".into(), json!("JWT"))]);
        if let Some(id) = &self.key_id {
            expected.insert("kid".into(), json!(id));
        }
        let header = object(decode(header)?)?;
        if header != expected {
            return Err(format!("the header is {header:?}"));
        }
        self.judge_claims(object(decode(claims)?)?)
    }

    fn judge_claims(&self, mut claims: Map<String, Value>) -> Result<(), String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
        let mut time = |name: &str| claims.remove(name).and_then(|v| v.as_i64()).ok_or(format!("no {name}"));
        let (iat, exp) = (time("iat")?, time("exp")?);
        if (iat - now).abs() > 60 || exp - iat != self.life {
            return Err(format!("now {now}, iat {iat}, exp {exp}"));
        }
        let mut expected =
            Map::from_iter([("iss".into(), json!(self.issuer)), ("aud".into(), json!(self.audience))]);
        for (name, value) in [("sub", &self.subject), ("scope", &self.scope)] {
            if let Some(value) = value {
                expected.insert(name.into(), json!(value));
            }
        }
        if claims == expected { Ok(()) } else { Err(format!("claims {claims:?}, not {expected:?}")) }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), String> {
        let provider = rustls::crypto::ring::default_provider();
        let mapping = provider.signature_verification_algorithms.mapping;
        let rs256 = mapping.iter().find(|(scheme, _)| *scheme == SignatureScheme::RSA_PKCS1_SHA256);
        let (_, algorithms) = rs256.ok_or("rustls cannot verify RS256")?;
        let verified =
            algorithms.iter().any(|a| a.verify_signature(&self.public, message, signature).is_ok());
        if verified { Ok(()) } else { Err("the signature is not that of the key".into()) }
    }
}
