//! What a command may use. Everything is built on first use: a command pays for what it touches.

mod client;
mod connection;
mod dry_run;
mod ended;
pub(crate) mod environment;
mod health;
mod introspection;
mod mailbox;
mod paths;
mod scheduled;
mod surroundings;
mod unknown;
mod vault;

use std::cell::{Cell, OnceCell, RefCell};
use std::fs::File;
use std::future::Future;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use client::Lent;
pub(crate) use client::no_client;
pub(crate) use connection::{Found, Need, access_words, reachable, refresh_words};
pub(crate) use ended::{Ended, refused, renew_error, scope_missing, sign_in_again};
pub(crate) use health::noted;
pub(crate) use mailbox::speaks_http;
pub(crate) use paths::Paths;
pub(crate) use surroundings::Surroundings;
pub(crate) use vault::{VaultKey, vault_key};

use crate::config::{Config, ConfigError};
use crate::duration;
use crate::error::{Error, Kind};
use crate::http::{Budget, Client, Limits, Sketches};
use crate::index::{Index, Salvage};
use crate::log;
use crate::output::{self, Out, Prompt, interrupted, survive_full_disks};
use crate::providers::Catalogue;
use crate::vault::Vault;
use crate::vault::private::append_private;

pub(crate) struct App {
    pub out: Out,
    pub prompt: Prompt,
    pub profile: String,
    pub paths: Paths,
    pub started: Instant,
    /// `--dry-run`: what would have been sent.
    dry: Option<Sketches>,
    /// The client of this run alone.
    lent: RefCell<Option<Lent>>,
    lock_wait: Option<Duration>,
    config: RefCell<Option<Rc<Config>>>,
    vault: OnceCell<Vault>,
    index: OnceCell<Index>,
    http: OnceCell<Client>,
    api_http: OnceCell<Client>,
    catalogue: OnceCell<Catalogue>,
    runtime: OnceCell<tokio::runtime::Runtime>,
    /// What the history says of this run; empty: nothing.
    pub(crate) subject: Cell<Option<String>>,
    pub(crate) unrecorded: Cell<bool>,
}

/// How a person called us, as far as every command shares it.
pub(crate) struct Call {
    pub json: bool,
    pub quiet: bool,
    pub no_input: bool,
    pub profile: String,
    pub lock_wait: Option<Duration>,
    pub dry_run: bool,
}

impl App {
    pub(crate) fn new(call: Call) -> Result<App, Error> {
        let paths = Paths::of(&call.profile)?;
        Ok(App::with(call, paths))
    }

    /// For tests: all that is stored is below this folder.
    #[cfg(test)]
    pub(crate) fn at(home: &std::path::Path) -> App {
        let profile = "default".to_owned();
        let paths = Paths::below(home.join("config"), &home.join("data"), &profile);
        let call = Call { json: true, quiet: true, no_input: true, profile, lock_wait: None, dry_run: false };
        App::with(call, paths)
    }

    fn with(call: Call, paths: Paths) -> App {
        App {
            out: Out { json: call.json, quiet: call.quiet || call.dry_run },
            prompt: Prompt::new(call.no_input || call.dry_run || environment::is_ci()),
            dry: call.dry_run.then(Sketches::default),
            lent: RefCell::new(None),
            paths,
            profile: call.profile,
            started: Instant::now(),
            lock_wait: call.lock_wait,
            config: RefCell::new(None),
            vault: OnceCell::new(),
            index: OnceCell::new(),
            http: OnceCell::new(),
            api_http: OnceCell::new(),
            catalogue: OnceCell::new(),
            runtime: OnceCell::new(),
            subject: Cell::new(None),
            unrecorded: Cell::new(false),
        }
    }

    pub(crate) fn config(&self) -> Result<Rc<Config>, Error> {
        if let Some(config) = &*self.config.borrow() {
            return Ok(Rc::clone(config));
        }
        let config = Rc::new(Config::load(&self.paths.config)?);
        *self.config.borrow_mut() = Some(Rc::clone(&config));
        Ok(config)
    }

    /// A setting that this run wrote itself counts at once.
    pub(crate) fn change_config<T>(
        &self,
        change: impl FnOnce(&mut Config) -> Result<T, ConfigError>,
    ) -> Result<T, Error> {
        let outcome = Config::change(&self.paths.config, self.lock_wait()?, change);
        self.reload_config();
        Ok(outcome?)
    }

    pub(crate) fn reload_config(&self) {
        *self.config.borrow_mut() = None;
    }

    pub(crate) fn vault(&self) -> Result<&Vault, Error> {
        once(&self.vault, || vault::open(self))
    }

    pub(crate) fn index(&self) -> Result<&Index, Error> {
        once(&self.index, || {
            survive_full_disks();
            let (index, salvage) = Index::open(&self.paths.index)?;
            if let Some(salvage) = salvage {
                self.out.warn(&salvage_words(&salvage));
            }
            // A copy that cannot be made is no reason to do nothing else.
            index.copy_owned().unwrap_or_else(|error| log::info(&format!("no copy of owned data: {error}")));
            Ok(index)
        })
    }

    pub(crate) fn http(&self) -> Result<&Client, Error> {
        once(&self.http, || Ok(Client::new(self.limits("limits.answer")?).noting(self.dry.clone())))
    }

    /// For answers that a person asked for: they may be larger than those of OAuth.
    pub(crate) fn api_http(&self) -> Result<&Client, Error> {
        once(&self.api_http, || Ok(Client::new(self.limits("limits.api-answer")?).noting(self.dry.clone())))
    }

    /// The limits in force; what counts as too large differs between OAuth's answers and an API's.
    pub(crate) fn limits(&self, largest: &str) -> Result<Limits, Error> {
        let config = self.config()?;
        Ok(Limits {
            connect: config.duration("limits.connect"),
            deadline: config.duration("limits.deadline"),
            tries: u32::try_from(config.number("limits.tries")).unwrap_or(1),
            body: usize::try_from(config.number(largest)).unwrap_or(usize::MAX),
        })
    }

    /// Requests sent so far.
    pub(crate) fn requests(&self) -> u64 {
        [&self.http, &self.api_http].iter().filter_map(|cell| cell.get()).map(Client::count).sum()
    }

    pub(crate) fn budget(&self) -> Result<Budget, Error> {
        Ok(Budget::starting_now(self.http()?.limits().deadline))
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.catalogue.get_or_init(|| Catalogue::new(self.paths.providers.clone()))
    }

    pub(crate) fn lock_wait(&self) -> Result<Duration, Error> {
        match self.lock_wait {
            Some(wait) => Ok(wait),
            None => Ok(self.config()?.duration("limits.lock-wait")),
        }
    }

    /// Runs asynchronous work; a signal ends the process as it should, after what is unbreakable is done.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let runtime = once(&self.runtime, || {
            survive_full_disks();
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|cause| Error::new(Kind::Internal, format!("the runtime cannot start: {cause}")))
        })?;
        let _heard = output::heard();
        let outcome = runtime.block_on(async {
            tokio::pin!(work);
            tokio::select! {
                // The signals first: from the first step of the work on, they end it in order.
                biased;
                signal = interrupted() => {
                    if output::is_unbreakable() {
                        self.out.always("Finishing the exchange that is under way, so that no token is lost.");
                    }
                    while output::is_unbreakable() {
                        let step = tokio::time::timeout(Duration::from_millis(10), &mut work);
                        if step.await.is_ok() {
                            break;
                        }
                    }
                    Err(signal)
                }
                outcome = &mut work => Ok(outcome),
            }
        });
        outcome.map_err(|signal| output::die_of(signal))
    }
}

/// Where a log is written on.
pub(crate) fn log_file(path: &Path) -> Result<File, Error> {
    append_private(path)
        .map_err(|cause| Error::new(Kind::Storage, format!("cannot write {}: {cause}", path.display())))
}

/// What became of a damaged or lost index.
pub(crate) fn salvage_words(salvage: &Salvage) -> String {
    let restored = salvage.restored.as_ref().map(|restored| {
        let name = restored.copy.file_name().unwrap_or_default().display().to_string();
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {many}")),
        };
        let entries = counted(restored.entries, "time entry", "time entries");
        let what: Vec<String> = entries.into_iter().chain(counted(restored.tasks, "task", "tasks")).collect();
        format!("{} came from the copy {name}; later changes to them are lost", what.join(" and "))
    });
    let Some(aside) = &salvage.aside else {
        return format!("the index was lost; {}", restored.unwrap_or_default());
    };
    let lost = match salvage.incomplete.as_slice() {
        [] => "everything in it was carried over".to_owned(),
        tables => format!("not all could be read of: {}", tables.join(", ")),
    };
    let restored = restored.map_or(String::new(), |words| format!("; {words}"));
    format!("the index was damaged and is now {}; {lost}{restored}; no connection is lost", aside.display())
}

fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
    if let Some(made) = cell.get() {
        return Ok(made);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}

/// A duration as clap reads it.
pub(crate) fn duration_argument(text: &str) -> Result<Duration, String> {
    duration::parse(text)
}
