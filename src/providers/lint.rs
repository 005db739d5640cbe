//! What is wrong with a provider file: everything at once, each with its line.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::catalogue::{self, Catalogue};
use super::file::{line_of, merge, of_table};
use super::schema::Provider;
use super::{ProviderError, meaning};
use crate::error::nearest;

#[derive(Debug)]
pub(crate) struct Problem {
    /// Where the person's own file has it, counted from 1.
    pub line: Option<usize>,
    /// `whoami.path`; empty: the file as a whole.
    pub key: String,
    pub what: String,
}

pub(crate) struct Report {
    pub origin: String,
    pub problems: Vec<Problem>,
    /// Keys of the built-in file that a person's own replaces.
    pub overrides: Vec<String>,
    /// What can be made of it.
    pub provider: Provider,
}

/// Line numbers by key: `whoami.path`.
type Lines = BTreeMap<String, usize>;

impl Catalogue {
    pub(crate) fn lint(&self, name: &str) -> Result<Report, ProviderError> {
        let own = self.own_file(name)?;
        self.lint_of(name, own.as_deref())
    }

    /// As if the person's own file were this.
    pub(super) fn lint_of(&self, name: &str, own: Option<&str>) -> Result<Report, ProviderError> {
        let built_in = catalogue::built_in(name);
        if own.is_none() && built_in.is_none() {
            return Err(ProviderError::Unknown { name: name.to_owned(), known: self.names() });
        }
        let mut merged =
            built_in.and_then(|text| DeTable::parse(text).ok()).map(Spanned::into_inner).unwrap_or_default();
        let mut problems = Vec::new();
        let mut lines = Lines::new();
        let mut overrides = Vec::new();
        if let Some(text) = own {
            let sound = shape(text, &mut problems, &mut lines);
            overrides = common(&merged, &sound, "");
            merge(&mut merged, sound);
        }
        let provider = of_table(merged).unwrap_or_default();
        let path = self.path_of(name).display().to_string();
        let origin = match (built_in, own) {
            (Some(_), None) => "built in".to_owned(),
            (Some(_), Some(_)) => format!("built in + {path}"),
            (None, _) => path,
        };
        let provider = Provider { name: name.to_owned(), origin: origin.clone(), ..provider };
        let line = |key: &str| lines.get(key).or_else(|| lines.get(key.rsplit_once('.')?.0)).copied();
        for (key, what) in meaning::faults(&provider) {
            problems.push(Problem { line: line(&key), key, what });
        }
        // What the catalogue refuses is never called sound here.
        if problems.is_empty()
            && let Err(ProviderError::Invalid { why, .. }) = self.with_own(name, own)
        {
            problems.push(Problem { line: None, key: String::new(), what: why });
        }
        problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        Ok(Report { origin, problems, overrides, provider })
    }
}

/// What of the text is a provider file. What is not is named and left out, so that the rest can be looked at.
fn shape<'t>(text: &'t str, problems: &mut Vec<Problem>, lines: &mut Lines) -> DeTable<'t> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut document = document.into_inner();
    for error in errors {
        let line = error.span().map(|span| line_of(text, span.start));
        problems.push(Problem { line, key: String::new(), what: format!("not TOML: {}", error.message()) });
    }
    note_lines(text, &document, "", lines);
    // Each round takes one entry out, so that there is an end to them.
    for _ in 0..=lines.len() {
        let Err(error) = of_table(document.clone()) else { break };
        let taken = error.span().and_then(|span| take_out(&mut document, &span, ""));
        let line = error.span().map(|span| line_of(text, span.start));
        let key = taken.clone().unwrap_or_default();
        problems.push(Problem { line, what: words(error.message()), key });
        if taken.is_none() {
            return DeTable::new();
        }
    }
    document
}

fn note_lines(text: &str, table: &DeTable<'_>, above: &str, lines: &mut Lines) {
    for (key, value) in table {
        let path = below(above, key.get_ref());
        lines.insert(path.clone(), line_of(text, key.span().start));
        if let DeValue::Table(inner) = value.get_ref() {
            note_lines(text, inner, &path, lines);
        }
    }
}

fn below(above: &str, key: &str) -> String {
    if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") }
}

/// Removes the innermost entry that stands where the error is.
fn take_out(table: &mut DeTable<'_>, at: &Range<usize>, above: &str) -> Option<String> {
    let covers = |span: Range<usize>| span.start <= at.start && at.start < span.end.max(span.start + 1);
    let mut whole = None;
    for (key, value) in table.iter_mut() {
        let path = below(above, key.get_ref());
        let (of_key, of_value) = (covers(key.span()), covers(value.span()));
        if let DeValue::Table(inner) = value.get_mut()
            && let Some(taken) = take_out(inner, at, &path)
        {
            return Some(taken);
        }
        if of_key || of_value {
            whole = Some((key.clone(), path));
        }
    }
    let (key, path) = whole?;
    table.remove(&key).map(|_| path)
}

/// The parser's words, with the one that was meant in place of all that are known.
fn words(message: &str) -> String {
    let (what, known) = message.split_once(", expected ").unwrap_or((message, ""));
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let field = what.strip_prefix("unknown field `").and_then(|rest| rest.strip_suffix('`'));
    if let Some(field) = field {
        let hint = match nearest(field, known.iter().copied()) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None if field.contains("secret") => "; a secret is given to: integ setup".to_owned(),
            None => String::new(),
        };
        return format!("there is no such key{hint}");
    }
    if what.starts_with("unknown variant") {
        return format!("{what}; it is one of: {}", known.join(", "));
    }
    if what.contains("untagged enum OneOrMany") {
        return "must be a text or a list of texts".to_owned();
    }
    message.to_owned()
}

/// The leaves that both have.
fn common(built_in: &DeTable<'_>, own: &DeTable<'_>, above: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in own {
        let path = below(above, key.get_ref());
        match (built_in.get(key).map(Spanned::get_ref), value.get_ref()) {
            (Some(DeValue::Table(built_in)), DeValue::Table(own)) => {
                found.extend(common(built_in, own, &path))
            }
            (Some(_), _) => found.push(path),
            (None, _) => {}
        }
    }
    found
}
