use super::{After, Case};
use crate::evil::Evil;
use crate::home::{Home, Output, Point};

fn run(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["connect", "evil", "--no-browser", "--replace"]).disk(point).sign_in().0
}

fn holds(after: &After<'_>) {
    match after.token("evil") {
        Some(token) => after.is_live(&token),
        None => after.must(!after.is_acknowledged(), "the connection is not there"),
    }
    after.home.connect(&["evil", "--replace"]).0.exits(&[0]);
    after.is_live(&after.token("evil").unwrap_or_default());
}

pub(crate) const FIRST: Case = Case { name: "connect", least: 40, seed: Home::new, run, holds };

fn seed(evil: &Evil) -> Home {
    let home = Home::new(evil);
    home.fresh(evil, "evil");
    home
}

fn holds_again(after: &After<'_>) {
    after.must(after.token("evil").is_some(), "the connection that was there is gone");
    holds(after);
}

/// The connection that works is only ever replaced by one that does.
pub(crate) const AGAIN: Case = Case { name: "connect again", least: 20, seed, run, holds: holds_again };
