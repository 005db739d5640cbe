//! What a setting may be: a value as it is typed, as it stands in the file, and in words.

use super::rule::Rule;
use crate::duration;

pub(crate) enum Kind {
    /// Smallest and largest (seconds).
    Duration(u64, u64),
    Number(u64, u64),
    Choice(&'static [&'static str]),
    /// A program and its arguments: a TOML list of strings.
    Command,
    /// A text, or a TOML list of them.
    List,
    /// Where tasks go: a TOML list of rules.
    Rules,
    Text,
    /// A file; what is typed must mean the same wherever integ is started.
    Path,
}

const NO_LIST: &str = r#"this is a list: ["one", "another"]"#;

impl Kind {
    /// What may be set, in words.
    pub(crate) fn accepts(&self) -> String {
        match self {
            Kind::Duration(least, most) => {
                let words = |seconds: u64| duration::words(i64::try_from(seconds).unwrap_or(i64::MAX));
                format!("a duration, {} to {}", words(*least), words(*most))
            }
            Kind::Number(least, most) => format!("a number, {least} to {most}"),
            Kind::Choice(choices) => choices.join(", "),
            Kind::Command => "a list: [\"program\", \"argument\"]".to_owned(),
            Kind::List => "text, or a list: [\"one\", \"another\"]".to_owned(),
            Kind::Rules => "a list: [\"tag:work=linear/ENG\"]".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Path => "a path that begins at the root".to_owned(),
        }
    }

    /// The value as TOML, or what would be right.
    pub(crate) fn parse(&self, text: &str) -> Result<toml_edit::Value, String> {
        match self {
            Kind::Duration(least, most) => {
                let seconds = duration::parse(text)?.as_secs();
                within(seconds, *least, *most, "seconds")?;
                Ok(text.into())
            }
            Kind::Number(least, most) => {
                let number: u64 = text.parse().map_err(|_| format!("`{text}` is not a whole number"))?;
                within(number, *least, *most, "")?;
                Ok(i64::try_from(number).unwrap_or(i64::MAX).into())
            }
            Kind::Choice(choices) if choices.contains(&text) => Ok(text.into()),
            Kind::Choice(choices) => Err(format!("`{text}` is none of: {}", choices.join(", "))),
            Kind::Text => Ok(text.into()),
            Kind::Path if std::path::Path::new(text).is_absolute() => Ok(text.into()),
            Kind::Path => Err(format!("`{text}` would be another file in each folder")),
            Kind::List if !text.trim_start().starts_with('[') => Ok(text.into()),
            Kind::Rules => {
                let value: toml_edit::Value =
                    text.parse().map_err(|_| r#"rules are a list: ["tag:work=linear/ENG"]"#.to_owned())?;
                self.accept(&value).map(|()| value)
            }
            Kind::Command => {
                let value: toml_edit::Value =
                    text.parse().map_err(|_| r#"a command is a list: ["program", "argument"]"#.to_owned())?;
                self.accept(&value).map(|()| value)
            }
            Kind::List => {
                let value: toml_edit::Value = text.parse().map_err(|_| NO_LIST.to_owned())?;
                self.accept(&value).map(|()| value)
            }
        }
    }

    /// Whether a value that stands in the file is one that `parse` would have made.
    pub(crate) fn accept(&self, value: &toml_edit::Value) -> Result<(), String> {
        match (self, value) {
            // One that stands there was typed by hand, and must not keep every command from working.
            (Kind::Path, toml_edit::Value::String(_)) => Ok(()),
            (Kind::Command, toml_edit::Value::Array(words)) => {
                let sound = !words.is_empty() && words.iter().all(|word| word.is_str());
                sound.then_some(()).ok_or_else(|| "a command is a list of strings".to_owned())
            }
            (Kind::List, toml_edit::Value::Array(words)) => {
                words.iter().all(|word| word.is_str()).then_some(()).ok_or_else(|| NO_LIST.to_owned())
            }
            (Kind::Rules, toml_edit::Value::Array(rules)) => rules.iter().try_for_each(|rule| {
                let text = rule.as_str().ok_or_else(|| "rules are a list of texts".to_owned())?;
                Rule::parse(text).map(drop)
            }),
            (Kind::Rules, _) => Err(r#"rules are a list: ["tag:work=linear/ENG"]"#.to_owned()),
            (Kind::Command, _) => Err(r#"a command is a list: ["program", "argument"]"#.to_owned()),
            (_, toml_edit::Value::String(text)) => self.parse(text.value()).map(drop),
            (Kind::Duration(..) | Kind::Number(..), toml_edit::Value::Integer(number)) => {
                self.parse(&number.value().to_string()).map(drop)
            }
            _ => Err("it has the wrong type".to_owned()),
        }
    }
}

fn within(value: u64, least: u64, most: u64, unit: &str) -> Result<(), String> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(format!("{value} is out of range: {least} to {most} {unit}").trim_end().to_owned())
    }
}
