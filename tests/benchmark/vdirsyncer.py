"""vdirsyncer on the same events, where it is installed: in the Python environment INTEG_BENCH_VENV, or on the PATH.

Its Google storage asks fixed addresses; it is a CalDAV storage with a sign-in, so it is given the same events by CalDAV.
"""
import os
import shutil

from .process import run
from .rounds import sample_of

VARIABLE = "INTEG_BENCH_VENV"
LIMIT = 300

CONFIG = """[general]
status_path = "{folder}/status"

[pair events]
a = "server"
b = "files"
collections = null
conflict_resolution = "a wins"

[storage server]
type = "caldav"
url = "{base}/dav/"

[storage files]
type = "filesystem"
path = "{folder}/files"
fileext = ".ics"
"""


def program():
    venv = os.environ.get(VARIABLE)
    return shutil.which("vdirsyncer", path=os.path.join(venv, "bin") if venv else None)


class Vdirsyncer:
    def __init__(self, home, base):
        self.home, self.folder = home, home.folder("vdirsyncer")
        config = os.path.join(self.folder, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(folder=self.folder, base=base))
        self.argv = [program(), "--config", config]

    def _run(self, *arguments):
        return run([*self.argv, *arguments], self.home.env, self.home.scratch, limit=LIMIT).ok()

    def first(self):
        for name in ("files", "status"):
            shutil.rmtree(os.path.join(self.folder, name), ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "files"))
        self._run("discover", "events")
        return sample_of(self._run("sync"))

    def again(self):
        return sample_of(self._run("sync"))
