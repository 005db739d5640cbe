//! The provider file of a server that is known by its issuer alone: discovery tells the rest.

use toml_edit::{Array, DocumentMut, value};

use super::schema::{ClientAuth, Provider};

pub(crate) fn issuer_file(provider: &Provider) -> String {
    let mut file = DocumentMut::new();
    file.insert("title", value(&provider.title));
    let texts =
        [("issuer", &provider.issuer), ("resource", &provider.resource), ("api-url", &provider.api_url)];
    for (key, text) in texts {
        if let Some(text) = text {
            file.insert(key, value(text));
        }
    }
    match provider.client_auth {
        ClientAuth::None => drop(file.insert("client-auth", value("none"))),
        ClientAuth::Basic => drop(file.insert("client-auth", value("basic"))),
        ClientAuth::Body => {}
    }
    file.insert("refresh", value("rotating"));
    file.insert("scopes", value(provider.scopes.iter().collect::<Array>()));
    file.to_string()
}
