"""Which adviser is rung or talks, and for which call: at most so many at once.

Owns the cap of calls at once (fault M4), and that no adviser is rung by two calls at once. A caller
who is already counted keeps the place. A place and its advisers are free by themselves after a
time, where nobody told us of the end: a short one while telephones ring, a long one once an adviser
has taken the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from ivr.line.ring_groups import TALK_SECONDS
from ivr.store.database import KeptByReference, StoreDownError
from ivr.store.rows import Lock, count
from ivr.store.tables import talk

RINGING = timedelta(minutes=2)
"""For one telephone: its ringing, who is calling said twice, twice over, and time for a key."""
LONGEST = timedelta(seconds=TALK_SECONDS) + timedelta(minutes=10)
"""For a talk, and what came before it."""
OVER = "over"
"""What stands for a leg once the call itself has ended."""
Group = tuple[str, ...]


class Talks(KeptByReference):
    """Who is held for which call. ``ended_at``: when an adviser is free at the latest."""

    def hold(
        self, call_sid: str, ring_group: str, most: int, groups: Sequence[Group], now: datetime
    ) -> Group | Literal["full", "talking"]:
        """Take one of ``most`` places, and whoever is free of the first group where anybody is.

        full: there is no place; talking: each of them is rung by others, or talks, or the call has
        ended long since. Raises StoreDownError in about a second.
        """
        ref, now = self._references.call(call_sid), now.astimezone(UTC)
        with self._store.write(lock=Lock.TALKS) as connection:
            if _is_over(connection, ref):
                return "talking"
            held = connection.execute(select(talk).where(_held(now))).mappings().all()
            others = [row for row in held if row["call_ref"] != ref]
            if sum(row["desk"] == ring_group for row in others) >= most:
                return "full"
            own = next((row for row in held if row["call_ref"] == ref and row["leg"]), None)
            chosen = _first_free(groups, {name for row in (*others, own) for name in _names(row)})
            if not chosen:
                return "talking"
            connection.execute(delete(talk).where(talk.c.call_ref == ref))
            row = {"call_ref": ref, "desk": ring_group, "began_at": now}
            row["leg"] = own["leg"] if own else ""
            row["ended_at"] = max(now + RINGING, _end(own) if own else now)
            row["advisers"] = _joined((*_names(own), *chosen))
            connection.execute(insert(talk).values(row))
        return chosen

    def picked_up(self, call_sid: str, now: datetime) -> None:
        """One of the telephones was picked up: the place is kept until it is heard what follows."""
        ringing = and_(self._own(call_sid, now), talk.c.leg == "")
        self._change(ringing, picked_up_at=now, ended_at=now + RINGING)

    def nobody_picked_up(self, call_sid: str, rung: Group) -> bool:
        """Whether it is known that no telephone was picked up of those last rung for this call.

        ``rung``: whom the step knows of that asks. Twilio may ask for it twice: the answer is the
        same after they are free again, and once others ring.
        """
        own = and_(talk.c.call_ref == self._references.call(call_sid), talk.c.leg == "")
        unanswered = and_(own, talk.c.advisers != "", talk.c.picked_up_at.is_(None))
        try:
            with self._store.read() as connection:
                row = connection.execute(select(talk).where(unanswered)).mappings().one_or_none()
        except StoreDownError:
            return False
        return row is not None and set(_names(row)) <= set(rung)

    def taken(self, call_sid: str, adviser: str, leg: str, now: datetime) -> bool:
        """An adviser has taken the call, on this leg; False where another has, or it has ended.

        The place is kept for a talk, and only this adviser with it: whoever was rung besides is
        free. ``adviser``: empty where it is not known who. After the end nothing is held.
        """
        try:
            with self._store.write(lock=Lock.TALKS) as connection:
                which = self._own(call_sid, now)
                own = connection.execute(select(talk).where(which)).mappings().one_or_none()
                names = _names(own)
                if own is None:
                    return not _is_over(connection, self._references.call(call_sid))
                if adviser and names and adviser not in names:
                    return not own["leg"]
                one = adviser if adviser in names else own["advisers"]
                values = {"advisers": one, "leg": self._leg(leg), "ended_at": now + LONGEST}
                connection.execute(update(talk).where(which).values(values))
        except StoreDownError:
            # Free by itself after the time for ringing.
            return True
        return True

    def release(self, call_sid: str, now: datetime, leg: str = "") -> None:
        """The call's place is free again, and its advisers; nothing where the database is away.

        ``leg``: only if no other leg than this one has taken the call since: a word of the end of
        ringing that comes late, or twice, ends no talk.
        """
        own = self._own(call_sid, now)
        if leg:
            own = and_(own, talk.c.leg.in_(("", self._leg(leg))))
        self._change(own, ended_at=now)

    def ended(self, call_sid: str, now: datetime) -> None:
        """The call is over: nobody is held for it, whatever else of it is told late or twice."""
        self._change(talk.c.call_ref == self._references.call(call_sid), ended_at=now, leg=OVER)

    def _own(self, call_sid: str, now: datetime) -> ColumnElement[bool]:
        return and_(talk.c.call_ref == self._references.call(call_sid), _held(now))

    def _leg(self, leg: str) -> str:
        return self._references.call(leg)

    def _change(self, which: ColumnElement[bool], **values: datetime | str) -> None:
        try:
            self._store.change(update(talk).where(which).values(values))
        except StoreDownError:
            # It is free by itself when its time is over.
            return


def _is_over(connection: Connection, ref: str) -> bool:
    """Whether the call itself is known to have ended."""
    return count(connection, talk, talk.c.call_ref == ref, talk.c.leg == OVER) > 0


def _first_free(groups: Sequence[Group], busy: set[str]) -> Group:
    """Those of the first group who are free; empty where nobody of any group is."""
    free = (tuple(name for name in group if name not in busy) for group in groups)
    return next(filter(None, free), ())


def _names(row: RowMapping | None) -> Group:
    """Whom a call rings or talks with; nobody where an older program has not written it."""
    return tuple(filter(None, row["advisers"].split("~"))) if row else ()


def _joined(names: Group) -> str:
    return "~".join(dict.fromkeys(names))


def _end(row: RowMapping) -> datetime:
    end: datetime = row["ended_at"] or row["began_at"] + LONGEST
    return end


def _held(now: datetime) -> ColumnElement[bool]:
    """A place that is taken now. An older program wrote no end before there was one."""
    now = now.astimezone(UTC)
    older = and_(talk.c.ended_at.is_(None), talk.c.began_at > now - LONGEST)
    return or_(talk.c.ended_at > now, older)
