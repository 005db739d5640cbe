"""Peak resident memory of a program alone.

The kernel credits a process with the memory of whoever it was before `exec`. Started from here, every program would
seem as large as this interpreter; so a small shell starts it and leaves, and we inherit the orphan.
"""
import ctypes
import os
import time

from .process import Failed, reap

PR_SET_CHILD_SUBREAPER = 36
ORPHAN = '"$@" >/dev/null 2>&1 </dev/null & echo $!'


def peak_mib(argv, env, limit=60.0):
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise Failed("this system has no subreaper")
    receive, send = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, send, 1)]
    shell = os.posix_spawn("/bin/sh", ["/bin/sh", "-c", ORPHAN, "sh", *argv], env, file_actions=actions)
    os.close(send)
    until = time.monotonic() + limit
    with os.fdopen(receive) as answer:
        pid = int(answer.readline())
    reap(shell, until)
    status, usage = reap(pid, until)
    if status is None or os.waitstatus_to_exitcode(status) != 0:
        raise Failed(f"{os.path.basename(argv[0])} failed while its memory was measured")
    return usage.ru_maxrss / 1024
