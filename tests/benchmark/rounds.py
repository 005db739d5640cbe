"""Interleaved rounds: A B A B, so that what the machine does meanwhile hits both. Only ratios are worth quoting."""
from dataclasses import dataclass
from statistics import median


@dataclass
class Sample:
    wall: float
    cpu: float


class Rounds:
    """The samples of every side, round by round."""

    def __init__(self, count, **sides):
        self.samples = {name: [] for name in sides}
        for measure in sides.values():
            measure()  # caches warm, not counted
        for _ in range(count):
            for name, measure in sides.items():
                self.samples[name].append(measure())

    def median(self, side, what):
        return median(getattr(sample, what) for sample in self.samples[side])

    def ratio(self, ours, theirs, what):
        """The median of the ratios of each round, not the ratio of medians: a slow round is slow for both."""
        pairs = zip(self.samples[ours], self.samples[theirs])
        return median(getattr(a, what) / max(getattr(b, what), 1e-9) for a, b in pairs)


def sample_of(*runs):
    """Programs one after the other as one measurement."""
    return Sample(sum(run.ok().wall for run in runs), sum(run.cpu for run in runs))
