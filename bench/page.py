"""docs/performance.md: what was measured, beside what is to be reached.

Owns the page's words and its tables. Measures nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.flat_out import Rate
from bench.growth import Curve
from bench.open_loop import Waits
from bench.servers import KINDS, WORKERS

PASSES, ROUNDS = 2, 3
"""All servers are measured so often, one pass after another, in so many rounds each."""
FLAT = 1.2
QUIET = 0.1
"""Share of the machine that others may use before it is said not to have been quiet."""
AIMS: Mapping[str, tuple[str, str, float]] = {
    "empty": ("an empty Flask view on the same server", "ours", 0.7),
    "tree": ("the usual Flask phone tree on the same server", "ours", 2.0),
    "tree as usual": ("the usual Flask phone tree as tutorials start it", "ours", 2.0),
    "express": ("the same phone tree in Express", "ours", 1.0),
    "empty on granian": ("an empty Flask view, both on granian", "ours on granian", 0.7),
    "tree on granian": ("the usual Flask phone tree, both on granian", "ours on granian", 2.0),
}
"""By baseline: its name, which of ours stands beside it, and the ratio to reach."""


@dataclass
class Figures:
    """All that one run has found."""

    machine: str
    day: str
    setting: str
    others: float = 0.0
    """Share of the machine that others used before the run began."""
    rates: dict[str, list[Rate]] = field(default_factory=dict)
    steady: Waits = field(default_factory=Waits)
    starts: Mapping[str, float] = field(default_factory=dict)
    memory: Sequence[tuple[float, float]] = ()
    nodes: Curve = field(default_factory=dict)
    rows: Curve = field(default_factory=dict)
    hosts: Mapping[int, float] = field(default_factory=dict)
    """Key presses a second by how many hosts there were, each held to a quarter of a core."""
    crowds: list[tuple[str, Waits, float]] = field(default_factory=list)
    """Whole calls: on what, how it went, and MB in all."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(each) for each in line) + " |" for line in lines)


def written(figures: Figures) -> str:
    """The whole page."""
    sections = (_head(figures), _rates(figures), _ratios(figures), _waits(figures))
    more = (_small(figures), _growth(figures), _crowds(figures), _hosts(figures))
    return "\n\n".join((*sections, *filter(None, more))) + "\n"


def _head(figures: Figures) -> str:
    quiet = "quiet" if figures.others < QUIET else "**not quiet**"
    return f"""# How fast the line is

Written by `make bench`; do not change it by hand. Everything here was measured in one run, on one
machine, the load included: compare within this page only. What was done about it:
[decisions/speed.md](decisions/speed.md).

{figures.machine}; {figures.day}; setting: {figures.setting}. The machine was {quiet} when the run
began ({figures.others:.0%} of it used by others)."""


def _rates(figures: Figures) -> str:
    rows: list[Sequence[object]] = []
    for name, kind in KINDS.items():
        found = figures.rates.get(name)
        if not found:
            rows.append(
                [kind.name, f"not measured: {kind.missing or 'wrk is missing'}", "", "", "", ""]
            )
            continue
        each = " / ".join(f"{rate.a_second:,.0f}" for rate in found)
        middle, p50, p99 = (_middle(found, name) for name in ("a_second", "p50", "p99"))
        errors = sum(rate.errors for rate in found)
        rows.append((kind.name, f"{middle:,.0f}", each, f"{p50:.1f}", f"{p99:.1f}", errors))
    return f"""## Key presses a second

Sixteen connections that never pause, {WORKERS} processes, each server alone, one after another, in
{PASSES} passes of {ROUNDS} rounds, of which the middle counts: now and then one process takes
nearly all connections. The ratios are those of each pass by itself.
*The line* is a whole key press: the signature checked, the call read from its address, the step,
TwiML, and notes for the journal on SQLite. The others check, read and note nothing.

""" + table(["what answers", "a second", "each round", "p50 ms", "p99 ms", "errors"], rows)


def _middle(rates: Sequence[Rate], name: str) -> float:
    """The middle of one figure over all rounds."""
    return float(statistics.median(getattr(rate, name) for rate in rates))


def ratios(figures: Figures, rounds: slice) -> Mapping[str, float]:
    """By baseline: the middle of our rates over the middle of its, in these rounds."""
    found = {}
    for name, (_, ours, _) in AIMS.items():
        mine, theirs = (figures.rates.get(each, [])[rounds] for each in (ours, name))
        if mine and theirs:
            found[name] = _middle(mine, "a_second") / _middle(theirs, "a_second")
    return found


def _ratios(figures: Figures) -> str:
    passes = [
        ratios(figures, slice(first, first + ROUNDS)) for first in range(0, PASSES * ROUNDS, ROUNDS)
    ]
    rows = [
        [
            of,
            *(f"{each[name]:.2f}" for each in passes),
            f"{aim:.1f}",
            _reached(min(each[name] for each in passes) >= aim),
        ]
        for name, (of, _, aim) in AIMS.items()
        if all(name in each for each in passes)
    ]
    head = ["the line, against", *(f"ratio, pass {n + 1}" for n in range(PASSES))]
    return table([*head, "to reach", ""], rows)


def _reached(well: bool) -> str:
    return "reached" if well else "**not reached**"


def _waits(figures: Figures) -> str:
    waits = figures.steady
    rows: list[Sequence[object]] = [
        [name, f"{waits.at(share):.1f} ms", f"{aim} ms", _reached(waits.at(share) <= aim)]
        for name, share, aim in (("p50", 0.5, 5), ("p99", 0.99, 50))
    ]
    rows.append(["errors", len(waits.errors), 0, _reached(not waits.errors)])
    return f"""## From a key press to the first byte

Whole calls on the Procfile's server, 100 steps a second, {len(waits.taken):,} in all. Steps
come when callers press, not when the last answer has come. The load generator itself was late by
{waits.at(0.99, late=True):.1f} ms (99 %), which is counted here.

""" + table(["", "measured", "to reach", ""], rows)


def _small(figures: Figures) -> str:
    rows = [
        (
            f"first call answered after the start, {name}",
            f"{took:.2f} s",
            "1.5 s",
            _reached(took <= 1.5),
        )
        for name, took in figures.starts.items()
    ]
    for number, (resident, own) in enumerate(figures.memory, start=1):
        what = f"memory of worker {number} after the load (its own share: {own:.0f} MB)"
        rows.append((what, f"{resident:.0f} MB", "90 MB", _reached(resident <= 90)))
    return "## Start and memory\n\n" + table(["", "measured", "to reach", ""], rows)


def _growth(figures: Figures) -> str:
    parts = []
    for what, curve in (("places", figures.nodes), ("rows in the journal", figures.rows)):
        if curve:
            first = next(iter(curve.values()))
            rows = [
                [f"{n:,}", f"{us:.0f}", f"{us / first:.2f}", _reached(us / first <= FLAT)]
                for n, us in curve.items()
            ]
            parts.append(table([what, "µs a key press", "of the first", ""], rows))
    return """## How cost grows

One process, no server; ± 20 % counts as flat.

""" + "\n\n".join(parts)


def _crowds(figures: Figures) -> str:
    rows = [
        [
            what,
            f"{len(waits.taken):,}",
            f"{waits.at(0.5):.0f}",
            f"{waits.at(0.99):.0f}",
            len(waits.errors),
            f"{memory:.0f}",
            f"{waits.generator:.0%}",
            _reached(waits.at(0.99) <= 250 and not waits.errors and memory <= 400),
        ]
        for what, waits, memory in figures.crowds
    ]
    head = [
        "callers",
        "steps",
        "p50 ms",
        "p99 ms",
        "errors",
        "MB in all",
        "generator, of a core",
        "",
    ]
    return """## Many callers at once

Whole calls: everybody rings, presses or listens every 10 seconds, and rings again after the end.
To reach: 10,000 at once, p99 at most 250 ms, no error, 400 MB in all.

""" + table(head, rows)


def _hosts(figures: Figures) -> str:
    if not figures.hosts:
        return ""
    one = figures.hosts[1]
    rows = [
        [
            hosts,
            f"{rate:,.0f}",
            f"{rate / one:.2f}",
            "" if hosts == 1 else _reached(rate / one >= 1.8),
        ]
        for hosts, rate in figures.hosts.items()
    ]
    return """## One host and two

On one PostgreSQL, each host held to a quarter of a core, so that this machine has room for both.
To reach: two answer 1.8 times as many.
More than twice as many is a mark of the holding: a host that is held loses time by it.

""" + table(["hosts", "key presses a second", "of one", ""], rows)
