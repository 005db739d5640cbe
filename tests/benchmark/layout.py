"""Which functions a lookup runs, so that the linker lays them side by side (`src/hot_path.txt`, read by `build.rs`)."""
import os
import re
import subprocess

from .hot_path import seeded
from .process import found, run

HEAD = """\
# The functions that `integ token NAME` runs, from either vault: the release lays them side by side (build.rs), because a lookup is
# mostly page faults. One that is missing here costs a fault, one that is gone costs nothing. Made by `tests/bench --layout`.
"""


def unstripped(root):
    subprocess.run(["cargo", "rustc", "--release", "--locked", "--bin", "integ", "--", "-C", "strip=none"], cwd=root, check=True)
    return os.path.join(os.path.abspath(os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target"))), "release", "integ")


def write(stage, root):
    own = {line.split()[2] for line in listed(stage.binary) if line.split()[1] in "tT"}
    called = set()
    for place in (stage.keychain, stage.file):
        name = seeded(stage, place)
        called |= own & set(calls(place, "token", name))
        place.seed.clear(name)
    with open(os.path.join(root, "src", "hot_path.txt"), "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(f"{line}\n" for line in sorted({pattern(name) for name in called})))
    return len(called)


def listed(binary):
    read = subprocess.run([found("nm"), "--defined-only", binary], capture_output=True, text=True, check=True)
    return [line for line in read.stdout.splitlines() if len(line.split()) == 3]


def calls(place, *arguments):
    counts = os.path.join(place.home.scratch, "callgrind.out")
    tool = [found("valgrind"), "--quiet", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={counts}"]
    run([*tool, *place.integ(*arguments)], place.home.env, place.home.scratch, limit=120).ok()
    with open(counts, encoding="utf-8", errors="replace") as file:
        names = re.findall(r"^c?fn=\(\d+\) (\S+)", file.read(), re.M)
    os.unlink(counts)
    return names


def pattern(name):
    """Without what changes from build to build: hashes of functions and of crates, numbers of copies."""
    name = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", name)
    name = re.sub(r"Cs[0-9A-Za-z]+_(?=\d)", "Cs*_", name)
    return re.sub(r"\.(llvm\.)?\d+$", "*", name)
