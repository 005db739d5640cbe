"""Millions of instructions, counted by valgrind: they repeat within a few per cent whatever else the machine does."""
import os
import re

from .process import Failed, found, run


def millions(argv, env, scratch):
    counts = os.path.join(scratch, "callgrind.out")
    tool = [found("valgrind"), "--quiet", "--tool=callgrind", f"--callgrind-out-file={counts}"]
    run([*tool, *argv], env, scratch, limit=120).ok()
    with open(counts, encoding="utf-8", errors="replace") as file:
        total = re.search(r"^(?:summary|totals): (\d+)", file.read(), re.M)
    os.unlink(counts)
    if total is None:
        raise Failed("callgrind left no total")
    return int(total[1]) / 1e6
