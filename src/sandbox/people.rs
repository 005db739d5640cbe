//! Who can sign in here.

pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) email: &'static str,
    pub(crate) name: &'static str,
    pub(crate) workspace: &'static str,
}

pub(crate) static ALICE: Person = Person {
    id: "person-alice",
    email: "alice@sandbox.example",
    name: "Alice Example",
    workspace: "Sandbox Inc",
};

pub(crate) static BOB: Person =
    Person { id: "person-bob", email: "bob@sandbox.example", name: "Bob Example", workspace: "Sandbox Inc" };

pub(crate) static PEOPLE: [&Person; 2] = [&ALICE, &BOB];

pub(crate) fn find(email: &str) -> Option<&'static Person> {
    PEOPLE.into_iter().find(|person| person.email.eq_ignore_ascii_case(email))
}
