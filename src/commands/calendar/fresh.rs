//! How much of the truth a mirror has: how old it is, what went wrong, and which days it does not reach.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::app::App;
use crate::calendar::span::Stretch;
use crate::index::Calendar;
use crate::output::sanitise;
use crate::{clock, duration};

/// What is asked for where nobody said how far back.
const FAR: i32 = 90;

/// An agenda is as good as its last sync.
pub(crate) fn say_how_fresh(app: &App, calendars: &[Calendar]) {
    let never: Vec<String> =
        calendars.iter().filter(|one| one.synced_at.is_none()).map(Calendar::full_name).collect();
    if !never.is_empty() {
        app.out.say(&sanitise::line(&format!("Never synced: {}.", never.join(", "))));
        app.out.hint("integ sync");
    }
    for calendar in calendars {
        if let Some(error) = &calendar.error {
            let words = format!("{}: {} ({})", calendar.full_name(), error.message, clock::local(error.at));
            app.out.say(&sanitise::line(&words));
            if let Some(help) = calendar.cure() {
                app.out.hint(&help);
            }
        }
    }
    if let Some(oldest) = calendars.iter().filter_map(|one| one.synced_at).min() {
        app.out.say(format!("Synced {} ago.", duration::words(clock::now() - oldest)));
    }
}

/// A day that no pass asked for is not an empty day.
pub(crate) fn warn_of_what_is_not_mirrored(app: &App, calendars: &[Calendar], asked: &Stretch, now: &Zoned) {
    let (first, last) = asked.days(now.time_zone());
    let windows = || calendars.iter().filter_map(|one| one.window);
    let day = |second: i64| {
        Timestamp::from_second(second).map_or(Date::MAX, |at| now.time_zone().to_datetime(at).date())
    };
    let days = |from: Date, to: Date| from.until(to).map_or(FAR, |length| length.get_days() + 1);
    if let Some(from) = windows().map(|(from, _)| day(from)).max().filter(|from| first < *from) {
        let past = if asked.from == Timestamp::MIN { FAR } else { days(first, now.date()) };
        app.out.warn(&format!("mirrored only from {from} on"));
        app.out.hint(&format!("integ sync --past {past}d"));
    }
    let ends = windows().map(|(_, to)| day(to.saturating_sub(1))).min();
    if let Some(to) = ends.filter(|to| last > *to && asked.to != Timestamp::MAX) {
        app.out.warn(&format!("mirrored only up to {to}"));
        app.out.hint(&format!("integ sync --future {}d", days(now.date(), last)));
    }
}
