//! The agenda as a person reads it: by day, a line for each event, at any width.

use std::collections::BTreeMap;

use console::{Style, measure_text_width, truncate_str};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::document::names;
use crate::calendar::agenda::{Entry, bounds, is_all_day};
use crate::calendar::span::Stretch;
use crate::event::{Event, Response, Status, When};
use crate::index::Calendar;
use crate::output::{self, Shown, sanitise};
use crate::zone;

/// Columns before a title.
const TIMES: usize = 15;
/// A title is not cut shorter than this for what stands behind it.
const TITLE: usize = 24;
/// What lasts longer is shown on so many days only.
const MOST_DAYS: i32 = 400;

pub(super) struct Agenda<'a> {
    calendars: &'a [Calendar],
    now: &'a Zoned,
    zone: &'a TimeZone,
    stretch: Stretch,
    /// Absent: nothing is cut.
    width: Option<usize>,
}

struct Line<'a> {
    start: Timestamp,
    times: String,
    entry: &'a Entry,
    part: Option<String>,
}

impl<'a> Agenda<'a> {
    pub(super) fn new(calendars: &'a [Calendar], now: &'a Zoned, stretch: Stretch) -> Agenda<'a> {
        Agenda { calendars, now, zone: now.time_zone(), stretch, width: output::width() }
    }

    /// `on Saturday 21 November 2026`, `from … to …`
    pub(super) fn when(&self) -> String {
        let (first, last) = self.stretch.days(self.zone);
        if first == last {
            format!("on {}", day_words(first))
        } else {
            format!("from {} to {}", day_words(first), day_words(last))
        }
    }

    pub(super) fn text(&self, entries: &[Entry]) -> Shown<'static> {
        let mut days: BTreeMap<Date, Vec<Line<'_>>> = BTreeMap::new();
        for entry in entries {
            self.place(entry, &mut days);
        }
        let today = self.now.date();
        if self.stretch.touches(self.now.timestamp(), self.now.timestamp()) {
            days.entry(today).or_default();
        }
        Shown::joined(days.iter().map(|(day, lines)| self.day(*day, lines)), "\n\n")
    }

    fn place<'e>(&self, entry: &'e Entry, days: &mut BTreeMap<Date, Vec<Line<'e>>>) {
        let (start, _) = bounds(&entry.event.when, self.zone);
        let (first, last) = entry.days(self.zone);
        let (seen_first, seen_last) = self.stretch.days(self.zone);
        let count = days_between(first, last);
        let mut day = first.max(seen_first);
        for _ in 0..MOST_DAYS {
            let number = days_between(first, day);
            // A night is not counted in days.
            let part = (count > 2 || (count > 1 && is_all_day(&entry.event)))
                .then(|| format!("day {number} of {count}"));
            let times = self.times(&entry.event, day, (first, last));
            days.entry(day).or_default().push(Line { start, times, entry, part });
            match day.tomorrow() {
                Ok(next) if next <= last.min(seen_last) => day = next,
                _ => return,
            }
        }
    }

    fn times(&self, event: &Event<'_>, day: Date, (first, last): (Date, Date)) -> String {
        let When::Time { start, end, .. } = &event.when else { return "all day".to_owned() };
        let clock = |instant: &Timestamp| {
            let at = self.zone.to_datetime(*instant);
            format!("{:02}:{:02}", at.hour(), at.minute())
        };
        match (first == day, last == day) {
            (true, true) if start == end => clock(start),
            (true, true) => format!("{}–{}", clock(start), clock(end)),
            (true, false) => format!("{} →", clock(start)),
            (false, true) => format!("    → {}", clock(end)),
            (false, false) => "    →".to_owned(),
        }
    }

    fn day(&self, day: Date, lines: &[Line<'_>]) -> Shown<'static> {
        let mut name = day_words(day);
        let today = self.now.date();
        if day == today {
            name.push_str(" · today");
        } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
            name.push_str(" · tomorrow");
        }
        let mut text = vec![output::paint_data(&name, Style::new().bold())];
        // What is not over yet comes below the marker or surrounds it.
        let is_ahead = |line: &Line<'_>| line.start > self.now.timestamp();
        let mut is_marked = day != today || !self.stretch.touches(self.now.timestamp(), self.now.timestamp());
        for line in lines {
            if !is_marked && is_ahead(line) {
                text.push(self.marker());
                is_marked = true;
            }
            text.push(self.line(line));
        }
        if !is_marked {
            text.push(self.marker());
        }
        Shown::lines(text)
    }

    fn marker(&self) -> Shown<'static> {
        let rule = "─".repeat(self.width.unwrap_or(60).clamp(30, 60) - TIMES);
        output::paint_data(
            &format!("  {:02}:{:02} now    {rule}", self.now.hour(), self.now.minute()),
            Style::new().red(),
        )
    }

    fn line(&self, line: &Line<'_>) -> Shown<'static> {
        let (entry, event) = (line.entry, &line.entry.event);
        let (_, end) = bounds(&event.when, self.zone);
        let swatch = self.swatch(entry);
        let room = self.width.map(|width| width.saturating_sub(TIMES + swatch.width()));
        let title = sanitise::line(event.title.trim()).into_owned();
        let title = if title.is_empty() { "(no title)".to_owned() } else { title };
        let must: Vec<String> =
            [marks(event), line.part.clone(), self.own_time(event)].into_iter().flatten().collect();
        let calendars = (self.calendars.len() > 1).then(|| names(entry, self.calendars).join(", "));
        let may: Vec<String> = [place(event), calendars]
            .into_iter()
            .flatten()
            .map(|text| sanitise::line(&text).into_owned())
            .collect();
        let (title, rest) = fit(&title, &must, &may, room);
        let is_over = end <= self.now.timestamp();
        let is_on = !is_over && line.start <= self.now.timestamp() && !is_all_day(event);
        let style = match () {
            () if entry.is_declined() => Style::new().dim().strikethrough(),
            () if is_on => Style::new().bold(),
            () if is_over => Style::new().dim(),
            () => Style::new(),
        };
        let title = output::paint_data(&title, style);
        let line = Shown::from(format!("  {:<13}", line.times)).and(swatch).and(title);
        if rest.is_empty() {
            line
        } else {
            line.and(output::paint_data(&format!(" · {rest}"), Style::new().dim()))
        }
    }

    /// The colour of the first calendar; its name says the same.
    fn swatch(&self, entry: &Entry) -> Shown<'static> {
        let first = entry.calendars.first().and_then(|place| self.calendars.get(*place));
        first
            .and_then(|calendar| output::swatch(calendar.color.as_deref()))
            .map_or_else(Shown::default, |dot| dot.and(" "))
    }

    /// Where the clocks of the event's own zone show something else, or nobody knows what they show.
    fn own_time(&self, event: &Event<'_>) -> Option<String> {
        let When::Time { start, zone: Some(said), .. } = &event.when else { return None };
        let said_clean = sanitise::line(said);
        let Some(rules) = zone::rules(said) else { return Some(format!("time zone “{said_clean}”")) };
        if rules.to_offset(*start) == self.zone.to_offset(*start) {
            return None;
        }
        let at = rules.to_datetime(*start);
        let iana = zone::iana(said);
        let city = iana.as_deref().and_then(|name| name.rsplit('/').next()).unwrap_or(&said_clean);
        Some(format!("{:02}:{:02} {}", at.hour(), at.minute(), city.replace('_', " ")))
    }
}

/// What is uncertain about it.
fn marks(event: &Event<'_>) -> Option<String> {
    match (event.response, event.status) {
        (Some(Response::Declined), _) => Some("declined".to_owned()),
        (Some(Response::None), _) => Some("not answered".to_owned()),
        (Some(Response::Tentative), _) | (_, Status::Tentative) => Some("tentative".to_owned()),
        _ => None,
    }
}

/// Where: the first line of the place, else the host of the meeting.
fn place(event: &Event<'_>) -> Option<String> {
    let location = event.location.as_deref().and_then(|text| text.trim().lines().next());
    let host = || Some(url::Url::parse(event.meeting.as_deref()?).ok()?.host_str()?.to_owned());
    location.filter(|text| !text.is_empty()).map(str::to_owned).or_else(host)
}

/// The title and what stands behind it. What may be left out is, before the title is cut.
fn fit(title: &str, must: &[String], may: &[String], room: Option<usize>) -> (String, String) {
    let joined = |parts: &[String]| parts.join(" · ");
    let all = [must, may].concat();
    let Some(room) = room else { return (title.to_owned(), joined(&all)) };
    let wide = |parts: &[String]| match parts {
        [] => 0,
        _ => 3 + measure_text_width(&joined(parts)),
    };
    let mut shown = must.to_vec();
    let title_room = room.saturating_sub(wide(&shown)).max(TITLE.min(room / 2));
    let title = truncate_str(title, title_room, "…").into_owned();
    let used = measure_text_width(&title);
    for part in may {
        let left = room.saturating_sub(used + wide(&shown) + 3);
        // A few letters of a place say nothing.
        if left >= measure_text_width(part) {
            shown.push(part.clone());
        } else if left >= 10 {
            shown.push(truncate_str(part, left, "…").into_owned());
        }
    }
    let left = room.saturating_sub(used + 3);
    (title, truncate_str(&joined(&shown), left, "…").into_owned())
}

fn day_words(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// Both of them counted.
fn days_between(first: Date, last: Date) -> i32 {
    first.until(last).map_or(1, |span| span.get_days().saturating_add(1))
}

#[cfg(test)]
mod tests;
