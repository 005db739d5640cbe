//! Reading what a provider answers, and writing what is put to it: JSON, field by field.

use serde_json::Value;

use super::{Part, Target, Trouble};

/// A text field of an answer.
pub(super) fn text(value: &Value, field: &str) -> Option<String> {
    match value.get(field)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A field of a request, where there is something to say.
pub(super) fn put(body: &mut Value, field: &str, value: Option<impl Into<Value>>) {
    if let (Value::Object(fields), Some(value)) = (body, value) {
        fields.insert(field.to_owned(), value.into());
    }
}

/// The one of these that a person means, whatever its case; else what there is.
pub(super) fn choice<'a, T>(
    what: &str,
    text: &str,
    known: &'a [T],
    name: impl Fn(&T) -> &str,
) -> Result<&'a T, Trouble> {
    let folded = text.to_lowercase();
    known.iter().find(|one| name(one).to_lowercase() == folded).ok_or_else(|| {
        let names: Vec<&str> = known.iter().take(30).map(name).collect();
        Trouble::Unfit(format!("there is no {what} `{text}`; there are: {}", names.join(", ")))
    })
}

/// A list of an answer, or nothing.
pub(super) fn items<'a>(value: &'a Value, at: &str) -> &'a [Value] {
    value.pointer(at).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `targets` of an answer's items: those that have an id and a name.
pub(super) fn targets_of(items: &[Value], part: Part, id: &str, name: &str) -> Vec<Target> {
    items.iter().filter_map(|item| Some(Target::new(part, text(item, id)?, text(item, name)?))).collect()
}
