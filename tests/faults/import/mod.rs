//! Group HI: connections carried to a machine where nobody sits.

mod bundle;
mod forms;
mod hosts;

use crate::evil::Evil;
use crate::home::Home;

/// A bundle sealed to the key that every home here has.
pub(crate) fn bundle(evil: &Evil, home: &Home, name: &str) -> Vec<u8> {
    home.fresh(evil, name);
    let recipient = home.run(&["vault", "recipient"]).exits(&[0]).out().trim().to_owned();
    assert!(recipient.starts_with("age1"), "{recipient}");
    let output = home.run(&["export", name, "--to", &recipient]);
    output.exits(&[0]);
    assert!(!output.stdout.is_empty());
    output.stdout
}
