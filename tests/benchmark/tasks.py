"""Goals 11 to 13: one task, a thousand tasks, and an outbox that holds a hundred thousand."""
import json
import os
import sqlite3
import subprocess
import sys

from . import task_server
from .process import Failed, found
from .report import compared, counted, judged
from .rounds import Rounds, sample_of
from .seed import grant

NAME = "taskbench"
LATENCY_MS = 50
BATCH = 1_000
ROWS = 100_000
PROVIDER = """title = "Tasks"
api-url = "http://127.0.0.1:{port}"
authorize-url = "http://127.0.0.1:{port}/authorize"
token-url = "http://127.0.0.1:{port}/token"

[capability.tasks]
dialect = "todoist"
"""


class Server:
    def __init__(self, stage, latency):
        self.program = subprocess.Popen([sys.executable, "-B", task_server.__file__, str(latency)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        stage.exits.callback(self.stop)
        line = self.program.stdout.readline()
        if not line:
            raise Failed("the task server did not start")
        self.port = int(line)

    def stop(self):
        self.program.stdin.close()
        self.program.wait(5)


def place_with(stage, latency):
    """A home of its own that is connected to a server of its own."""
    place, server = stage.another_file(), Server(stage, latency)
    folder = os.path.join(place.home.env["XDG_CONFIG_HOME"], "integ", "providers")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(os.path.join(folder, f"{NAME}.toml"), "w", encoding="utf-8") as file:
        file.write(PROVIDER.format(port=server.port))
    document = grant({"access_token": "access-token", "refresh_token": "refresh-token"}, expired=False)
    document.update(provider=NAME, scopes=[], capabilities=["tasks"])
    place.seed.put(NAME, document)
    return place, server


def curl_argv(port):
    body = json.dumps({"content": "Send the offer"})
    return [found("curl"), "-sSf", "--noproxy", "*", "-H", "authorization: Bearer access-token",
            "-H", "content-type: application/json", "-d", body, f"http://127.0.0.1:{port}/tasks"]


def one(stage):
    place, server = place_with(stage, 0)
    ours = place.integ("task", "create", "Send the offer", "--to", NAME)
    curl = curl_argv(server.port)
    rounds = Rounds(stage.rounds(20), integ=lambda: place.sample(ours), curl=lambda: place.sample(curl))
    yield compared("11", "task create", rounds, "integ", "curl", "wall", 2.0, "curl")
    yield compared("11", "task create", rounds, "integ", "curl", "cpu", 2.0, "curl")


def many(stage):
    place, server = place_with(stage, LATENCY_MS / 1000)
    count = BATCH // 5 if stage.quick else BATCH
    lines = "".join(json.dumps({"title": f"task {n}"}) + "\n" for n in range(count))
    ran = place.run(place.integ("task", "create", "--batch", "-", "--to", NAME), lines.encode()).ok()
    if len(ran.out.splitlines()) != count:
        raise Failed(f"{len(ran.out.splitlines())} of {count} arrived")
    curl = curl_argv(server.port)
    peers = 20
    sample = sample_of(*(place.run(curl) for _ in range(peers)))
    alone = sample.wall / peers * count
    yield judged("12", f"batch of {count}, {LATENCY_MS} ms: wall", f"{ran.wall * 1000:.0f} ms",
                 f"{alone * 1000:.0f} ms one by one", ran.wall / alone, 0.2)


def full_outbox(stage):
    """What the rows that are done, or wait, cost the one that is sent, by the same command in a home with few of them."""
    homes = {}
    for state, size in (("done", 10), ("done", ROWS), ("queued", ROWS)):
        place, _ = place_with(stage, 0)
        place.run(place.integ("task", "create", "first", "--to", NAME)).ok()
        fill(os.path.join(place.home.env["XDG_DATA_HOME"], "integ", "index.db"), size, state)
        homes[state, size] = place
    few, done, waiting = homes.values()

    def sample(place, *words):
        argv = place.integ(*words)
        return lambda: place.sample(argv)

    create = ("task", "create", "x", "--to", NAME)
    rounds = Rounds(stage.rounds(20), few=sample(few, *create), done=sample(done, *create), waiting=sample(waiting, *create))
    for side, what in (("done", "rows"), ("waiting", "rows that wait")):
        more = (rounds.median(side, "cpu") - rounds.median("few", "cpu")) * 1000
        yield counted("13", f"a row more among {ROWS} {what}: cpu beyond that among 10", max(0.0, more), "ms", 2.0)


def fill(path, count, state):
    """Rows that were sent, or that wait for a day that is far away."""
    later = None if state == "done" else 4_000_000_000
    database = sqlite3.connect(path)
    with database:
        database.executemany(
            "INSERT INTO outbox (key, mark, connection, title, task, state, retry_at, remote, url, created_at, sent_at)"
            " VALUES (?, ?, ?, 'A task of some length', '{\"title\":\"A task of some length\"}', ?, ?, ?, ?, 1, 2)",
            ((f"key-{n}", f"mark-{n}", NAME, state, later, f"R{n}", f"https://tasks.example/{n}") for n in range(count)))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
