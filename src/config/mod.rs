//! The settings of one profile: a TOML file that people edit too, so comments survive our changes.

pub(crate) mod change;
pub(crate) mod keys;
mod kind;
pub(crate) mod rule;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml_edit::{DocumentMut, Item, Value};

use crate::duration;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {}: {cause}", .path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{} is not valid: {why}", .path.display())]
    Invalid { path: PathBuf, why: String },
    #[error("there is no setting `{0}`")]
    UnknownKey(String),
    #[error("`{key}` cannot be set: {why}")]
    BadValue { key: String, why: String },
    #[error(transparent)]
    Write(#[from] crate::vault::VaultError),
}

pub(crate) struct Config {
    path: PathBuf,
    document: DocumentMut,
}

impl Config {
    /// A file that is not there is an empty one; one that is wrong is refused as a whole.
    pub(crate) fn load(path: &Path) -> Result<Config, ConfigError> {
        Config::parse(path, &read(path)?)
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
        let config = Config::parse_unchecked(path, text)?;
        config.check()?;
        Ok(config)
    }

    /// For mending it: any TOML, whatever the settings in it are.
    fn parse_unchecked(path: &Path, text: &str) -> Result<Config, ConfigError> {
        let invalid = |why: String| ConfigError::Invalid { path: path.to_owned(), why };
        let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            let line = error.span().map_or(0, |span| crate::providers::line_of(text, span.start));
            invalid(format!("line {line}: {}", error.message()))
        })?;
        Ok(Config { path: path.to_owned(), document })
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let invalid = |why: String| ConfigError::Invalid { path: self.path.clone(), why };
        for (key, item) in self.entries() {
            let found = keys::find(&key).ok_or_else(|| invalid(format!("there is no setting `{key}`")))?;
            let value = item.as_value().ok_or_else(|| invalid(format!("`{key}` has the wrong type")))?;
            found.kind.accept(value).map_err(|why| invalid(format!("`{key}`: {why}")))?;
        }
        Ok(())
    }

    /// Every value that stands in the file, with its dotted key.
    fn entries(&self) -> Vec<(String, &Item)> {
        fn walk<'a>(prefix: &str, table: &'a dyn toml_edit::TableLike, found: &mut Vec<(String, &'a Item)>) {
            for (name, item) in table.iter() {
                let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
                match item.as_table_like() {
                    Some(inner) => walk(&key, inner, found),
                    None => found.push((key, item)),
                }
            }
        }
        let mut found = Vec::new();
        walk("", self.document.as_table(), &mut found);
        found
    }

    /// Keys that are set, in the order of the file.
    pub(crate) fn set_keys(&self) -> Vec<String> {
        self.entries().into_iter().map(|(key, _)| key).collect()
    }

    fn item(&self, key: &str) -> Option<&Item> {
        key.split('.').try_fold(self.document.as_item(), |item, step| item.get(step))
    }

    /// What stands in the file for this key, as typed.
    pub(crate) fn own(&self, key: &str) -> Option<String> {
        Some(match self.item(key)?.as_value()? {
            Value::String(text) => text.value().clone(),
            // `1_000` and a comment behind it are how it is written, not what it is.
            Value::Integer(number) => number.value().to_string(),
            other => other.clone().decorated("", "").to_string(),
        })
    }

    /// The value in force: the file's or the default.
    pub(crate) fn get(&self, key: &str) -> String {
        self.own(key).or_else(|| Some(keys::find(key)?.default.to_owned())).unwrap_or_default()
    }

    pub(crate) fn text(&self, key: &str) -> Option<String> {
        Some(self.get(key)).filter(|text| !text.is_empty())
    }

    pub(crate) fn duration(&self, key: &str) -> Duration {
        duration::parse(&self.get(key)).unwrap_or_default()
    }

    pub(crate) fn number(&self, key: &str) -> u64 {
        self.get(key).parse().unwrap_or_default()
    }

    /// The texts of a list, for a command, rules or names.
    pub(crate) fn command(&self, key: &str) -> Option<Vec<String>> {
        let words = self.item(key)?.as_array()?;
        Some(words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect())
    }

    /// A text counts as a list of one.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        match self.item(key) {
            Some(Item::Value(Value::Array(values))) => {
                values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
            }
            _ => self.text(key).into_iter().collect(),
        }
    }

    /// What stands for the `*` of these keys, in the order of the file.
    pub(crate) fn names_below(&self, prefix: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for key in self.set_keys() {
            let name = key.strip_prefix(prefix).and_then(|rest| rest.split('.').next());
            if let Some(name) = name.filter(|name| !names.iter().any(|known| known == name)) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Sets one key. Comments and order stay.
    pub(crate) fn set(&mut self, key: &str, text: &str) -> Result<(), ConfigError> {
        let found = keys::find(key).ok_or_else(|| ConfigError::UnknownKey(key.to_owned()))?;
        let value =
            found.kind.parse(text).map_err(|why| ConfigError::BadValue { key: key.to_owned(), why })?;
        let mut steps: Vec<&str> = key.split('.').collect();
        let last = steps.pop().unwrap_or_default();
        let mut table = self.document.as_table_mut() as &mut dyn toml_edit::TableLike;
        for step in steps {
            let mut fresh = toml_edit::Table::new();
            fresh.set_implicit(true);
            let item = table.entry(step).or_insert(Item::Table(fresh));
            table = item.as_table_like_mut().ok_or_else(|| ConfigError::BadValue {
                key: key.to_owned(),
                why: format!("`{step}` is not a table"),
            })?;
        }
        match table.get_mut(last).and_then(Item::as_value_mut) {
            // The decor holds the comment behind the value.
            Some(old) => {
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => {
                table.insert(last, Item::Value(value));
            }
        }
        Ok(())
    }

    /// Whether there was something to remove. What stands in the file can be removed even if it is no setting.
    pub(crate) fn unset(&mut self, key: &str) -> Result<bool, ConfigError> {
        if keys::find(key).is_none() && self.item(key).is_none() {
            return Err(ConfigError::UnknownKey(key.to_owned()));
        }
        let steps: Vec<&str> = key.split('.').collect();
        Ok(remove(self.document.as_table_mut(), &steps))
    }
}

/// One that is not there says nothing.
fn read(path: &Path) -> Result<String, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(cause) => Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
    }
}

/// A table that this leaves empty goes too, unless a comment stands above it.
fn remove(table: &mut dyn toml_edit::TableLike, steps: &[&str]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return false };
    if rest.is_empty() {
        return table.remove(step).is_some();
    }
    let Some(item) = table.get_mut(step) else { return false };
    let removed = item.as_table_like_mut().is_some_and(|inner| remove(inner, rest));
    let is_bare = match item {
        Item::Table(inner) => {
            let above = inner.decor().prefix().and_then(toml_edit::RawString::as_str).unwrap_or_default();
            inner.is_empty() && above.trim().is_empty()
        }
        _ => false,
    };
    if removed && is_bare {
        table.remove(step);
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(Path::new("config.toml"), text)
    }

    #[test]
    fn comments_and_order_survive_a_change() {
        let text = "# mine\n[limits]\ntries = 2 # patience\n\n[vault]\nkind = \"file\"\n";
        let mut config = parse(text).unwrap();
        config.set("limits.tries", "5").unwrap();
        config.set("client.google.id", "abc").unwrap();
        let after = config.document.to_string();
        assert!(after.starts_with("# mine\n[limits]\ntries = 5 # patience\n"), "{after}");
        assert!(after.contains("[client.google]\nid = \"abc\""), "{after}");
        assert!(config.unset("client.google.id").unwrap());
        assert!(!config.unset("client.google.id").unwrap());
        let bare = "# mine\n[limits]\ntries = 5 # patience\n\n[vault]\nkind = \"file\"\n";
        assert_eq!(config.document.to_string(), bare);
    }

    #[test]
    fn only_an_empty_table_without_a_comment_goes() {
        let text =
            "# why\n[client.a]\nid = \"1\"\n\n[client.b]\nid = \"2\"\nport = 3\n\n[client.c]\nid = \"4\"\n";
        let mut config = parse(text).unwrap();
        for key in ["client.a.id", "client.b.id", "client.c.id"] {
            assert!(config.unset(key).unwrap());
        }
        assert_eq!(config.document.to_string(), "# why\n[client.a]\n\n[client.b]\nport = 3\n");
    }

    #[test]
    fn a_value_is_read_without_the_comment_behind_it() {
        let config =
            parse("[limits]\ntries = 2 # patience\nanswer = 1_000_000\n[notify]\ncommand = [\"a\"] # b\n")
                .unwrap();
        assert_eq!(config.number("limits.tries"), 2);
        assert_eq!(config.number("limits.answer"), 1_000_000);
        assert_eq!(config.get("notify.command"), "[\"a\"]");
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_key_or_line() {
        for (text, expected) in [
            ("[limits]\ntries = 99\n", "1 to 10"),
            ("[limits]\nspeed = 1\n", "limits.speed"),
            ("\n\n[limits\n", "line 3"),
            ("vault = 3\n", "`vault`"),
        ] {
            let error = parse(text).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
