//! Every zone there is, where its clocks are put forward and back: an instant survives being shown and written, and days
//! lie end to end.

use icalendar::{Component as _, DatePerhapsTime};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

use super::agenda::Entry;
use super::span::{Moment, first_moment};
use crate::event::{Event, Status, When};

/// The zones by name, and each one's changes from 1995 on.
fn changes() -> impl Iterator<Item = (String, TimeZone, Vec<Timestamp>)> {
    let from: Timestamp = "1995-01-01T00:00:00Z".parse().unwrap();
    let to: Timestamp = "2031-01-01T00:00:00Z".parse().unwrap();
    crate::zone::names().filter_map(move |name| {
        let zone = crate::zone::rules(&name)?;
        let all = zone.following(from).map(|change| change.timestamp()).take_while(|at| *at < to).collect();
        Some((name, zone, all))
    })
}

/// Beside a change, and the width of a gap or a fold away from it.
const BESIDE: [i64; 9] = [-7_200, -3_600, -1_800, -1, 0, 1, 1_799, 3_600, 7_200];

fn around(at: Timestamp) -> impl Iterator<Item = Timestamp> {
    BESIDE.into_iter().map(move |seconds| at + seconds.seconds())
}

#[test]
fn an_instant_that_is_shown_in_any_zone_is_read_as_itself() {
    let mut tried = 0;
    for (name, zone, changes) in changes() {
        let now = Timestamp::UNIX_EPOCH.to_zoned(zone.clone());
        for instant in changes.iter().flat_map(|at| around(*at)) {
            let local = instant.to_zoned(zone.clone());
            // Some zones were seconds off once; none since 1995 is, but `%:z` must not be what hides it.
            assert_eq!(local.offset().seconds() % 60, 0, "{name} {instant}");
            let shown = local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            assert_eq!(shown.parse::<Timestamp>().unwrap(), instant, "{name}: {shown}");
            let typed = Moment::parse(&shown, &now, now.date()).unwrap();
            assert_eq!(typed, Moment::At(instant), "{name}: {shown}");
            // Without an offset the first of two instants is meant, and one that shows the same time.
            let Moment::At(meant) = Moment::parse(&shown[..19], &now, now.date()).unwrap() else {
                panic!("{shown}")
            };
            assert!(meant <= instant, "{name}: {shown}");
            assert_eq!(zone.to_datetime(meant), local.datetime(), "{name}: {shown}");
            tried += 1;
        }
    }
    assert!(tried > 50_000, "{tried}");
}

#[test]
fn a_time_that_no_clock_shows_is_the_same_distance_after_the_gap() {
    let mut gaps = 0;
    for (name, zone, changes) in changes() {
        let now = Timestamp::UNIX_EPOCH.to_zoned(zone.clone());
        for at in changes {
            let before = (at - 1.second()).to_zoned(zone.clone()).offset().seconds();
            let gap = at.to_zoned(zone.clone()).offset().seconds() - before;
            if gap <= 0 {
                continue;
            }
            gaps += 1;
            // The clock as it stood, one second on: nobody sees it.
            let skipped = zone.to_datetime(at - 1.second()) + 1.second();
            let Moment::At(meant) = Moment::parse(&skipped.to_string(), &now, now.date()).unwrap() else {
                panic!("{skipped}")
            };
            assert_eq!(meant, at, "{name}: {skipped}");
        }
    }
    assert!(gaps > 1_000, "{gaps}");
}

#[test]
fn days_lie_end_to_end_and_begin_with_their_first_moment() {
    for (name, zone, changes) in changes() {
        for day in changes.iter().flat_map(|at| [-1, 0, 1].map(|d| zone.to_datetime(*at).date() + d.days())) {
            let begins = first_moment(day, &zone);
            let next: Date = day.tomorrow().unwrap();
            assert_eq!(Moment::Day(day).ends(&zone), Moment::Day(next).begins(&zone), "{name} {day}");
            assert!(zone.to_datetime(begins).date() >= day, "{name} {day}");
            assert!(zone.to_datetime(begins - 1.second()).date() < day, "{name} {day}");
            let first = zone.to_datetime(begins);
            // Only where midnight was skipped does it begin later; where it comes twice, with the first.
            if first.date() == day && first.time() != Time::midnight() {
                let midnight: Zoned = day.to_zoned(zone.clone()).unwrap();
                assert_eq!(midnight.timestamp(), begins, "{name} {day}");
            }
        }
    }
}

#[test]
fn what_is_exported_is_the_same_instant_for_whoever_reads_it() {
    for (name, zone, changes) in changes().step_by(7) {
        let instants: Vec<Timestamp> = changes.iter().flat_map(|at| around(*at)).collect();
        let entries: Vec<Entry> = instants.iter().map(|start| entry(&name, *start)).collect();
        let text = super::ics::document(&entries, &[], "zones");
        let calendar: icalendar::Calendar = text.parse().unwrap();
        let read: Vec<i64> = calendar
            .components
            .iter()
            .filter_map(icalendar::CalendarComponent::as_event)
            .map(|event| match event.get_start() {
                Some(DatePerhapsTime::DateTime(icalendar::CalendarDateTime::Utc(at))) => at.timestamp(),
                other => panic!("{other:?}"),
            })
            .collect();
        let written: Vec<i64> = instants.iter().map(|at| at.as_second()).collect();
        assert_eq!(read, written, "{name}");
        // And in the zone that it is looked at in, it stands under its own day.
        for (at, entry) in instants.iter().zip(&entries) {
            let When::Time { start, .. } = &entry.event.when else { panic!("no time") };
            assert_eq!(zone.to_datetime(*start), at.to_zoned(zone.clone()).datetime());
        }
    }
}

fn entry(zone: &str, start: Timestamp) -> Entry {
    let event = Event {
        remote: start.to_string().into(),
        uid: start.to_string().into(),
        version: "1".into(),
        when: When::Time { start, end: start + 1.hour(), zone: Some(zone.to_owned().into()) },
        title: "x".into(),
        status: Status::Confirmed,
        response: None,
        free: false,
        away: false,
        private: false,
        location: None,
        description: None,
        organizer: None,
        attendees: Vec::new(),
        url: None,
        meeting: None,
        series: None,
        updated: None,
    };
    Entry { event, calendars: vec![] }
}
