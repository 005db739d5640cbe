//! Where tasks can go.

use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::Table;
use crate::providers::tasks::{Part, Target};
use crate::task::{self, Courier};

/// List where tasks can go: lists, projects, teams, databases
///
/// What was learnt is kept, so that names become ids without asking and the shell completes them; --refresh asks again.
#[derive(Args)]
pub(crate) struct Targets {
    /// Only of this connection
    #[arg(value_parser = crate::commands::name_argument)]
    name: Option<Name>,
    /// Ask again, even where something is known
    #[arg(long)]
    refresh: bool,
}

impl Targets {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let names = match &self.name {
            Some(name) => vec![name.clone()],
            None => task::able(app)?,
        };
        if names.is_empty() {
            return Err(Error::new(Kind::NotConnected, "nothing that is connected can take tasks")
                .help("integ connect todoist (or notion, linear, google, …)"));
        }
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for name in &names {
            match self.of_one(app, name) {
                Ok(targets) => found.push(targets),
                Err(error) if names.len() == 1 => return Err(error),
                Err(error) => {
                    app.out.warn(&error.message);
                    failed.push(error);
                }
            }
        }
        self.show(app, &found)?;
        Error::of_many(names.len(), &failed).map_or(Ok(()), Err)
    }

    fn of_one(&self, app: &App, name: &Name) -> Result<(Name, &'static str, Vec<Target>), Error> {
        let courier = Courier::open(app, name)?;
        let mut known = courier.known();
        if self.refresh || !known.iter().any(|target| target.part == Part::List) {
            known = app.block_on(courier.learn_lists())?.map_err(|halt| halt.error)?;
        }
        Ok((courier.name.clone(), courier.traits().list, known.to_vec()))
    }

    fn show(&self, app: &App, found: &[(Name, &'static str, Vec<Target>)]) -> Result<(), Error> {
        let rows = found.iter().flat_map(|(name, word, known)| {
            let holds = |target: &&Target| matches!(target.part, Part::List | Part::Folder);
            known.iter().filter(holds).map(move |target| (name, *word, target, task::path_of(target, known)))
        });
        if app.out.json {
            let items = rows.map(|(name, word, target, path)| {
                json!({"connection": name.as_str(), "part": target.part.word(), "kind": word, "id": target.id,
                    "name": target.name, "alias": target.alias, "path": path,
                    "to": (target.part == Part::List).then(|| format!("{name}/{path}"))})
            });
            return Ok(app.out.document("targets", items.collect())?);
        }
        // A provider that has a place for tasks without a list needs none.
        let (bare, full): (Vec<_>, Vec<_>) =
            found.iter().partition(|(_, _, known)| known.iter().all(|target| target.part != Part::List));
        for (name, word, _) in bare {
            app.out.say(format!("{name} names no {word}."));
        }
        if full.is_empty() {
            return Ok(());
        }
        let mut table = Table::new(&["To", "Kind", "Id"]);
        for (name, word, target, path) in rows.filter(|(_, _, target, _)| target.part == Part::List) {
            table.row(&[&format!("{name}/{path}"), word, &target.id]);
        }
        Ok(app.out.line(table.render())?)
    }
}
