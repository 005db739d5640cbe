//! A page of a list, read as it goes by: each entry is handed on and forgotten, so that a page costs no more memory than
//! its bytes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use serde_json::value::RawValue;

use super::text::Text;
use super::{Garbled, LONGEST};

/// How a dialect calls the parts.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub items: &'static str,
    pub next: &'static str,
    pub cursor: &'static str,
}

/// Where a page names the next one, if it does: before its entries or behind them (bytes).
const EDGE: usize = 4 * 1024;

impl Keys {
    pub(super) fn seem_to_go_on(self, body: &[u8]) -> bool {
        let key = self.next.as_bytes();
        let is_in = |part: &[u8]| part.windows(key.len()).any(|bytes| bytes == key);
        let end = body.get(body.len().saturating_sub(EDGE)..);
        is_in(body.get(..EDGE).unwrap_or(body)) || end.is_some_and(is_in)
    }
}

/// What a page says besides its entries.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Page {
    /// There is another one, called this.
    pub next: Option<String>,
    /// The next pass begins there.
    pub cursor: Option<String>,
}

/// The answer is not what the API's documentation says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub String);

/// Hands on every entry. `each` ends the reading by an error.
pub(super) fn read<'de, T: Deserialize<'de>>(
    keys: Keys,
    body: &'de [u8],
    each: impl FnMut(T) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    // Checked once for the whole page, not text by text.
    let text = str::from_utf8(body).map_err(|_| Malformed("the answer is no UTF-8".into()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Whole { keys, each, entry: PhantomData::<T> };
    let page = seed.deserialize(&mut deserializer).and_then(|page| deserializer.end().map(|()| page));
    let (page, is_list) =
        page.map_err(|error| Malformed(format!("the answer is not understood: {error}")))?;
    // An empty page says so; a stranger's 200 must not read as one.
    if !is_list {
        return Err(Malformed("the answer is no list".into()));
    }
    let too_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > LONGEST);
    if too_long(&page.next) || too_long(&page.cursor) {
        return Err(Malformed("the answer names its next page at unreasonable length".into()));
    }
    Ok(page)
}

/// As [`read`], where an entry that is not understood costs itself alone. Slower: for a page that could not be read otherwise.
pub(super) fn salvage<'de, T: Deserialize<'de>>(
    keys: Keys,
    body: &'de [u8],
    mut each: impl FnMut(Result<T, Garbled>) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    read(keys, body, |raw: &'de RawValue| {
        each(serde_json::from_str(raw.get()).map_err(|error| garbled(raw, &error)))
    })
}

fn garbled(raw: &RawValue, error: &serde_json::Error) -> Garbled {
    let named: Option<Named<'_>> = serde_json::from_str(raw.get()).ok();
    let id = named.map(|named| named.id.or_empty().into_owned()).unwrap_or_default();
    Garbled { id, what: Garbled::words(error) }
}

#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Named<'a> {
    id: Text<'a>,
}

struct Whole<T, F> {
    keys: Keys,
    each: F,
    entry: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), ()>> DeserializeSeed<'de> for Whole<T, F> {
    type Value = (Page, bool);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), ()>> Visitor<'de> for Whole<T, F> {
    type Value = (Page, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut page, mut is_list) = (Page::default(), false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            let key = key.as_str();
            if key == self.keys.items {
                is_list = true;
                map.next_value_seed(Entries { each: &mut self.each, entry: PhantomData })?;
            } else if key == self.keys.next {
                page.next = map.next_value::<Text<'de>>()?.some().map(Cow::into_owned);
            } else if key == self.keys.cursor {
                page.cursor = map.next_value::<Text<'de>>()?.some().map(Cow::into_owned);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        is_list |= page.next.is_some() || page.cursor.is_some();
        Ok((page, is_list))
    }
}

struct Entries<'f, T, F> {
    each: &'f mut F,
    entry: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), ()>> DeserializeSeed<'de> for Entries<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), ()>> Visitor<'de> for Entries<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(entry) = seq.next_element()? {
            (self.each)(entry).map_err(|()| A::Error::custom("stopped"))?;
        }
        Ok(())
    }
}
