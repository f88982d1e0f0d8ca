"""The calls as a table for the terminal, and the calls that fell short below it.

Owns how figures are shown. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from ivr.simulator.callers.chance import RandomCaller
from ivr.simulator.simulated_calls.chance import Batch
from ivr.simulator.simulated_calls.run import Outcome

HEAD = ("caller", "law", "topics", "first choice", "topic", "person", "result")
LAW = 58
"""Letters of a law that are shown; the whole stands in ``ivr callers --help``."""
GOOD = "good"


def table(outcomes: Sequence[Outcome], chance: Batch | None = None) -> list[str]:
    """One row a caller: topics reached, the longest waits in seconds, and the result."""
    rows = [_row(list(group)) for _, group in groupby(outcomes, key=lambda each: each.caller)]
    rows += [_chance_row(chance)] if chance else []
    return _aligned([HEAD, *rows])


def shortfalls(outcomes: Iterable[Outcome], chance: Batch | None = None) -> list[str]:
    """What fell short, each with the command that plays the call again."""
    rows = []
    for outcome in outcomes:
        rows += _shortfall(outcome.replay or outcome.caller, outcome.faults, bool(outcome.replay))
    for fall in chance.falls if chance else ():
        rows += _shortfall(f"random:{fall.seed}", fall.faults, True)
    return rows


def _shortfall(name: str, faults: Sequence[str], replayed: bool) -> list[str]:
    if not faults:
        return []
    again = [f"  ivr call --replay {name}"] if replayed else []
    return [name, *(f"  {fault}" for fault in faults), *again]


def _row(group: list[Outcome]) -> tuple[str, ...]:
    topics = [each for each in group if each.topic]
    reached = sum(not each.faults for each in topics)
    short = sum(bool(each.faults) for each in group)
    return (
        group[0].caller,
        _short(group[0].law),
        f"{reached} of {len(topics)}" if topics else "",
        _longest(each.first_choice for each in group),
        _longest(each.to_topic for each in group),
        _longest(each.to_person for each in group),
        f"{short} of {len(group)} fell short" if short else GOOD,
    )


def _chance_row(chance: Batch) -> tuple[str, ...]:
    short = f"{len(chance.falls)} of {chance.calls:,} fell short"
    law = f"{chance.calls:,} calls. {RandomCaller.law}"
    return ("random", _short(law), "", "", "", "", short if chance.falls else GOOD)


def _longest(seconds: Iterable[float | None]) -> str:
    known = [each for each in seconds if each is not None]
    return f"{max(known):.1f} s" if known else ""


def _short(law: str) -> str:
    return law if len(law) <= LAW else law[: LAW - 1].rstrip() + "…"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Words to the left, figures to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    figures = range(2, len(HEAD) - 1)
    return [
        "  ".join(
            cell.rjust(width) if n in figures else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
