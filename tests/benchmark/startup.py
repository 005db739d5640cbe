"""Goal 10: what it costs to start, and to install."""
import os
import re
import shutil
import subprocess
import sys

from .instructions import millions
from .process import found
from .report import compared, counted, must, told
from .rounds import Rounds


def binary(stage):
    yield counted("10", "binary", os.path.getsize(stage.binary) / 1e6, "MB", 8)
    if sys.platform == "linux":
        read = subprocess.run([found("readelf"), "-dlW", stage.binary], capture_output=True, text=True, check=True)
        libraries = re.findall(r"NEEDED.*\[(.*)\]", read.stdout)
        yield must("10", "libraries to load", " ".join(libraries), "no libgcc_s", "libgcc_s.so.1" not in libraries)
        hardened = "NOW PIE" in read.stdout and "GNU_RELRO" in read.stdout
        yield must("10", "hardening", "PIE, full RELRO" if hardened else "not all", "kept", hardened)


def version(stage):
    place = stage.plain
    ours, floor, ortie = place.integ("--version"), [found("true")], shutil.which("ortie")
    sides = {"integ": ours, "floor": floor, **({"ortie": [ortie, "--version"]} if ortie else {})}
    rounds = Rounds(stage.rounds(41), **{side: lambda argv=argv: place.sample(argv) for side, argv in sides.items()})
    times = [f"{rounds.median(side, 'cpu') * 1000:.2f} ms" for side in ("integ", "floor")]
    ratio = f"{rounds.ratio('integ', 'floor', 'cpu'):.2f}"
    yield told("10", "--version: cpu", times[0], f"{times[1]} true", ratio)
    if ortie:
        yield compared("10", "--version", rounds, "integ", "ortie", "cpu", 1, "ortie")
    yield counted("10", "--version: instructions", millions(ours, place.home.env, place.home.scratch), "M", 1)
