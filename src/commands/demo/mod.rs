//! The newcomer's first minute: a provider that lives on this machine, and the real commands against it.

mod borrowed_file;
mod serve;
mod signals;
mod stage;
mod story;
mod visit;

use std::time::Duration;

use clap::Args;

use crate::app::{App, duration_argument};
use crate::error::{Error, Kind};
use crate::sandbox::{Sandbox, Settings};

/// Show everything once, against a provider that lives on this machine
///
/// Needs no account, touches nothing of yours and leaves nothing behind.
#[derive(Args)]
#[command(after_help = "Examples:
  integ demo
  integ demo --browser
  integ demo --serve --port 8400")]
pub(crate) struct Demo {
    /// Allow the access yourself, in your browser
    #[arg(long, conflicts_with = "serve")]
    browser: bool,
    /// Wait for Enter between the scenes
    #[arg(long, conflicts_with = "serve")]
    step: bool,
    /// Only run the provider, to try commands by hand in another terminal
    #[arg(long)]
    serve: bool,
    /// The provider's port (any free one)
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// How long the access tokens live (1h)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument, requires = "serve")]
    access_ttl: Option<Duration>,
    /// Visiting the consent page allows at once, as Alice
    #[arg(long, requires = "serve")]
    auto_consent: bool,
}

/// How long a token of the sandbox lives when nobody says.
const HOUR: Duration = Duration::from_secs(3600);

impl Demo {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        if self.serve {
            return serve::serve(app, &self.sandbox(self.access_ttl.unwrap_or(HOUR), self.auto_consent)?);
        }
        if app.out.json {
            return Err(Error::usage("the demo is for reading; --json goes with `--serve`"));
        }
        let has_person = app.prompt.is_allowed();
        if (self.browser || self.step) && !has_person {
            let option = if self.browser { "--browser" } else { "--step" };
            return Err(Error::new(
                Kind::InteractionNeeded,
                format!("{option} needs a person at a terminal"),
            )
            .help("integ demo runs by itself"));
        }
        let sandbox = self.sandbox(story::FIRST_LIFE, !self.browser)?;
        story::tell(
            app,
            &sandbox,
            &story::Manner { browser: self.browser, pauses: self.browser || self.step },
        )
    }

    fn sandbox(&self, access_ttl: Duration, auto_consent: bool) -> Result<Sandbox, Error> {
        Sandbox::start(Settings { port: self.port, access_ttl, auto_consent }).map_err(|cause| {
            let port = self.port.map_or("a port".to_owned(), |port| format!("port {port}"));
            Error::new(Kind::ProviderError, format!("the sandbox cannot listen on {port}: {cause}"))
                .help("give another one with --port, or none")
        })
    }
}
