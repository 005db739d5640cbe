//! What the program's own page has beyond its commands.

use std::io;

use clap_mangen::roff::{Roff, bold, roman};

use super::entry::entry;
use super::json;
use crate::config::keys::{KEYS, Key};
use crate::error::EXIT_CODES;

const ENVIRONMENT: &[(&str, &str)] = &[
    ("INTEG_PROFILE", "the profile, where --profile is not given"),
    ("INTEG_VAULT", "keychain or file: where secrets live, whatever the settings say"),
    ("INTEG_VAULT_KEY", "the key of the file vault, an age identity (AGE-SECRET-KEY-1...)"),
    ("INTEG_VAULT_KEY_FILE", "a file with that key (mode 0600)"),
    ("INTEG_IMPORT", "what `integ import` imports when it is given nothing else"),
    ("INTEG_LOG", "info, debug or json: how much is told, and how"),
    ("INTEG_<PROVIDER>_CLIENT_ID", "the OAuth client of a provider; what is not a letter or digit becomes _"),
    ("INTEG_<PROVIDER>_CLIENT_SECRET", "its secret"),
    ("BROWSER", "the program that opens addresses"),
    ("NO_COLOR", "no colours, unless --color asks for them"),
    ("CI", "nobody is there to answer, unless it is false or 0"),
    ("SSL_CERT_FILE", "the certificates to trust instead of the system's"),
    ("HTTPS_PROXY, NO_PROXY", "the way to providers; this machine itself is always reached directly"),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, HOME", "where the files below are"),
];

const FILES: &[(&str, &str)] = &[
    ("$XDG_CONFIG_HOME/integ/config.toml", "settings (~/.config where the variable is not set)"),
    (
        "$XDG_CONFIG_HOME/integ/providers/NAME.toml",
        "a provider, or changes to a built-in one; for all profiles",
    ),
    ("$XDG_CONFIG_HOME/integ/vault.key", "the key of the file vault, made by `integ vault init`"),
    ("$XDG_DATA_HOME/integ/vault/", "the file vault: one age file for each secret (~/.local/share)"),
    ("$XDG_DATA_HOME/integ/index.db", "what is known without secrets: checks, errors, history"),
    ("integ/profiles/NAME/", "in both places: the same for another profile"),
];

pub(super) fn write(to: &mut dyn io::Write) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        entry(&mut roff, &code.to_string(), meaning);
    }
    entry(&mut roff, "128+n", "ended by signal n");
    section(&mut roff, "ENVIRONMENT", ENVIRONMENT);
    section(&mut roff, "FILES", FILES);
    roff.control("SH", ["CONFIGURATION"]);
    roff.text([
        roman("Set by "),
        bold("integ config set KEY VALUE"),
        roman(" or in the file. Durations are seconds, or 30s 5m 2h 30d."),
    ]);
    KEYS.iter().for_each(|key| entry(&mut roff, key.name, &meaning(key)));
    json::write(&mut roff);
    roff.to_writer(to)
}

fn section(roff: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [title]);
    entries.iter().for_each(|(name, meaning)| entry(roff, name, meaning));
}

fn meaning(key: &Key) -> String {
    let default = if key.default.is_empty() { String::new() } else { format!(" (default {})", key.default) };
    format!("{}; {}{default}", key.doc, key.kind.accepts())
}
