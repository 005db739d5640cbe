"""What was measured before: kept beside the scripts, and as a table in the README."""
import json
import os
import platform
import re

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "baseline.json")
README = os.path.join(os.path.dirname(os.path.dirname(HERE)), "README.md")
MARKS = ("<!-- measured -->", "<!-- /measured -->")
WORSE = 1.5


def compare(rows):
    """A ratio that is worse by half than the recorded one is a defect, whatever its limit says."""
    try:
        with open(BASELINE, encoding="utf-8") as file:
            recorded = json.load(file)
    except FileNotFoundError:
        return
    for row in rows:
        before = recorded.get(key(row))
        if row.value is not None and before and row.value > before * WORSE:
            row.verdict = f"WORSE: was {before:g}"


def write(rows, measured):
    """Both records; what this run did not measure keeps its old figure in the baseline."""
    try:
        with open(BASELINE, encoding="utf-8") as file:
            recorded = json.load(file)
    except FileNotFoundError:
        recorded = {}
    recorded.update({key(row): round(row.value, 3) for row in rows if row.value is not None})
    with open(BASELINE, "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1, ensure_ascii=False, sort_keys=True)
        file.write("\n")
    with open(README, encoding="utf-8") as file:
        text = file.read()
    begin, end = MARKS
    table = "\n".join([begin, f"{measured}, on {machine()}:", "", *markdown(rows), end])
    text = re.sub(f"{begin}.*?{end}", lambda _: table, text, flags=re.DOTALL)
    with open(README, "w", encoding="utf-8") as file:
        file.write(text)


def key(row):
    return f"{row.goal} {row.what} {row.limit}"


def markdown(rows):
    yield "| what | integ | against | ratio | goal |"
    yield "|---|---|---|---|---|"
    for row in rows:
        if not row.verdict.startswith("not measured"):
            yield f"| {row.what} | {row.ours} | {row.peer} | {row.ratio} | {row.limit} |"


def machine():
    """The processor, its cores and the system: enough to know what a figure is worth."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, {system}"
