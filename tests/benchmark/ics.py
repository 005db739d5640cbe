"""An event of the calendar server as iCalendar (RFC 5545) has it: what a mirror keeps of it."""


def clean(text):
    for character, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(character, escaped)
    return text


def bare(text):
    return text.replace("-", "").replace(":", "")


def when(name, place):
    return f"{name};VALUE=DATE:{bare(place['date'])}" if "date" in place else f"{name}:{bare(place['dateTime'])}"


def document(event):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//integ//benchmark//EN", "BEGIN:VEVENT", f"UID:{event['iCalUID']}",
             f"DTSTAMP:{bare(event['updated'])}", when("DTSTART", event["start"]), when("DTEND", event["end"]),
             f"SUMMARY:{clean(event['summary'])}", f"URL:{event['htmlLink']}",
             f"ORGANIZER:mailto:{event['organizer']['email']}"]
    lines += [f"{key.upper()}:{clean(event[key])}" for key in ("description", "location") if key in event]
    lines += [f"ATTENDEE;CN={one['displayName']};PARTSTAT=ACCEPTED:mailto:{one['email']}" for one in event["attendees"]]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])
