"""Rounds, ratios and the table: every number stands beside its reference of the same run."""
import statistics
import subprocess
import time


def seconds(command, **options):
    """How long a command took; fails when it does."""
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    took = time.monotonic() - started
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-250:]}")
    return took


def paired(rounds, ours, reference):
    """Medians of ours, of the reference and of the per-round ratios, taken in turn: A B A B."""
    pairs = []
    for _ in range(rounds):
        limit = reference()
        pairs.append((ours(), limit))
    return (statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs),
            statistics.median(a / b for a, b in pairs))


class Table:
    def __init__(self):
        self.missed = 0

    def row(self, bar, what, ours, reference, value, limit, at_most=True):
        holds = value <= limit if at_most else value >= limit
        self.missed += not holds
        print(f"{bar:4} {what:44} {ours:>14} {reference:>22} {value:8.2f} {'<=' if at_most else '>='} {limit:<6g} "
              f"{'holds' if holds else 'MISSED'}", flush=True)

    def growth(self, bar, what, took, unit):
        """One bar a size, as long as what a single one of that many took: linear growth is a straight edge."""
        print(f"{bar:4} {what}, by how many there are")
        most = max(took.values())
        for count, each in took.items():
            print(f"{count:>12,} {'#' * round(40 * each / most):40} {each:8.3f} {unit}", flush=True)

    def skips(self, bar, why):
        print(f"{bar:4} not measured {why}", flush=True)

    def fails(self, bar, why):
        self.missed += 1
        print(f"{bar:4} could not be measured: {why}", flush=True)
