//! All attacks on a sign-in that waits, whoever waits; and listeners that are wrong on purpose, each of which the battery
//! must catch: one that catches nothing proves nothing.

use super::Waiting;
use super::attacks::{Attack, MARK, Place};
use super::wrong::{Flaw, Wrong};
use crate::evil::Evil;
use crate::evil::browser::{self, Page};
use crate::home::{Home, figure, rounds};

/// A sign-in that waits: ours, or one made to be caught.
pub(super) trait Listener {
    fn place(&self) -> Place;
    /// Why it waits no longer, if so.
    fn has_ended(&mut self) -> Option<String>;
}

struct Ours<'e, 'h> {
    waiting: Waiting<'h>,
    evil: &'e Evil,
}

impl Listener for Ours<'_, '_> {
    fn place(&self) -> Place {
        self.waiting.place()
    }

    fn has_ended(&mut self) -> Option<String> {
        let asked = self.evil.log("token").len();
        let over = self.waiting.running.is_over();
        (over || asked != 0).then(|| format!("over: {over}, {asked} token requests"))
    }
}

/// What the attacks achieved, an entry each. It ends where the wait has ended.
fn achieved(listener: &mut dyn Listener) -> Vec<String> {
    let place = listener.place();
    let mut found = Vec::new();
    for Attack { name, bytes } in place.attacks() {
        let page = browser::send_and_end(&place.host, &bytes);
        found.extend(gained(&page, &place).map(|what| format!("{name}: {what}")));
        if let Some(why) = listener.has_ended() {
            found.push(format!("{name}: the wait has ended: {why}"));
            break;
        }
    }
    found
}

/// What a stranger may not get to see.
fn gained(page: &Page, place: &Place) -> Option<String> {
    let head = page.head.to_lowercase();
    if page.status != 0 && !(400..600).contains(&page.status) {
        return Some(format!("status {}", page.status));
    }
    if head.contains("access-control-allow") {
        return Some("it was allowed across origins".to_owned());
    }
    let text = format!("{}{}", page.head, page.body);
    let told = [MARK, "<script", "\u{1b}", &place.state].into_iter().find(|text_of| text.contains(text_of));
    told.map(|text| format!("{text:?} came back"))
}

#[test]
fn cb05_to_cb29_no_attack_ends_the_wait_or_learns_anything() {
    let mut count = 0;
    for _ in rounds(1, 20) {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let mut ours = Ours { waiting: home.waiting(&["evil"]), evil: &evil };
        count += ours.place().attacks().len();
        assert_eq!(achieved(&mut ours), Vec::<String>::new());
        ours.waiting.finishes();
    }
    assert!(count >= 75, "{count} attacks");
    figure(&format!(
        "listener: {count} attacks, then the real callback: 0 ended the wait or learnt anything"
    ));
}

#[test]
fn a_sound_listener_passes_the_battery() {
    assert_eq!(achieved(&mut Wrong::start(None)), Vec::<String>::new());
}

#[test]
fn the_battery_catches_every_wrong_listener() {
    for flaw in Flaw::ALL {
        let found = achieved(&mut Wrong::start(Some(flaw)));
        assert!(!found.is_empty(), "{flaw:?} was not noticed");
    }
}
