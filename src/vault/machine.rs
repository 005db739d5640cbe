//! What a grant without a person is made of: it has no refresh token and is asked for anew.

use serde::{Deserialize, Serialize};

use super::secret::{Secret, sealed};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Machine {
    /// What is asked for each time: an answer may have granted less.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What signs the request (RFC 7523); absent: the client asks with its own secret (RFC 6749 §4.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<MachineKey>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MachineKey {
    /// The private key, as PEM.
    #[serde(serialize_with = "sealed")]
    pub pem: Secret,
    /// The name by which the provider knows it.
    #[serde(default)]
    pub id: Option<String>,
    /// `iss`: the service account or the client.
    pub issuer: String,
    /// `sub`: for whom it acts.
    #[serde(default)]
    pub subject: Option<String>,
}

impl Machine {
    /// For a table and for a script.
    pub(crate) fn renewal(&self) -> (&'static str, &'static str) {
        match self.key {
            Some(_) => ("signed anew", "each token is asked for with a request that the key signs"),
            None => ("asked anew", "each token is asked for with the client's secret"),
        }
    }
}
