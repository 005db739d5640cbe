//! The provider file of a server that is known by its issuer alone: discovery tells the rest.

/// `public`: the client has no secret.
pub(crate) fn issuer_file(title: &str, issuer: &str, scopes: &[String], public: bool) -> String {
    let mut file = toml_edit::DocumentMut::new();
    file.insert("title", toml_edit::value(title));
    file.insert("issuer", toml_edit::value(issuer));
    if public {
        file.insert("client-auth", toml_edit::value("none"));
    }
    file.insert("refresh", toml_edit::value("rotating"));
    file.insert("scopes", toml_edit::value(scopes.iter().collect::<toml_edit::Array>()));
    file.to_string()
}
