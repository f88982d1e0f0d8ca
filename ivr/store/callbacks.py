"""Requests to be rung back, kept: one that is open for a number, and only so many.

Owns what becomes of one that is asked for again, and the limits: of a call, for a number, and of
who asks. All of it within the transaction that keeps it. Also the four digits of what waits.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from ivr.line.call import AGAIN
from ivr.store.database import exclusive
from ivr.store.limits import DAY, Caps
from ivr.store.notices import Ways, announce
from ivr.store.tables import callback, item_note, recording

FULL = "full"
REFERENCES = 10_000
"""Four digits: enough for what waits at one time."""
LOCK = 7_410_320
"""Any number, the same in every process: PostgreSQL's advisory lock for counting requests."""
ASKED_AGAIN = "asked-again"
MOST_NOTES = 5
"""How often it is put beside a request what others wanted who asked for the same number."""


class Wanted(NamedTuple):
    """A request as it comes. ``answers``: how to ring; ``note``: the same in words, sealed for

    staff; None where nothing was asked but to be rung.
    """

    call_ref: str
    number_ref: str
    caller_ref: str
    asked_at: datetime
    answers: Mapping[str, object]
    note: bytes | None

    def is_askers(self, row: Row[Any]) -> bool:
        """Whether who asks may change what was asked first: it was them, or it is their number."""
        same = bool(self.caller_ref) and self.caller_ref == row.caller_ref
        return row.call_ref == self.call_ref or self.caller_ref == self.number_ref or same


def keep(connection: Connection, wanted: Wanted, caps: Caps, ways: Ways) -> str:
    """Keep a request, or renew the one there is; what became of it as ``KeepCallback`` names it."""
    exclusive(connection, LOCK)
    before = _before(connection, wanted)
    if before is not None:
        return _renewed(connection, before, wanted)
    if not _within(connection, wanted, caps):
        return FULL
    row = {
        "call_ref": wanted.call_ref,
        "number_ref": wanted.number_ref,
        "caller_ref": wanted.caller_ref,
        "status": "waiting",
        "asked_at": wanted.asked_at,
        "id": uuid.uuid4().hex,
        "reference": fresh_reference(connection, {"call_ref": wanted.call_ref}),
    }
    connection.execute(insert(callback).values({**row, **wanted.answers}))
    announce(connection, ways, wanted.asked_at)
    return str(row["reference"])


def _before(connection: Connection, wanted: Wanted) -> Row[Any] | None:
    """The request of this call for this number, done or not; else one that is open for it."""
    asked = or_(callback.c.call_ref == wanted.call_ref, callback.c.renewed_ref == wanted.call_ref)
    which = and_(
        callback.c.number_ref == wanted.number_ref, or_(asked, callback.c.done_at.is_(None))
    )
    own_first = (callback.c.call_ref != wanted.call_ref, callback.c.done_at.is_not(None))
    return connection.execute(select(callback).where(which).order_by(*own_first)).first()


def _renewed(connection: Connection, before: Row[Any], wanted: Wanted) -> str:
    """What is said of it. Nobody hears of another's request: it sounds like their own first."""
    theirs = wanted.is_askers(before)
    if before.done_at is None:
        values: dict[str, object] = {}
        if before.call_ref != wanted.call_ref:
            values["renewed_ref"] = wanted.call_ref
        if theirs and wanted.note is not None:
            values |= wanted.answers
        if values:
            own = callback.c.id == before.id
            connection.execute(update(callback).where(own).values(values))
        if not theirs:
            _put_beside(connection, before, wanted)
    digits = str(before.reference)
    return f"{AGAIN}{digits}" if theirs and before.call_ref != wanted.call_ref else digits


def _put_beside(connection: Connection, before: Row[Any], wanted: Wanted) -> None:
    """Write down for staff that somebody else asked for the same number, and how to ring then."""
    own = and_(item_note.c.item == before.id, item_note.c.what == ASKED_AGAIN)
    query = select(item_note.c.id).where(own).order_by(item_note.c.id)
    so_far = list(connection.execute(query).scalars())
    said = {"at": wanted.asked_at, "sealed": wanted.note or None}
    if so_far and before.renewed_ref == wanted.call_ref:
        # The same step once more, or other answers within that call.
        last = item_note.c.id == so_far[-1]
        connection.execute(update(item_note).where(last).values(said))
    elif len(so_far) < MOST_NOTES:
        row = {"item": before.id, "by": "", "what": ASKED_AGAIN}
        connection.execute(insert(item_note).values({**row, **said}))


def _within(connection: Connection, wanted: Wanted, caps: Caps) -> bool:
    """Whether one more stays inside every limit. Hidden callers have that of a call alone."""
    day = callback.c.asked_at > wanted.asked_at - DAY
    limits: list[tuple[int, ColumnElement[bool]]] = [
        (caps.callbacks_a_call, callback.c.call_ref == wanted.call_ref),
        (caps.callbacks_a_number_a_day, and_(callback.c.number_ref == wanted.number_ref, day)),
    ]
    if wanted.caller_ref:
        asked = and_(callback.c.caller_ref == wanted.caller_ref, day)
        limits.append((caps.callbacks_a_caller_a_day, asked))
    counts = [select(func.count()).select_from(callback).where(which) for _, which in limits]
    found = connection.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return all(has < most for has, (most, _) in zip(found, limits, strict=True))


def fresh_reference(connection: Connection, item: Mapping[str, object]) -> str:
    """Four digits that nothing else that waits has; where they can be, the same for one item."""
    used: set[str] = set()
    for open_ in (
        select(callback.c.reference).where(callback.c.done_at.is_(None)),
        select(recording.c.reference).where(
            recording.c.done_at.is_(None), recording.c.status.not_in(("dropped", "dropping"))
        ),
    ):
        used.update(connection.execute(open_).scalars())
    known = item.get("sid") or item["call_ref"]
    first = int(str(known).removeprefix("RE"), 16) % REFERENCES
    turns = (f"{(first + ahead) % REFERENCES:04}" for ahead in range(REFERENCES))
    return next((each for each in turns if each not in used), f"{first:04}")
