//! `-f key=value` and `-F key=value`: into a JSON document or into a query.

use std::path::Path;

use serde_json::{Map, Value};

use super::body;
use crate::error::Error;

pub(super) struct Field {
    key: String,
    value: Value,
}

enum Step<'a> {
    Name(&'a str),
    /// `[]`: one more item of a list.
    Next,
}

pub(super) fn read(raw: &[String], typed: &[String]) -> Result<Vec<Field>, Error> {
    let split = |text: &String| -> Result<(String, String), Error> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(Error::usage(format!("`{text}` is no field: use key=value"))),
        }
    };
    let mut fields = Vec::new();
    for text in raw {
        let (key, value) = split(text)?;
        fields.push(Field { key, value: value.into() });
    }
    for text in typed {
        let (key, value) = split(text)?;
        fields.push(Field { key, value: typed_value(&value)? });
    }
    Ok(fields)
}

/// Only what is exactly a JSON word or number is one; everything else is text.
fn typed_value(text: &str) -> Result<Value, Error> {
    if let Some(file) = text.strip_prefix('@') {
        let content = body::read(Path::new(file))?;
        let text = String::from_utf8(content).map_err(|_| Error::usage(format!("{file} is not text")))?;
        return Ok(text.into());
    }
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Null | Value::Number(_))) if text.trim() == text => Ok(value),
        _ => Ok(text.into()),
    }
}

/// Keys stand in a query as they were typed; `null` is an empty value.
pub(super) fn query(fields: &[Field]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    fields.iter().map(|field| (field.key.clone(), text(&field.value))).collect()
}

pub(super) fn document(fields: &[Field]) -> Result<Value, Error> {
    let mut document = Value::Object(Map::new());
    for field in fields {
        let steps = steps(&field.key).ok_or_else(|| wrong(&field.key, "use a, a[b] or a[]"))?;
        place(&mut document, &steps, field)?;
    }
    Ok(document)
}

/// `a[b][]` is the field `b` of `a`, a list.
fn steps(key: &str) -> Option<Vec<Step<'_>>> {
    let (first, mut rest) = key.split_at(key.find('[').unwrap_or(key.len()));
    if first.is_empty() || first.contains(']') {
        return None;
    }
    let mut steps = vec![Step::Name(first)];
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix('[')?.split_once(']')?;
        steps.push(if name.is_empty() { Step::Next } else { Step::Name(name) });
        rest = after;
    }
    Some(steps)
}

fn place(at: &mut Value, steps: &[Step<'_>], field: &Field) -> Result<(), Error> {
    let Some((step, rest)) = steps.split_first() else {
        if !at.is_null() {
            return Err(wrong(&field.key, "it is given twice"));
        }
        *at = field.value.clone();
        return Ok(());
    };
    let mixed = || wrong(&field.key, "it is a list in one place and something else in another");
    match step {
        Step::Name(name) => {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let fields = at.as_object_mut().ok_or_else(mixed)?;
            // What was set to null is set; a place that is new is empty.
            if rest.is_empty() && fields.contains_key(*name) {
                return Err(wrong(&field.key, "it is given twice"));
            }
            place(fields.entry(*name).or_insert(Value::Null), rest, field)
        }
        Step::Next => {
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            let items = at.as_array_mut().ok_or_else(mixed)?;
            let mut item = Value::Null;
            place(&mut item, rest, field)?;
            items.push(item);
            Ok(())
        }
    }
}

fn wrong(key: &str, why: &str) -> Error {
    Error::usage(format!("the field `{key}`: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn made(raw: &[&str], typed: &[&str]) -> Result<Value, Error> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        document(&read(&own(raw), &own(typed))?)
    }

    #[test]
    fn raw_fields_are_text_and_typed_ones_are_what_they_look_like() {
        let document =
            made(&["a=1", "b=true", "c=x=y"], &["d=1", "e=-2.5", "f=false", "g=null", "h=0x1", "i= 1"]);
        let expected = json!({"a": "1", "b": "true", "c": "x=y", "d": 1, "e": -2.5, "f": false, "g": null,
            "h": "0x1", "i": " 1"});
        assert_eq!(document.unwrap(), expected);
    }

    #[test]
    fn keys_nest() {
        let document = made(&["a[b]=1", "a[c][]=2", "a[c][]=3", "l[]=4"], &[]).unwrap();
        assert_eq!(document, json!({"a": {"b": "1", "c": ["2", "3"]}, "l": ["4"]}));
        for bad in [
            &["a=1", "a=2"][..],
            &["a=1", "a[b]=2"],
            &["a[]=1", "a[b]=2"],
            &["[a]=1"],
            &["a[b=1"],
            &["=1"],
            &["a"],
        ] {
            assert!(made(bad, &[]).is_err(), "{bad:?}");
        }
    }
}
