//! The provider file that comes with an entry. It says where tokens go, and whoever sealed the bundle may be a stranger: it
//! never changes where the tokens go that are here already.

use std::fs;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::log;
use crate::providers::{Catalogue, Provider};
use crate::schedule::shell_word;
use crate::vault::Grant;
use crate::vault::private::write_private;

/// The file that is to be written here, if any; one that is not believed is refused.
pub(super) fn wanted(app: &App, grant: &Grant, brought: Option<String>) -> Result<Option<String>, Error> {
    let (name, Some(text)) = (&grant.provider, brought) else { return Ok(None) };
    if is_here(app, name, &text)? {
        return Ok(None);
    }
    let path = app.catalogue().path_of(name).display().to_string();
    // It would name the server that the token of another connection goes to.
    let leans = grant.via().is_some();
    if leans || is_used(app, name)? {
        return Err(Error::new(
            Kind::Unsafe,
            format!("the bundle brings a file for {name} that is not here: it could send tokens elsewhere that are here already"),
        )
        .help(format!("if it is right, copy {name}.toml from the other machine to {path}, then import again")));
    }
    Ok(Some(text))
}

/// Whether this file is here. Another one in its place is refused: the token would go where it did not before.
fn is_here(app: &App, name: &str, text: &str) -> Result<bool, Error> {
    let Some(own) = app.catalogue().own_file(name)? else { return Ok(false) };
    if own.lines().eq(text.lines()) {
        return Ok(true);
    }
    let path = app.catalogue().path_of(name).display().to_string();
    Err(Error::new(Kind::Unsafe, format!("{path} differs from the file for {name} that the bundle brings"))
        .help(format!(
            "make the two the same, or take the one of the bundle: mv {path} {path}.old, then import again",
            path = shell_word(&path)
        )))
}

/// Whether a file for this provider would change where something goes that is here already. A built-in one needs no file to
/// be connected or set up, in another profile too.
fn is_used(app: &App, name: &str) -> Result<bool, Error> {
    let grants = app.vault()?.grants()?;
    let has_it = |grant: &Grant| grant.provider == name;
    if grants.iter().any(|(_, grant)| grant.as_ref().is_ok_and(has_it)) {
        return Ok(true);
    }
    if !Catalogue::is_built_in(name) {
        return Ok(false);
    }
    let provider = app.catalogue().provider(name)?;
    Ok(app.client_id(&provider)? != provider.client_id || app.paths.has_other_profiles())
}

/// Whether it was written: the entry before may have done it. What `--issuer` describes is the same server in other words.
pub(super) fn write(app: &App, provider: &Provider, text: &str, carried: bool) -> Result<bool, Error> {
    let described = !carried && app.catalogue().own_file(&provider.name)?.is_some();
    if described || is_here(app, &provider.name, text)? {
        return Ok(false);
    }
    let path = app.catalogue().path_of(&provider.name);
    write_private(&path, text.as_bytes())?;
    let base = provider.issuer.as_deref().unwrap_or(provider.api_base());
    let path = path.display();
    app.out.say(match Catalogue::is_built_in(&provider.name) {
        true => format!("Wrote {path}: it changes what is built in for {} ({base}).", provider.name),
        false => format!("Wrote {path}: {} is a provider now ({base}).", provider.name),
    });
    Ok(true)
}

/// Of a grant that was refused nothing stays.
pub(super) fn withdraw(app: &App, name: &str, text: &str) {
    if !is_here(app, name, text).unwrap_or(false) {
        return;
    }
    if let Err(cause) = fs::remove_file(app.catalogue().path_of(name)) {
        log::info(&format!("the provider file was not removed: {cause}"));
    }
}
