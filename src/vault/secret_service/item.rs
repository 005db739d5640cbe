//! One item: which of several, what a new one is made of, and its end.

use super::call::{Body, object};
use super::conversation::{Conversation, ITEM, Path, is_gone};
use super::{Attributes, KeychainError, prompt};

/// Other tools show only what is called plain text, and KWallet takes nothing else as a password; JSON is text too.
const CONTENT_TYPE: &str = "text/plain";

/// Only more than one match costs another round trip.
pub(super) fn newest(
    talk: &mut Conversation,
    mut items: Vec<String>,
) -> Result<Option<String>, KeychainError> {
    if items.len() < 2 {
        return Ok(items.pop());
    }
    let dated = talk.of_each(&items, "Modified", |reply| reply.property::<u64>("t"))?;
    let latest = dated.into_iter().max_by_key(|(_, modified)| *modified).map(|(item, _)| item);
    Ok(latest.or_else(|| items.pop()))
}

/// Somebody else may delete at the same time. Services say that an item is gone as they say that they cannot delete,
/// so another search decides.
pub(super) fn delete(
    talk: &mut Conversation,
    item: &str,
    attributes: &Attributes,
) -> Result<(), KeychainError> {
    let asked = talk.on(item, ITEM, "Delete", Body::empty())?;
    match talk.bus.answer(asked) {
        Ok(reply) => {
            let (prompt,) = reply.read::<(Path<'_>,)>("o")?;
            let patience = talk.bus.deadline;
            prompt::run(talk, prompt.as_ref(), patience)
        }
        Err(KeychainError::Refused { name, message }) if is_gone(&name) => {
            let search = talk.ask_search(attributes)?;
            match talk.found(search)?.open.iter().any(|left| left == item) {
                true => Err(KeychainError::Refused { name, message }),
                false => Ok(()),
            }
        }
        Err(other) => Err(other),
    }
}

pub(super) fn body(
    label: &str,
    attributes: &Attributes,
    session: &str,
    secret: &[u8],
) -> Result<Body, KeychainError> {
    let marks: usize = attributes.iter().map(|(name, value)| name.len() + value.len() + 24).sum();
    let capacity = 512 + label.len() + marks + session.len() + secret.len();
    let mut item = Body::new("a{sv}(oayays)b", capacity);
    item.dict(|properties| {
        properties.key("org.freedesktop.Secret.Item.Label")?;
        properties.variant_of("s")?;
        properties.text(label)?;
        properties.key("org.freedesktop.Secret.Item.Attributes")?;
        properties.variant_of("a{ss}")?;
        properties.attributes(attributes)
    })?;
    let parameters: &[u8] = &[];
    item.push((object(session)?, parameters, secret, CONTENT_TYPE))?;
    item.push(true)?;
    Ok(item)
}
