//! What happens, in order. Every step that goes otherwise fails the demo: it proves the program too.

use std::thread;
use std::time::Duration;

use console::Style;
use url::Url;

use super::stage::{Played, Stage};
use super::visit;
use crate::app::{App, environment};
use crate::error::{Error, Kind};
use crate::output::{self, paint_data};
use crate::sandbox::Sandbox;

/// How long the first token lives: long enough to be used, short enough to be seen running out.
pub(super) const FIRST_LIFE: Duration = Duration::from_secs(4);

const TOKEN: &str = "token sandbox";

/// More than a command tries.
const LONG: u32 = 99;

pub(super) struct Manner {
    /// The person allows the access in their browser; otherwise we play the person.
    pub(super) browser: bool,
    /// Enter turns the page.
    pub(super) pauses: bool,
}

pub(super) fn tell(app: &App, sandbox: &Sandbox, manner: &Manner) -> Result<(), Error> {
    let stage = Stage::build(&sandbox.provider_file())?;
    let story = Story { app, sandbox, manner, stage: &stage };
    story.connecting()?;
    story.using()?;
    story.renewing()?;
    story.provider_down()?;
    story.access_taken_away()?;
    story.leaving()?;
    stage.clear()?;
    story.say("That was all. The sandbox and the demo's temporary home are gone: nothing is left behind.")?;
    story.say("Next: integ providers, and integ connect with one of them; integ demo --serve to try by hand.")
}

struct Story<'a> {
    app: &'a App,
    sandbox: &'a Sandbox,
    manner: &'a Manner,
    stage: &'a Stage,
}

impl Story<'_> {
    fn connecting(&self) -> Result<(), Error> {
        self.scene(
            "A provider runs on this machine now: the sandbox, with Alice and Bob as its people.\n\
             Connecting opens a listener, sends a browser to the provider, exchanges the code that\n\
             it brings back (with PKCE) and puts the tokens into a vault.",
        )?;
        self.connect()?;
        self.step("status", 0)?;
        self.scene("Is it true? The provider is asked whose token this is.")?;
        self.step("test", 0)
    }

    fn using(&self) -> Result<(), Error> {
        self.scene("Calling the provider's API with the connection.")?;
        self.data("api sandbox /api/items/item-1").map(drop)?;
        self.scene("Its calendar, mirrored here: everything the first time, afterwards what changed.")?;
        self.step("sync sandbox", 0)
    }

    fn renewing(&self) -> Result<(), Error> {
        self.scene("A token for a script. This one opens nothing but the sandbox: it may be seen.")?;
        let first = self.data(TOKEN)?;
        let seconds = FIRST_LIFE.as_secs();
        self.say(&format!(
            "It lives for {seconds} seconds. Once it is stale, the same command renews it first."
        ))?;
        thread::sleep(FIRST_LIFE);
        self.sandbox.set_access_ttl(super::HOUR);
        if self.data(TOKEN)? == first {
            return Err(otherwise("the token was to be renewed, and is the same"));
        }
        self.scene("It can also be renewed ahead of time, by a cron job for example.")?;
        self.step("refresh sandbox --force", 0)
    }

    fn provider_down(&self) -> Result<(), Error> {
        self.scene(
            "Now the provider is down for a while. The command tries again, and then gives up\n\
             without losing anything; exit 4 means: try again later.",
        )?;
        self.sandbox.fail_next(LONG, 503, None);
        self.step("refresh sandbox --force", 4)?;
        self.sandbox.fail_next(0, 503, None);
        self.say("And up again.")?;
        self.step("refresh sandbox --force", 0)
    }

    fn access_taken_away(&self) -> Result<(), Error> {
        self.scene("Worse: the person removes the app in the provider's settings. No token works any more.")?;
        for person in ["alice@sandbox.example", "bob@sandbox.example"] {
            self.sandbox.forget(person);
        }
        self.step("test sandbox", 3)?;
        self.say("A script that wants a token is told the same, with the cure; exit 3 means: sign in.")?;
        self.step("token sandbox", 3)?;
        self.step("status", 3)?;
        self.scene("The cure is the command that the help line names.")?;
        self.connect()?;
        self.step("test", 0)
    }

    fn leaving(&self) -> Result<(), Error> {
        self.scene("Leaving: revoked at the provider, deleted here.")?;
        self.step("disconnect sandbox --yes", 0)?;
        self.step("status", 0)
    }

    /// Whoever plays the person goes to the printed address while the command waits.
    fn connect(&self) -> Result<(), Error> {
        let typed = "connect sandbox --no-browser";
        self.show(typed)?;
        let page = format!("{}/authorize?", self.sandbox.url());
        let played = self.stage.hear(typed, |line| {
            self.app.out.line(line)?;
            match line.parse::<Url>() {
                Ok(url) if line.starts_with(&page) => self.allow(&url),
                _ => Ok(()),
            }
        })?;
        expect(typed, &played, 0)?;
        self.say("")
    }

    fn allow(&self, url: &Url) -> Result<(), Error> {
        if !self.manner.browser {
            self.say("(The demo opens this address, and Alice allows it.)")?;
            return visit::follow(self.app, url);
        }
        self.say(
            "(Your browser opens this address: allow it as Alice or Bob, the second time as the same one.)",
        )?;
        let configured = self.app.config()?.text("connect.browser").map(Into::into);
        let browser = environment::os_text("BROWSER").or(configured);
        output::open_browser(url, browser.as_deref(), environment::without_secrets).or_else(|why| {
            self.say(&format!("No browser could be opened ({why}): open the address yourself."))
        })
    }

    /// What a command prints for scripts: shown, and ended with a line break that an API's answer may lack.
    fn data(&self, typed: &str) -> Result<String, Error> {
        self.show(typed)?;
        let played = self.stage.read(typed)?;
        if !played.data.is_empty() {
            self.app.out.line(played.data.trim_end())?;
        }
        expect(typed, &played, 0)?;
        self.say("")?;
        Ok(played.data)
    }

    fn step(&self, typed: &str, exit: u8) -> Result<(), Error> {
        self.show(typed)?;
        let played = self.stage.run(typed)?;
        if played.exit != 0 {
            self.app.out.line(format!("→ exit {}", played.exit))?;
        }
        expect(typed, &played, exit)?;
        self.say("")
    }

    fn show(&self, typed: &str) -> Result<(), Error> {
        Ok(self.app.out.line(paint_data(&format!("$ integ {typed}"), Style::new().bold()))?)
    }

    fn say(&self, text: &str) -> Result<(), Error> {
        if !self.app.out.quiet {
            self.app.out.line(text)?;
        }
        Ok(())
    }

    /// What comes next, and the person's Enter where the story waits for it.
    fn scene(&self, text: &str) -> Result<(), Error> {
        self.say(text)?;
        if self.manner.pauses {
            self.app.out.always("Press Enter.");
            std::io::stdin().read_line(&mut String::new())?;
        }
        Ok(())
    }
}

fn expect(typed: &str, played: &Played, exit: u8) -> Result<(), Error> {
    match played.exit {
        found if found == exit => Ok(()),
        found => Err(otherwise(&format!("`integ {typed}` was to end with {exit} and ended with {found}"))),
    }
}

fn otherwise(what: &str) -> Error {
    Error::new(Kind::ProviderError, format!("the demo went otherwise than told: {what}")).help("integ doctor")
}
