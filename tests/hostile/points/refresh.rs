use super::{After, Case};
use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::{Act, Home, Output, Point};

fn seed(evil: &Evil) -> Home {
    let home = Home::new(evil);
    home.fresh(evil, "evil");
    home
}

fn run(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["refresh", "evil", "--force", "--json"]).disk(point).run()
}

fn holds(after: &After<'_>) {
    let strict = after.evil.state().grants.rotation == Rotation::Strict;
    let asked = after.evil.refreshes();
    after.must(asked <= 1, "asked twice");
    after.must(after.home.has_keychain() || after.home.vault_files().len() == 1, "not one grant");
    // The new token exists nowhere but in a process that is gone, or the disk takes nothing any more.
    let may_be_lost = strict && asked == 1 && matches!(after.point.act, Act::Kill | Act::FailsOn(_));
    if !after.was_killed() && asked == 1 && after.out.code != 0 {
        after.must(
            after.out.code == 5 && after.out.out().contains("evil"),
            "a refresh that failed without a word",
        );
    }
    let next = after.home.run(&["refresh", "evil", "--force", "--json"]);
    if next.code == 3 {
        after.must(may_be_lost && !after.is_acknowledged(), &format!("lost: {}", next.transcript()));
        next.says("needs_reauth").says("integ connect evil");
        after.home.connect(&["evil", "--replace"]).0.exits(&[0]);
    } else {
        after.must(next.code == 0, &format!("the next refresh: {}", next.transcript()));
    }
    after.is_live(&after.token("evil").unwrap_or_default());
}

pub(crate) const CASE: Case = Case { name: "refresh", least: 20, seed, run, holds };

fn seed_with_grace(evil: &Evil) -> Home {
    evil.state().grants.rotation = Rotation::Grace;
    seed(evil)
}

/// Where the provider forgives, nothing is ever lost.
pub(crate) const WITH_GRACE: Case = Case { name: "refresh with grace", seed: seed_with_grace, ..CASE };
