//! `--dry-run`: commands run as always, up to what they would send. Nothing is sent, locked or written.

use http::Method;
use url::Url;

use super::App;
use crate::error::Error;
use crate::http::{Request, Sketch};
use crate::output::{Out, sanitise};

impl App {
    pub(crate) fn is_dry(&self) -> bool {
        self.dry.is_some()
    }

    /// What a person's browser would be sent to; its headers are its own.
    pub(crate) fn sketch_browser(&self, url: &Url) {
        if let Some(sketches) = &self.dry {
            let request = Request::new(Method::GET, url.clone());
            sketches.borrow_mut().push(Sketch { headers: Vec::new(), ..Sketch::of(&request) });
        }
    }

    /// The end of the command: what it would have sent, unless it failed before.
    pub(crate) fn show_sketches(&self, outcome: Result<(), Error>) -> Result<(), Error> {
        let failed = outcome.err().filter(|error| error.exit() != 0);
        if let Some(error) = failed.as_ref().filter(|error| !error.told) {
            crate::log::info(&error.message);
            return failed.map_or(Ok(()), Err);
        }
        let sketches = self.dry.as_ref().map(|sketches| sketches.take()).unwrap_or_default();
        let out = Out { json: self.out.json, quiet: false };
        if out.json {
            out.document("requests", sketches.iter().map(Sketch::json).collect())?;
        } else {
            let texts: Vec<String> = sketches.iter().map(Sketch::text).collect();
            if !texts.is_empty() {
                out.bytes(sanitise::lines(&texts.join("\n")).as_bytes())?;
            }
            out.always(match sketches.len() {
                0 => "Nothing would be sent.",
                _ => "Nothing was sent, and nothing was changed.",
            });
        }
        failed.map_or(Ok(()), Err)
    }
}
