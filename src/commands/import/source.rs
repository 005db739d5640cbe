//! Where an import comes from, and what it holds once it is opened.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::app::{App, environment, vault_key};
use crate::bundle::{self, BundleError, Entry, Form, Given, Key, LARGEST_INPUT};
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::secret_from_descriptor;
use crate::vault::{Bytes, Secret};

pub(super) enum Source {
    File(PathBuf),
    Stdin,
    Environment(Secret),
}

impl Source {
    /// `NAME FILE`, `NAME`, `FILE` or nothing. No message repeats an argument: it may be a token in the wrong place.
    /// `coined`: NAME may be that of a provider that nobody knows yet.
    pub(super) fn of(
        app: &App,
        first: Option<OsString>,
        second: Option<OsString>,
        coined: bool,
    ) -> Result<(Option<Name>, Source), Error> {
        let (name, file) = match (first, second) {
            (Some(name), Some(file)) => (Some(name), Some(file)),
            (Some(one), None) if is_file(app, &one, coined) => (None, Some(one)),
            (one, _) => (one, None),
        };
        let name = name.map(|text| {
            let parsed = text.to_str().unwrap_or_default().parse::<Name>();
            parsed.map_err(|rule| Error::usage(format!("NAME is not a connection's name: {rule}")))
        });
        let source = match file {
            Some(file) if file == "-" => Source::Stdin,
            Some(file) => Source::File(file.into()),
            None => match environment::secret("INTEG_IMPORT") {
                Some(text) => Source::Environment(text),
                None if io::stdin().is_terminal() => {
                    return Err(Error::usage(
                        "there is nothing to import: give a FILE, standard input or INTEG_IMPORT",
                    )
                    .help("integ import NAME < FILE; integ import --help shows the forms"));
                }
                None => Source::Stdin,
            },
        };
        Ok((name.transpose()?, source))
    }

    fn read(self) -> Result<Bytes, Error> {
        let failed = |cause: io::Error| match cause.kind() {
            io::ErrorKind::NotFound => Error::usage("there is no such file to import").help(
                "a token never goes on the command line: integ import NAME < FILE; \
                     a NAME with a `.` or `/` of no known provider: integ import NAME -",
            ),
            _ => Error::usage(format!("what is to be imported cannot be read: {cause}")),
        };
        match self {
            Source::File(path) => bounded(File::open(path).map_err(failed)?).map_err(failed),
            Source::Stdin => bounded(io::stdin().lock()).map_err(failed),
            Source::Environment(text) => Ok(Zeroizing::new(text.expose().as_bytes().to_vec())),
        }
    }
}

/// A single argument that is `-`, that cannot be a name, or that names no provider: a file that is there, or one that is
/// mistyped, by its `.` or `/`. What standard input holds must not become a connection called like a file.
fn is_file(app: &App, argument: &OsString, coined: bool) -> bool {
    let Some(name) = argument.to_str().and_then(|text| text.parse::<Name>().ok()) else { return true };
    let catalogue = app.catalogue();
    if catalogue.provider(name.head()).is_ok() || catalogue.provider_of_service(name.head()).is_some() {
        return false;
    }
    let is_connected =
        || app.vault().is_ok_and(|vault| vault.grant(&name).is_ok_and(|grant| grant.is_some()));
    let looks_like_one = !coined && name.as_str().contains(['.', '/']);
    Path::new(argument).is_file() || looks_like_one && !is_connected()
}

/// One byte more than is accepted is enough to know.
fn bounded(from: impl Read) -> io::Result<Bytes> {
    let mut input = Zeroizing::new(Vec::new());
    from.take(LARGEST_INPUT + 1).read_to_end(&mut input)?;
    Ok(input)
}

pub(super) fn entries(app: &App, source: Source, passphrase_fd: Option<u32>) -> Result<Vec<Entry>, Error> {
    match Form::of(source.read()?)? {
        Form::Token(token) => Ok(vec![Entry::Given(Box::new(Given::bare(token)))]),
        Form::Json(text) => Ok(bundle::entries(&text, false)?),
        Form::Sealed(sealed) => Ok(bundle::entries(&unseal(app, &sealed, passphrase_fd)?, true)?),
    }
}

fn unseal(app: &App, sealed: &[u8], passphrase_fd: Option<u32>) -> Result<Bytes, Error> {
    if !bundle::sealed_for(sealed)? {
        return Ok(bundle::open(sealed, &Key::Identity(&vault_key(app)?.identity))?);
    }
    // Where nothing can be stored, nobody is asked for what is not needed.
    app.vault()?.grants()?;
    if let Some(number) = passphrase_fd {
        let passphrase = secret_from_descriptor(number).map_err(|cause| {
            Error::usage(format!("the passphrase cannot be read from descriptor {number}: {cause}"))
        })?;
        return Ok(bundle::open(sealed, &Key::Passphrase(&passphrase))?);
    }
    if !app.prompt.is_allowed() {
        return Err(Error::new(
            Kind::InteractionNeeded,
            "the bundle is sealed to a passphrase, and nobody is there to type it",
        )
        .help("integ import --passphrase-fd 3 FILE 3< PASSPHRASE-FILE"));
    }
    for _ in 0..2 {
        match bundle::open(sealed, &Key::Passphrase(&app.prompt.secret("Passphrase")?)) {
            Err(BundleError::WrongPassphrase) => app.out.warn("that did not open it; try again"),
            outcome => return Ok(outcome?),
        }
    }
    Ok(bundle::open(sealed, &Key::Passphrase(&app.prompt.secret("Passphrase")?))?)
}

/// With a name: the only entry gets it; of several, the one that has it is taken.
pub(super) fn selected(entries: Vec<Entry>, name: Option<&Name>) -> Result<Vec<Entry>, Error> {
    let Some(name) = name.filter(|_| entries.len() > 1) else { return Ok(entries) };
    let total = entries.len();
    let is_it = |entry: &Entry| match entry {
        Entry::Given(given) => given.name.as_ref() == Some(name),
        Entry::Carried(carried) => carried.name == name.as_str(),
    };
    let found: Vec<Entry> = entries.into_iter().filter(is_it).collect();
    if found.is_empty() {
        return Err(Error::usage(format!("none of the {total} connections is called `{name}`"))
            .help("without NAME, all of them are imported"));
    }
    Ok(found)
}
