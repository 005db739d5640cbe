//! Stub.

use clap::Args;

use crate::app::App;
use crate::error::Error;

/// Stub
#[derive(Args)]
pub(crate) struct Export {}

impl Export {
    pub(crate) fn run(self, _app: &App) -> Result<(), Error> {
        Err(Error::usage("not built yet"))
    }
}
