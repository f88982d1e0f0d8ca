"""Requests to be rung back, kept: one that waits for a number, and only so many.

Owns what becomes of one that is asked for again, and the limits: of a call, for a number, and of
who asks. All of it within the transaction that keeps it. Also the four digits of what waits.

Who asks for a number that waits hears what they would hear if it did not, whoever they are: a false
calling number proves nothing. Only who asked before, from the same telephone, hears of that. What
each wants lies beside the first request, and nothing there makes it less careful.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, not_, or_, select, update

from ivr.line.call import AGAIN
from ivr.store.limits import DAY, Caps
from ivr.store.notices import Ways, announce
from ivr.store.rows import count
from ivr.store.tables import callback, item_note, recording

FULL = "full"
REFERENCES = 10_000
"""Four digits: enough for what waits at one time."""
WAITING, BESIDE, ONCE_MORE = "waiting", "beside", "again"
"""The state of a request: the one that waits for a number, another's beside it, and one that was
made before from the same telephone. Staff do the first; the others are done with it."""
IS_BESIDE = callback.c.status.in_((BESIDE, ONCE_MORE))
WITHDRAWN = "withdrawn"
NOTES = {BESIDE: "asked-again", ONCE_MORE: "asked-once-more"}
MOST_BESIDE = 5
"""Requests from one telephone beside one that waits, and what is written down of all of them."""


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

    @property
    def of_own_number(self) -> bool:
        """Whether they want to be rung where they ring from."""
        return self.caller_ref == self.number_ref


def keep(connection: Connection, wanted: Wanted, caps: Caps, ways: Ways) -> str:
    """Keep a request, under Lock.CALLBACKS; what became of it as ``KeepCallback`` names it."""
    told = _of_this_call(connection, wanted)
    first = _waiting(connection, wanted.number_ref)
    if told is not None:
        _changed(connection, told, first, wanted)
        return _said(told.status, told.reference)
    before = _from_same_phone(connection, first, wanted) if first else []
    if not before and not _within(connection, wanted, caps, first):
        return FULL
    status = ONCE_MORE if before else BESIDE if first else WAITING
    reference = before[0].reference if before else _fresh(connection, wanted)
    if len(before) > MOST_BESIDE:
        _changed(connection, before[-1], first, wanted)
    else:
        _insert(connection, wanted, status, reference)
        if first:
            _write_beside(connection, first, NOTES[status], wanted)
    if not first:
        announce(connection, ways, wanted.asked_at)
    return _said(status, reference)


def withdraw(connection: Connection, number_ref: str, now: datetime) -> bool:
    """Take back what was asked from a telephone for itself; whether there was something.

    What others have asked for the same number stays.
    """
    first = _waiting(connection, number_ref)
    if first is None or {row.caller_ref for row in (first, *beside(connection, first))} != {
        number_ref
    }:
        return False
    own = update(callback).where(callback.c.id == first.id)
    connection.execute(own.values(done_at=now))
    row = {"item": first.id, "by": "", "what": WITHDRAWN, "at": now, "sealed": None}
    connection.execute(insert(item_note).values(row))
    return True


def most_careful(wishes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How to ring, by all that was asked for one number, the first request first.

    No message where one of them wants none, and a friend where one of them says so; whatever is to
    be read out.
    """
    said = dict.fromkeys(str(each["said"]) for each in wishes if each.get("said"))
    reads = dict.fromkeys(str(each["read"]) for each in wishes if each.get("read"))
    friend = any(each["saying"] != "line" for each in wishes)
    return {
        **wishes[0],
        "leave": all(each["leave"] for each in wishes),
        "saying": "friend" if friend else "line",
        **({"said": ". ".join(said)} if said else {}),
        **({"read": "\n\n".join(reads)} if reads else {}),
    }


def beside(connection: Connection, first: Row[Any]) -> Sequence[Row[Any]]:
    """What was asked for the same number while this request waited, the oldest first."""
    which = [IS_BESIDE, callback.c.number_ref == first.number_ref]
    which.append(callback.c.asked_at >= first.asked_at)
    if first.done_at is not None:
        which.append(callback.c.asked_at <= first.done_at)
    return connection.execute(select(callback).where(*which).order_by(callback.c.asked_at)).all()


def _of_this_call(connection: Connection, wanted: Wanted) -> Row[Any] | None:
    own = and_(callback.c.call_ref == wanted.call_ref, callback.c.number_ref == wanted.number_ref)
    return connection.execute(select(callback).where(own)).first()


def _waiting(connection: Connection, number_ref: str) -> Row[Any] | None:
    which = and_(callback.c.number_ref == number_ref, callback.c.done_at.is_(None))
    query = select(callback).where(which).order_by(callback.c.asked_at)
    return connection.execute(query).first()


def _from_same_phone(connection: Connection, first: Row[Any], wanted: Wanted) -> Sequence[Row[Any]]:
    """What was asked from this telephone since the first request; of a hidden one nothing."""
    if not wanted.caller_ref:
        return []
    found = [first, *beside(connection, first)]
    return [row for row in found if row.caller_ref == wanted.caller_ref]


def _said(status: str, reference: str) -> str:
    return f"{AGAIN}{reference}" if status == ONCE_MORE else reference


def _insert(connection: Connection, wanted: Wanted, status: str, reference: str) -> None:
    row: dict[str, object] = {
        "call_ref": wanted.call_ref,
        "number_ref": wanted.number_ref,
        "caller_ref": wanted.caller_ref,
        "status": status,
        "asked_at": wanted.asked_at,
        "reference": reference,
        **wanted.answers,
    }
    if status != WAITING:
        # Where nothing was asked but to be rung, nothing is to be minded.
        sealed = {"sealed": b""} if wanted.note is None else {}
        row |= {"done_at": wanted.asked_at, **sealed}
    connection.execute(insert(callback).values(row))


def _changed(
    connection: Connection, told: Row[Any], first: Row[Any] | None, wanted: Wanted
) -> None:
    """The same step once more, or other answers; nothing once staff are done."""
    if first is None or told.asked_at < first.asked_at or wanted.note is None:
        return
    own = callback.c.id == told.id
    connection.execute(update(callback).where(own).values(wanted.answers))
    of_it = and_(item_note.c.item == first.id, item_note.c.at == told.asked_at)
    words = update(item_note).where(of_it, item_note.c.what.in_(NOTES.values()))
    connection.execute(words.values(sealed=wanted.note))


def _write_beside(connection: Connection, first: Row[Any], what: str, wanted: Wanted) -> None:
    """Write down for staff that the number was asked for again, and how to ring then."""
    own = and_(item_note.c.item == first.id, item_note.c.what.in_(NOTES.values()))
    if count(connection, item_note, own) < MOST_BESIDE:
        row = {"item": first.id, "by": "", "what": what, "at": wanted.asked_at}
        connection.execute(insert(item_note).values({**row, "sealed": wanted.note}))


def _within(connection: Connection, wanted: Wanted, caps: Caps, first: Row[Any] | None) -> bool:
    """Whether one more stays inside every limit. Hidden callers have one for all of them.

    Whoever wants to be rung where they ring from is not locked out by others who claim that
    number for another: only what is dealt with counts. A number that waits is not counted anew.
    """
    day = callback.c.asked_at > wanted.asked_at - DAY
    by_caller = callback.c.caller_ref == wanted.caller_ref
    limits: list[tuple[int, ColumnElement[bool]]] = []
    if first is None:
        of_number = and_(callback.c.number_ref == wanted.number_ref, day, not_(IS_BESIDE))
        counted = and_(of_number, by_caller) if wanted.of_own_number else of_number
        limits.append((caps.callbacks_a_number_a_day, counted))
    if not wanted.of_own_number:
        hidden, known = caps.callbacks_hidden_a_day, caps.callbacks_a_caller_a_day
        once = and_(by_caller, day, callback.c.status != ONCE_MORE)
        limits.append((known if wanted.caller_ref else hidden, once))
        limits.append((caps.callbacks_a_call, callback.c.call_ref == wanted.call_ref))
    return all(count(connection, callback, which) < most for most, which in limits)


def _fresh(connection: Connection, wanted: Wanted) -> str:
    """Digits that say nothing of others: not which digits another number of this call has."""
    known = f"{wanted.call_ref} {wanted.number_ref}"
    return fresh_reference(connection, hashlib.sha256(known.encode()).hexdigest())


def fresh_reference(connection: Connection, known: str) -> str:
    """Four digits that nothing else that waits has; where they can be, the same for ``known``.

    That is a number in hexadecimal figures.
    """
    open_ = callback.c.done_at.is_(None)
    numbers = select(callback.c.number_ref).where(open_)
    used: set[str] = set()
    for query in (
        select(callback.c.reference).where(
            or_(open_, and_(IS_BESIDE, callback.c.number_ref.in_(numbers)))
        ),
        select(recording.c.reference).where(
            recording.c.done_at.is_(None), recording.c.status.not_in(("dropped", "dropping"))
        ),
    ):
        used.update(connection.execute(query).scalars())
    first = int(known, 16) % REFERENCES
    turns = (f"{(first + ahead) % REFERENCES:04}" for ahead in range(REFERENCES))
    return next((each for each in turns if each not in used), f"{first:04}")
