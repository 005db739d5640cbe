"""A server with a calendar of many events, as Google serves them: pages of 2,500, a sync token. Every page is made before
the port opens, so that serving it costs next to nothing.

    python3 -m benchmark.calendar_server CALENDARS EVENTS [LATENCY_MS]      prints its address, then serves until it is ended

GET /admin/change?k=100   so many events change: the next sync token brings these
GET /admin/count          requests for events so far
/dav/                     the first calendar for CalDAV, once `--dav` stands last
"""
import json
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

PAGE = 2_500
PEOPLE = "ada bo chi dan eva fox gil hui ida jon kim lou".split()
WORDS = "plan review offer budget launch design standup board hiring pricing research release".split()
PLACES = ["Room 4.12 (8)", "Zürich 1.03", "会議室 B", "12 Rue d’Alésia, Paris", "", ""]


def identifier(calendar, number):
    return f"{random.Random(f'{calendar}/{number}').getrandbits(128):026x}"


def event(calendar, number, version=0):
    chance = random.Random(f"{calendar}/{number}/event")
    made = identifier(calendar, number)
    start = int(time.time()) // 900 * 900 + chance.randrange(-28 * 96, 360 * 96) * 900
    at = lambda unix: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix))
    host = chance.choice(PEOPLE)
    words = lambda count: " ".join(chance.choice(WORDS) for _ in range(count))
    described = {
        "kind": "calendar#event", "etag": f'"{3400000000000000 + number * 2 + version}"', "id": made,
        "status": "confirmed", "htmlLink": f"https://www.google.com/calendar/event?eid={made}{host}AZXhhbXBsZS50ZXN0",
        "created": at(start - 3_000_000), "updated": at(start - 90_000), "summary": f"{words(2).title()}: {host} (v{version})",
        "creator": {"email": f"{host}@example.test"}, "organizer": {"email": f"{host}@example.test", "self": host == "ada"},
    }
    if chance.random() < .45:
        described["description"] = "Agenda:\n" + "\n".join(f"- {words(4)} \"{words(1)}\" <b>{words(1)}</b>" for _ in range(3))
    place = chance.choice(PLACES)
    if place:
        described["location"] = place
    if chance.random() < .06:
        described["start"], described["end"] = {"date": at(start)[:10]}, {"date": at(start + 86_400)[:10]}
        described["transparency"] = "transparent"
    else:
        zone = chance.choice(["Europe/Zurich", "America/New_York", "UTC", "Asia/Tokyo"])
        described["start"] = {"dateTime": at(start), "timeZone": zone}
        described["end"] = {"dateTime": at(start + 1_800), "timeZone": zone}
    if chance.random() < .3:
        described["recurringEventId"] = identifier(calendar, number // 10)
        described["originalStartTime"] = described["start"]
    described["iCalUID"] = f"{made}@google.com"
    described["sequence"] = version
    described["attendees"] = [
        {"email": f"{name}@example.test", "displayName": f"{name.title()} Example", "responseStatus": "accepted"}
        for name in chance.sample(PEOPLE, chance.randrange(0, 5))]
    if chance.random() < .5:
        room = "https://meet.google.com/abc-defg-hij"
        described["hangoutLink"] = room
        described["conferenceData"] = {
            "entryPoints": [{"entryPointType": "video", "uri": room, "label": "meet.google.com/abc-defg-hij"}],
            "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"}, "conferenceId": "abc-defg-hij"}
    described["reminders"] = {"useDefault": True}
    described["eventType"] = "default"
    return json.dumps(described, indent=1, ensure_ascii=False).encode()


class Calendar:
    def __init__(self, name, count):
        self.name, self.version = name, 0
        self.events = [event(name, number) for number in range(count)]
        self.pages = [self.page(self.events[at:at + PAGE], at // PAGE + 1, at + PAGE < count) for at in range(0, count, PAGE)]
        self.changes = self.page([], 0, False)

    def page(self, events, number, more):
        head = {"kind": "calendar#events", "summary": self.name, "timeZone": "Europe/Zurich"}
        head.update({"nextPageToken": f"p{number}"} if more else {"nextSyncToken": f"s{self.version}"})
        return json.dumps(head).encode()[:-1] + b',"items": [\n' + b",\n".join(events) + b"]}"

    def change(self, count):
        self.version += 1
        step = max(1, len(self.events) // count)
        self.changes = self.page([event(self.name, at * step, self.version) for at in range(count)], 0, False)

    def answer(self, query):
        if "pageToken" in query:
            return self.pages[int(query["pageToken"][1:])]
        if "syncToken" in query:
            asked, self.changes = self.changes, self.page([], 0, False)
            return asked
        return self.pages[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urlparse(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        steps = url.path.strip("/").split("/")
        server = self.server
        if steps[0] == "admin":
            if steps[1] == "change":
                for calendar in server.calendars.values():
                    calendar.change(int(query["k"]))
            return self.send(str(server.count).encode())
        if steps[-1] == "calendarList":
            return self.send(json.dumps({"items": [
                {"id": name, "summary": name, "primary": name == "primary", "accessRole": "owner"}
                for name in server.calendars]}).encode())
        with server.lock:
            server.count += 1
        if server.latency:
            time.sleep(server.latency)
        self.send(server.calendars[steps[3]].answer(query))

    def do_PROPFIND(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.send(self.server.collection.answer(self.command, body), 207, "application/xml")

    do_REPORT = do_PROPFIND

    def send(self, body, status=200, kind="application/json"):
        self.send_response_only(status)
        self.send_header("Content-Type", f"{kind}; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    calendars, events, latency = int(sys.argv[1]), int(sys.argv[2]), float((sys.argv + ["0"])[3])
    server = Server(("127.0.0.1", 0), Handler)
    has_dav = sys.argv[-1] == "--dav"
    names = ["primary", *(f"c{number}" for number in range(1, calendars))]
    server.calendars = {name: Calendar(name, events) for name in names}
    if has_dav:
        from benchmark.caldav import Collection
        server.collection = Collection("/dav/", map(json.loads, server.calendars["primary"].events))
    server.count, server.lock, server.latency = 0, threading.Lock(), latency / 1000
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
