//! Group HI: connections carried to a machine where nobody sits.

mod bundle;
mod forms;
mod hosts;
mod passphrases;

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

/// A grant sealed to a passphrase, with so little work that a test has the time for it.
pub(crate) fn sealed_with(evil: &Evil, passphrase: &str) -> Vec<u8> {
    let (_, grant) = crate::home::GrantText::new(evil, "evil", 4_000_000_000);
    let mut recipient = age::scrypt::Recipient::new(passphrase.to_owned().into());
    recipient.set_work_factor(2);
    age::encrypt(&recipient, grant.0.to_string().as_bytes()).unwrap()
}
