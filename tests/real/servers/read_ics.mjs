// Reads an iCalendar file with the parser of Thunderbird and prints what it found, one JSON document.
import { readFileSync } from "node:fs";
import { load } from "./packages.mjs";

const { default: ICAL } = await load("ical.js");
const root = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
const events = root.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    start: event.startDate.toICALString(),
    end: event.endDate.toICALString(),
    whole: event.startDate.isDate,
    categories: component.getFirstProperty("categories").getValues(),
    attendees: component.getAllProperties("attendee").map((one) => one.getFirstValue()),
  };
});
console.log(JSON.stringify({ components: root.getAllSubcomponents().length, events }));
