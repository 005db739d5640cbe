//! What a task can be put into or pointed at: lists, people, tags. The index keeps them, so that names become ids without
//! asking, and the shell can complete them.

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// Holds lists, and no tasks itself: a workspace, a space, a site.
    Folder,
    /// Holds tasks: a list, a project, a team, a database, a repository.
    List,
    Person,
    Tag,
}

impl Part {
    pub(crate) const ALL: [Part; 4] = [Part::Folder, Part::List, Part::Person, Part::Tag];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Part::Folder => "folder",
            Part::List => "list",
            Part::Person => "person",
            Part::Tag => "tag",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// One of them, as a provider names it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub part: Part,
    pub id: String,
    pub name: String,
    /// A second name that people use for it: an address, a short key (`ENG`).
    pub alias: Option<String>,
    /// The id of what it is in: a folder; of people and tags the list they belong to, or nothing where all lists share
    /// them.
    pub within: Option<String>,
    /// What the dialect itself needs of it later (a schema, a state's id). No secret.
    pub detail: Value,
}

impl Target {
    pub(crate) fn new(part: Part, id: impl Into<String>, name: impl Into<String>) -> Target {
        Target { part, id: id.into(), name: name.into(), alias: None, within: None, detail: Value::Null }
    }

    pub(crate) fn alias(self, alias: Option<&str>) -> Target {
        Target { alias: alias.map(str::to_owned), ..self }
    }

    pub(crate) fn within(self, id: Option<&str>) -> Target {
        Target { within: id.map(str::to_owned), ..self }
    }

    pub(crate) fn detail(self, detail: Value) -> Target {
        Target { detail, ..self }
    }

    /// Whether a person who writes this means it. Ids to the letter, names whatever their case.
    pub(crate) fn is_called(&self, text: &str) -> bool {
        let same = |name: &str| name == text || name.to_lowercase() == text.to_lowercase();
        self.id == text || same(&self.name) || self.alias.as_deref().is_some_and(same)
    }
}
