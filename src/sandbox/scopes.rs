//! What an app may ask for, and the words a person reads.

pub(crate) struct Scope {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    /// A person can withhold it and still sign in.
    pub(crate) optional: bool,
}

/// What an app gets that asks for nothing by name.
pub(crate) const DEFAULT: &str = "profile";

pub(crate) type Scopes = Vec<&'static str>;

pub(crate) static SCOPES: [Scope; 11] = [
    Scope { name: "openid", words: "Know that it is you", optional: false },
    Scope { name: "profile", words: "See your name and workspace", optional: false },
    Scope { name: "email", words: "See your email address", optional: false },
    Scope { name: "offline_access", words: "Stay connected until you say otherwise", optional: false },
    Scope { name: "items.read", words: "See your items", optional: true },
    Scope { name: "calendars.read", words: "See your calendars and events", optional: true },
    Scope { name: "calendars.write", words: "Add and change events", optional: true },
    Scope { name: "tasks.read", words: "See your tasks", optional: true },
    Scope { name: "tasks.write", words: "Add and change tasks", optional: true },
    Scope { name: "messages.read", words: "Read your messages", optional: true },
    Scope { name: "messages.send", words: "Send messages in your name", optional: true },
];

/// In the order asked, each once; None when one is unknown or nothing is asked.
pub(crate) fn parse(text: &str) -> Option<Scopes> {
    let mut scopes = Scopes::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let name = find(word)?.name;
        if !scopes.contains(&name) {
            scopes.push(name);
        }
    }
    (!scopes.is_empty()).then_some(scopes)
}

pub(crate) fn find(name: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|scope| scope.name == name)
}
