//! Provider files that are written here: of a server that is known by its issuer alone, where discovery tells the rest,
//! and of one that a person described.

use toml_edit::{Array, DocumentMut, Item, Table, value};

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

/// The file of a provider that a person described, by its keys. Scopes are one text with spaces.
pub(crate) fn provider_file<'a>(answers: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut file = DocumentMut::new();
    let mut whoami = Table::new();
    for (key, answer) in answers {
        match key.split_once('.') {
            Some((_, below)) => drop(whoami.insert(below, value(answer))),
            None if key == "scopes" => {
                drop(file.insert(key, value(answer.split_whitespace().collect::<Array>())));
            }
            None => drop(file.insert(key, value(answer))),
        }
    }
    if !whoami.is_empty() {
        file.insert("whoami", Item::Table(whoami));
    }
    file.to_string()
}
