//! A question the keychain itself puts to a person, and the wait for its end.

use super::KeychainError;
use super::call::{BUS, Body, Call};
use super::conversation::Conversation;
use super::deadline::Deadline;

const PROMPT: &str = "org.freedesktop.Secret.Prompt";

/// Runs the prompt, if there is one. `Locked` when the person turned it away or did not answer within `patience`.
pub(super) fn run(talk: &mut Conversation, prompt: &str, patience: Deadline) -> Result<(), KeychainError> {
    if prompt == "/" {
        return Ok(());
    }
    // Listening first: the end may come before the answer to the call that shows the prompt.
    let mut rule = Body::new("s", 256);
    rule.text(&format!("type='signal',interface='{PROMPT}',member='Completed',path='{prompt}'"))?;
    let rule =
        Call { to: BUS, path: "/org/freedesktop/DBus", interface: BUS, member: "AddMatch", body: rule };
    let listening = talk.bus.call(&rule)?;
    talk.bus.prompt = Some(prompt.to_owned());
    let mut window = Body::new("s", 8);
    window.push("")?;
    let shown = talk.on(prompt, PROMPT, "Prompt", window)?;
    talk.bus.answer(listening)?;
    talk.bus.answer(shown)?;

    let before = std::mem::replace(&mut talk.bus.deadline, patience);
    let end = talk.bus.prompt_end();
    talk.bus.deadline = before;
    match end {
        Ok(signal) if signal.dismissed()? => Err(KeychainError::Locked),
        Ok(_) => Ok(()),
        Err(KeychainError::Silent { .. }) => {
            // Nobody waits for it any more; a window left behind would only confuse. Its answer does not matter.
            talk.bus.deadline = Deadline::after(std::time::Duration::from_millis(100));
            talk.on(prompt, PROMPT, "Dismiss", Body::empty())?;
            let _ = talk.bus.flush();
            Err(KeychainError::Locked)
        }
        Err(other) => Err(other),
    }
}
