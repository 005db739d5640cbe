"""Goals 8 and 9: mirroring calendars, against the least that it can cost (`floor.rs`) in the same rounds."""
import glob
import os
import select
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from . import vdirsyncer
from .memory import peak_mib
from .process import Failed
from .report import compared, counted, judged, must, told
from .rounds import Rounds

NAME = "mirror"
FEW, MANY = 10_000, 100_000

# Where there is no vdirsyncer (see vdirsyncer.py): what 0.21 used of the processor for a first sync of 10,000 events and for
# one without changes, as a multiple of the floor, measured once beside it (radicale as its server).
RECORDED_FIRST, RECORDED_UNCHANGED = 69, 1_000

PROVIDER_FILE = """title = "Mirror"
authorize-url = "{base}/authorize"
token-url = "{base}/token"
api-url = "{base}"
client-id = "benchmark"
client-auth = "none"

[capability.calendars]
dialect = "google"
"""


class Server:
    def __init__(self, calendars, events, latency=0):
        argv = [sys.executable, "-B", "-m", "benchmark.calendar_server", str(calendars), str(events), str(latency)]
        argv += ["--dav"] if events == FEW and vdirsyncer.program() else []
        self.program = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        cwd=os.path.dirname(os.path.dirname(__file__)))
        ready, _, _ = select.select([self.program.stdout], [], [], 120)
        self.base = self.program.stdout.readline().decode().strip() if ready else ""
        if not self.base:
            self.stop()
            raise Failed("the calendar server did not start")

    def stop(self):
        self.program.kill()
        self.program.wait()

    def ask(self, path):
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.base + path, timeout=60) as answer:
            return int(answer.read())


class Bench:
    """A home with one connection to a server, and a database of the floor's."""

    def __init__(self, stage, server):
        self.place, self.server = stage.another_file(), server
        self.floor_db = os.path.join(self.place.home.scratch, "floor.db")
        folder = self.place.home.folder("config/integ/providers")
        with open(os.path.join(folder, f"{NAME}.toml"), "w", encoding="utf-8") as file:
            file.write(PROVIDER_FILE.format(base=server.base))
        now = int(time.time())
        self.place.seed.put(NAME, {
            "v": 1, "generation": 1, "provider": NAME, "access_token": "t", "token_type": "Bearer",
            "expires_at": now + 30 * 86400, "obtained_at": now, "scopes": [], "capabilities": ["calendars"],
            "identity": {"id": "1", "account": "ada@example.com"}, "verified": True, "connected_at": now,
        })
        self.index = os.path.join(self.place.home.env["XDG_DATA_HOME"], "integ", "index.db")
        self.floor = [os.path.join(os.path.dirname(stage.binary), "examples", "floor")]

    def sync(self):
        return self.place.integ("sync", "--quiet")

    def forget(self):
        for path in glob.glob(glob.escape(self.index) + "*") + glob.glob(glob.escape(self.floor_db) + "*"):
            os.unlink(path)

    def first(self):
        for path in glob.glob(glob.escape(self.index) + "*"):
            os.unlink(path)
        return self.place.sample(self.sync())

    def floor_first(self):
        for path in glob.glob(glob.escape(self.floor_db) + "*"):
            os.unlink(path)
        return self.place.sample([*self.floor, "sync", self.server.base, self.floor_db])

    def again(self):
        return self.place.sample(self.sync())

    def floor_again(self):
        return self.place.sample([*self.floor, "ask", self.server.base, self.floor_db])

    def changed(self):
        self.server.ask("/admin/change?k=100")
        return self.place.sample(self.sync())

    def enable_all(self):
        with sqlite3.connect(self.index) as db:
            db.execute("UPDATE calendar SET enabled = 1")


@contextmanager
def bench(stage, *what):
    server = Server(*what)
    try:
        yield Bench(stage, server)
    finally:
        server.stop()


def sizes(stage):
    """Both sizes side by side, because what must not depend on the number of events is measured as their ratio."""
    with bench(stage, 1, FEW) as few, bench(stage, 1, MANY) as many:
        for goal, one, count, rounds, limit in (("8", few, FEW, 7, 24), ("8", many, MANY, 4, 40)):
            what = f"first sync of {count:,} events"
            measured = Rounds(stage.rounds(rounds), integ=one.first, floor=one.floor_first)
            yield compared(goal, what, measured, "integ", "floor", "cpu", 1.3, "floor")
            if count == FEW and vdirsyncer.program():
                peer = vdirsyncer.Vdirsyncer(one.place.home, one.server.base)
                yield compared(goal, what, Rounds(3, integ=one.first, peer=peer.first), "integ", "peer", "cpu", 0.03, "vdirsyncer")
                one.first()
                same = Rounds(3, integ=one.again, peer=peer.again)
                yield compared("9", f"nothing changed, {FEW:,} events", same, "integ", "peer", "cpu", 0.005, "vdirsyncer")
            elif count == FEW:
                ratio = measured.ratio("integ", "floor", "cpu") / RECORDED_FIRST
                yield judged(goal, f"{what}: cpu, vdirsyncer as recorded", "-", "vdirsyncer", ratio, 0.03)
            one.forget()
            yield counted(goal, f"{what}: memory", peak_mib(one.sync(), one.place.home.env), "MiB", limit)
            one.floor_first()
        quiet = Rounds(stage.rounds(15), few=few.again, many=many.again, floor=few.floor_again)
        yield compared("9", f"nothing changed, {FEW:,} events", quiet, "few", "floor", "cpu", 2, "a bare request")
        if not vdirsyncer.program():
            ratio = quiet.ratio("few", "floor", "cpu") / RECORDED_UNCHANGED
            yield judged("9", "nothing changed: cpu, vdirsyncer as recorded", "-", "vdirsyncer", ratio, 0.005)
        yield compared("9", f"nothing changed, {MANY:,} events", quiet, "many", "few", "cpu", 1.15, f"{FEW:,}")
        before = many.server.ask("/admin/count")
        many.again()
        asked = many.server.ask("/admin/count") - before
        yield must("9", "nothing changed: requests", str(asked), "1", asked == 1)
        some = Rounds(stage.rounds(9), few=few.changed, many=many.changed)
        yield compared("9", f"100 changes in {MANY:,} events", some, "many", "few", "cpu", 1.15, f"in {FEW:,}")
        week = many.place.integ("calendar", "events", "--week")
        cpu = lambda argv: sorted(many.place.run(argv).ok().cpu for _ in range(5))[2] * 1000
        yield counted("9", f"calendar events --week, {MANY:,} events: cpu", cpu(week), "ms", 30)
        yield told("9", "the same, --json", f"{cpu([*week, '--json']):.1f} ms", "-", "-")


def ten(stage):
    with bench(stage, 10, 250, 50) as all_ten, bench(stage, 1, 250, 50) as one:
        for side in (all_ten, one):
            side.first()
            side.enable_all()
        for what, arguments in (("nothing changed", []), ("read in full", ["--full"])):
            run = lambda side: (lambda: side.place.sample(side.place.integ("sync", "--quiet", *arguments)))
            rounds = Rounds(stage.rounds(7), ten=run(all_ten), one=run(one))
            name = f"ten calendars, 50 ms latency, {what}"
            yield compared("9", name, rounds, "ten", "one", "wall", 2, "one calendar")
