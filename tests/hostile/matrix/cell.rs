//! One misbehaviour met by one command.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::evil::token_modes::{self, Does};
use crate::home::{Call, GrantText, Home, Output, Running, provider_toml};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Connect,
    Refresh,
    Sync,
    Task,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Json,
    Pipe,
    Terminal,
}

impl Surface {
    pub(crate) const ALL: [Surface; 3] = [Surface::Json, Surface::Pipe, Surface::Terminal];

    pub(crate) fn call<'h>(self, home: &'h Home, args: &[&str]) -> Call<'h> {
        match self {
            Surface::Json => home.call(&[args, &["--json"]].concat()),
            Surface::Pipe => home.call(args),
            Surface::Terminal => home.call(args).on_terminal(),
        }
    }
}

/// The file vault, by where its key is; or what `home::BUS` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vault {
    KeyInAFile,
    KeyInAVariable,
    Keychain,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) command: Command,
    pub(super) endpoint: &'static str,
    pub(super) mode: &'static str,
    pub(super) surface: Surface,
    pub(super) vault: Vault,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { command, endpoint, mode, surface, vault } = self;
        write!(f, "{endpoint} {mode}, {command:?}, {surface:?}, {vault:?}")
    }
}

impl Cell {
    /// What went wrong, if anything did.
    pub(super) fn try_out(&self) -> Result<(), String> {
        catch_unwind(AssertUnwindSafe(|| self.play())).map_err(|why| {
            let text = why.downcast_ref::<String>().cloned();
            text.or_else(|| why.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
        })
    }

    fn play(&self) {
        let evil = Evil::start();
        let mut home = Home::new(&evil).deadline("2s");
        assert_eq!(home.has_keychain(), self.vault == Vault::Keychain, "another vault than was meant");
        if self.vault == Vault::KeyInAVariable {
            home.unset("INTEG_VAULT_KEY_FILE").set("INTEG_VAULT_KEY", crate::home::IDENTITY);
        }
        let (_, grant) = GrantText::scoped(&evil, "evil", 4_000_000_000, "openid calendar.readonly");
        home.provider("evil", &provider(&evil));
        home.run_with(&["import", "-"], grant.0.to_string()).exits(&[0]);
        evil.state().grants.rotation = self.rotation();
        home.audit();
        assert_eq!(home.stored().len(), 1, "what is not seen cannot be missed");
        match self.command {
            Command::Connect => self.connect(&evil, &home),
            Command::Refresh => self.refresh(&evil, &home),
            Command::Sync => self.sync(&evil, &home),
            Command::Task => self.task(&evil, &home),
        }
    }

    /// An answer without a refresh token is honest only where the one before stays good.
    fn rotation(&self) -> Rotation {
        let stays = ["no-refresh_token", "refresh_token-null", "refresh_token-empty"].contains(&self.mode);
        if stays { Rotation::None } else { Rotation::Strict }
    }

    /// The command as this cell's surface wants it.
    pub(super) fn call(&self, home: &Home, args: &[&str]) -> Output {
        self.started(home, args).wait()
    }

    pub(super) fn started<'h>(&self, home: &'h Home, args: &[&str]) -> Running<'h> {
        let call = self.surface.call(home, args);
        if self.surface != Surface::Json {
            return call.start();
        }
        // At its most talkative, and into a log: where a secret would slip out (CL2).
        let log = home.path("home/integ.log");
        call.arg("-vv").arg("--log-file").arg(log).env("RUST_LOG", "trace").start()
    }

    /// It ended as the table says, or at least for a reason that the provider gave: not for one of ours, nor as a defect.
    #[track_caller]
    pub(super) fn is_the_providers(&self, output: &Output) {
        let mode = token_modes::find(self.mode).filter(|_| self.endpoint == "token");
        output.exits(match (mode, self.command) {
            (Some(mode), Command::Connect) => mode.code,
            (Some(mode), Command::Refresh) => mode.refresh,
            _ => &[0, 1, 2, 3, 4, 6, 8],
        });
        if self.surface == Surface::Json && output.code != 0 && self.command != Command::Connect {
            assert!(!output.json().is_null());
        }
    }

    /// Whether the provider did its part, however odd its answer: a refresh token may be spent.
    pub(super) fn may_have_happened(&self) -> bool {
        token_modes::find(self.mode).is_some_and(|mode| matches!(mode.does, Does::Alters(_)))
    }
}

/// A provider of everything: calendars as Google's, tasks as Todoist's.
pub(crate) fn provider(evil: &Evil) -> String {
    let device = format!("\"{}/device\"", evil.base);
    let calendars = "[capability.calendars]\ndialect = \"google\"";
    let toml = provider_toml(evil, &[("device-url", &device)]).replace("[capability.calendars]", calendars);
    format!("{toml}\n[capability.tasks]\ndialect = \"todoist\"\n\n[rate]\nper-second = 1000.0\n")
}
