//! Listings that one run has read: a thousand lines of a batch are looked for in one of them.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;
use tokio::sync::Mutex;

use crate::clock;

pub(super) type Listing = Rc<Vec<Value>>;

/// By what was asked for, with the moment before it was asked (unix seconds).
#[derive(Default)]
pub(crate) struct Memo(Mutex<HashMap<String, (i64, Listing)>>);

impl Memo {
    /// What was read at `not_before` or later, else what `ask` brings.
    pub(super) async fn listing<E>(
        &self,
        what: &[&str],
        not_before: i64,
        ask: impl AsyncFnOnce() -> Result<Vec<Value>, E>,
    ) -> Result<Listing, E> {
        // Held meanwhile: the other lines wait for what this one is told.
        let mut known = self.0.lock().await;
        let what = what.join("\n");
        if let Some((_, listing)) = known.get(&what).filter(|(at, _)| *at >= not_before) {
            return Ok(Rc::clone(listing));
        }
        let (at, listing) = (clock::now(), Rc::new(ask().await?));
        known.insert(what, (at, Rc::clone(&listing)));
        Ok(listing)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_listing_is_read_again_where_it_is_too_old_or_another() {
        let (memo, asked) = (Memo::default(), Cell::new(0));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = |what: &str, not_before: i64| {
            let ask = async || {
                asked.set(asked.get() + 1);
                Ok::<_, ()>(Vec::new())
            };
            runtime.block_on(memo.listing(&[what], not_before, ask)).unwrap();
            asked.get()
        };
        let later = clock::now() + 3_600;
        let seen = [read("a", 0), read("a", 0), read("b", 0), read("a", later), read("b", 0)];
        assert_eq!(seen, [1, 1, 2, 3, 3]);
    }
}
