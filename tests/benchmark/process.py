"""One program, from its start to its end: exit code, wall time, processor time, output."""
import os
import select
import shutil
import signal
import time
from dataclasses import dataclass

LIMIT = 60.0


@dataclass
class Ran:
    argv: list
    code: int
    wall: float
    cpu: float
    out: bytes
    err: bytes
    peak_kib: int

    def ok(self):
        if self.code != 0:
            words = (self.err or self.out).decode(errors="replace").strip().splitlines()
            raise Failed(f"{os.path.basename(self.argv[0])} ended with {self.code}: {' / '.join(words[:3])}")
        return self


class Failed(Exception):
    """A measurement that could not be made, and why."""


def found(program):
    path = shutil.which(program)
    if path is None:
        raise Failed(f"{program} is not installed")
    return path


class Running:
    """`posix_spawn` starts it without copying this interpreter, so that no page of ours is on its bill."""

    def __init__(self, argv, env, scratch, stdin=None):
        self.argv = argv
        self.files = []
        out, err = self._file(scratch, "out"), self._file(scratch, "err")
        source = os.devnull if stdin is None else self._file(scratch, "in")
        if stdin is not None:
            with open(source, "wb") as file:
                file.write(stdin)
        # Opened here: what a new file costs is not on the program's bill either.
        write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        opened = [os.open(source, os.O_RDONLY), os.open(out, write, 0o600), os.open(err, write, 0o600)]
        actions = [(os.POSIX_SPAWN_DUP2, file, number) for number, file in enumerate(opened)]
        self.began = time.monotonic()
        self.pid = os.posix_spawn(argv[0], argv, env, file_actions=actions, setpgroup=0)
        for file in opened:
            os.close(file)
        self.out, self.err = out, err

    def _file(self, scratch, what):
        path = os.path.join(scratch, f"{what}-{time.monotonic_ns()}")
        self.files.append(path)
        return path

    def finish(self, limit=LIMIT):
        """Waits for the end, or brings it about."""
        status, usage = reap(self.pid, self.began + limit, group=True)
        wall = time.monotonic() - self.began
        out, err = read(self.out), read(self.err)
        for path in self.files:
            os.unlink(path)
        if status is None:
            raise Failed(f"{os.path.basename(self.argv[0])} did not end within {limit:.0f} s")
        cpu = usage.ru_utime + usage.ru_stime
        code = os.waitstatus_to_exitcode(status)
        return Ran(self.argv, code, wall, cpu, out, err, usage.ru_maxrss)


def reap(pid, until, group=False):
    """The exit status and the usage of a child; past `until` it is killed and its status is `None`."""
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        in_time = bool(poll.poll(max(0.0, until - time.monotonic()) * 1000))
        if not in_time:
            (os.killpg if group else os.kill)(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        return (status if in_time else None), usage
    finally:
        os.close(handle)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def run(argv, env, scratch, stdin=None, limit=LIMIT):
    return Running(argv, env, scratch, stdin).finish(limit)


def run_together(argvs, env, scratch, limit=LIMIT):
    """All of them at once: the wall time of the whole crowd, and each one's outcome."""
    began = time.monotonic()
    crowd = [Running(argv, env, scratch) for argv in argvs]
    outcomes, trouble = [], None
    for one in crowd:
        try:
            outcomes.append(one.finish(limit))
        except Failed as error:
            trouble = error
    if trouble is not None:
        raise trouble
    return time.monotonic() - began, outcomes
