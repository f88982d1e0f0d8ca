"""Months of calls for the pages that count them: made-up callers on the real flow, one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from ivr.flow import step
from ivr.line.call import Call, CallStarted, Event, Facts, KeyPressed, NoInput, Note
from ivr.line.model import Line
from ivr.staff import StaffServices
from ivr.store import Store
from ivr.store.statistics import Statistics
from ivr.store.tables import journal
from ivr.webhooks.extension import services_of
from tests.support.lines import OPEN

MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = MORNING + timedelta(hours=1)
MOST_STEPS = 30
MOST_ROWS = 20_000


def put(store: Store, call_ref: str, notes: list[Note], at: datetime) -> None:
    """Write the notes of one call into the journal, a second apart."""
    keep(store, list(rows_of(call_ref, notes, at)))


def keep(store: Store, rows: list[dict[str, object]]) -> None:
    with store.write() as connection:
        connection.execute(insert(journal), rows)


def rows_of(call_ref: str, notes: list[Note], at: datetime) -> Iterator[dict[str, object]]:
    for second, note in enumerate(notes):
        moment = at + timedelta(seconds=second)
        yield {
            "at": moment,
            "call_ref": call_ref,
            "event": note.event,
            "place": note.node,
            "detail": note.detail,
        }


def call(line: Line, chance: random.Random, facts: Facts) -> list[Note]:
    """The notes of one caller, who listens more often than not."""
    at, notes = Call(lang=line.languages[0], version=line.version), list[Note]()
    heard: Event = CallStarted()
    for _ in range(chance.randint(2, MOST_STEPS)):
        turn = step(line, at, heard, facts)
        at, notes = turn.call, [*notes, *turn.notes]
        heard = _next(line, at, chance)
    return notes


def _next(line: Line, at: Call, chance: random.Random) -> Event:
    if at.at in line.topics:
        return NoInput() if chance.random() < 0.75 else KeyPressed(chance.choice("1120"))
    keys = [*line.keys().get(at.at, {}), *(["0"] if chance.random() < 0.15 else [])]
    return KeyPressed(chance.choice(keys)) if keys else NoInput()


def months(store: Store, line: Line, calls: int, first: datetime, days: int, facts: Facts) -> int:
    """Write so many calls, spread over days from ``first``; how many notes that were."""
    chance, rows, written = random.Random(7), list[dict[str, object]](), 0
    patterns = [call(line, chance, facts) for _ in range(min(calls, 500))]
    for number in range(calls):
        hour = chance.choice((8, 9, 9, 10, 10, 10, 11, 12, 14, 15, 16, 19))
        at = first + timedelta(
            days=number * days // calls, hours=hour, minutes=chance.randint(0, 59)
        )
        rows += rows_of(f"call{number}", chance.choice(patterns), at)
        if len(rows) >= MOST_ROWS or number == calls - 1:
            keep(store, rows)
            written, rows = written + len(rows), []
    return written


def calls(app, count: int, *heard, at: datetime = MORNING, name: str = "c") -> None:
    """So many calls in which the same was heard, counted."""
    pages = services_of(app, StaffServices)
    line, store = pages.line(), pages.statistics._store
    call, notes = Call(lang="en", version=line.version), list[Note]()
    for each in (CallStarted(), *heard):
        turn = step(line, call, each, OPEN)
        call, notes = turn.call, [*notes, *turn.notes]
    for number in range(count):
        put(store, f"{name}{number}", notes, at)
    Statistics(store).count(LATER)
