//! Listings that one run has read: a thousand lines of a batch are looked for in one of them.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;
use tokio::sync::Mutex;

use super::{Line, Trouble};
use crate::clock;

type Listing = Rc<Vec<Value>>;

/// By what was asked for, with the moment before it was asked (unix seconds).
#[derive(Default)]
pub(crate) struct Memo(Mutex<HashMap<String, (i64, Listing)>>);

impl Line<'_> {
    /// The listing that `ask` brings, or one that was read before and shows all that an earlier try can have left.
    pub(super) async fn listed(
        &self,
        what: &[&str],
        ask: impl AsyncFnOnce() -> Result<Vec<Value>, Trouble>,
    ) -> Result<Listing, Trouble> {
        let Some((memo, not_before)) = self.memo else { return Ok(ask().await?.into()) };
        // Held meanwhile: the other lines wait for what this one is told.
        let mut known = memo.0.lock().await;
        let what = what.join("\n");
        if let Some((_, listing)) = known.get(&what).filter(|(at, _)| *at >= not_before) {
            return Ok(Rc::clone(listing));
        }
        let (at, listing) = (clock::now(), Rc::new(ask().await?));
        known.insert(what, (at, Rc::clone(&listing)));
        Ok(listing)
    }
}
