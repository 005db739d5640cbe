"""The table: one line per limit, and whether it holds."""
from dataclasses import dataclass

HEADINGS = ("goal", "what", "ours", "peer or floor", "ratio", "limit", "")


@dataclass
class Row:
    goal: str
    what: str
    ours: str
    peer: str
    ratio: str
    limit: str
    verdict: str
    # What a later run is compared with: the ratio, or the quantity.
    value: float | None = None


def judged(goal, what, ours, peer, ratio, limit):
    """A ratio against its limit."""
    verdict = "ok" if ratio <= limit else "MISSED"
    return Row(goal, what, ours, peer, f"{ratio:.2f}", f"≤ {limit:g}", verdict, ratio)


def counted(goal, what, value, unit, limit):
    """A quantity of its own against its limit."""
    verdict = "ok" if value <= limit else "MISSED"
    return Row(goal, what, f"{value:.2f} {unit}", "-", "-", f"≤ {limit:g} {unit}", verdict, value)


def must(goal, what, ours, expected, holds):
    return Row(goal, what, ours, "-", "-", expected, "ok" if holds else "MISSED")


def told(goal, what, ours, peer, ratio):
    """For information: no limit."""
    return Row(goal, what, ours, peer, ratio, "-", "info")


def not_measured(goal, what, why):
    return Row(goal, what, "-", "-", "-", "-", f"not measured: {why}")


def compared(goal, what, rounds, ours, peer, measure, limit, against):
    """The usual line: milliseconds of ours and of the peer, the paired ratio, the limit."""
    milliseconds = [f"{rounds.median(side, measure) * 1000:.2f} ms" for side in (ours, peer)]
    ratio = rounds.ratio(ours, peer, measure)
    return judged(goal, f"{what}: {measure}", milliseconds[0], f"{milliseconds[1]} {against}", ratio, limit)


def table(rows):
    cells = [HEADINGS, *((r.goal, r.what, r.ours, r.peer, r.ratio, r.limit, r.verdict) for r in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
