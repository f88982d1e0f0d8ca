"""The advisers that staff have entered: who they are, sealed, and in which order they ring.

Owns the rows, and their sealing with the line's own secret, as the web side has to ring them. A
name, number or address stands nowhere else in the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import time

from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.line.hours import Spans
from ivr.line.roster import MOST_RUNG, Person, Roster
from ivr.secrets.seal import Sealer
from ivr.store.database import Kept, Store
from ivr.store.rows import Lock
from ivr.store.sessions import STAFF_WAIT
from ivr.store.tables import adviser, fresh_id, live_settings

RING, TOGETHER, IN_ORDER = "ring", "together", "in order"
"""The live setting of how they ring, and its values."""
SEALED = ("name", "number", "email", "languages")
KEY_LENGTH = 8


class Advisers(Kept):
    """The people in the database. Everything here raises StoreDownError.

    ``settings``: the numbers of ADVISER_NUMBER, which count while nobody is entered.
    """

    def __init__(self, store: Store, secrets: Sequence[str], settings: Mapping[str, str]) -> None:
        super().__init__(store)
        self._sealer = Sealer(*secrets, purpose="adviser")
        self.usual = Roster(settings=settings)

    def roster(self) -> Roster:
        """Everybody, in the order in which they ring."""
        ring = select(live_settings.c.value).where(live_settings.c.name == RING)
        with self._store.read() as connection:
            rows = connection.execute(select(adviser).order_by(adviser.c.place, adviser.c.id)).all()
            how = connection.execute(ring).scalar()
        people = tuple(filter(None, (self._opened(row.id, row.sealed) for row in rows)))
        together = None if how is None else how == TOGETHER
        return replace(self.usual, people=people, together=together, unread=len(rows) - len(people))

    def add(self, *people: Person) -> bool:
        """Enter these as the last to be rung; False, and nothing is done, without room."""
        with self._store.write(STAFF_WAIT, Lock.ADVISERS) as connection:
            there = connection.execute(select(func.count()).select_from(adviser)).scalar_one()
            if there + len(people) > MOST_RUNG:
                return False
            last = connection.execute(select(func.max(adviser.c.place))).scalar() or 0
            for place, each in enumerate(people, start=last + 1):
                key = fresh_id()[:KEY_LENGTH]
                row = {"id": key, "place": place, "sealed": self._sealed(each, key)}
                connection.execute(insert(adviser).values(row))
        return True

    def change(self, person: Person) -> bool:
        """Keep what is new; False where somebody else has changed or taken away this person."""
        same = (adviser.c.id == person.key, adviser.c.sealed == person.seen)
        fresh = update(adviser).where(*same).values(sealed=self._sealed(person, person.key))
        return self._store.change(fresh, STAFF_WAIT) == 1

    def remove(self, key: str) -> None:
        """Take somebody away: nothing is kept of them."""
        self._store.change(delete(adviser).where(adviser.c.id == key), STAFF_WAIT)

    def remove_unread(self) -> None:
        """Take away whoever was sealed with a key that is not here: nobody can read them."""
        read = [each.key for each in self.roster().people]
        self._store.change(delete(adviser).where(adviser.c.id.not_in(read)), STAFF_WAIT)

    def sooner(self, key: str) -> None:
        """Let somebody ring before who now rings before them."""
        with self._store.write(STAFF_WAIT, Lock.ADVISERS) as connection:
            keys = _in_order(connection)
            if (at := keys.index(key) if key in keys else 0) > 0:
                keys[at - 1 : at + 1] = [key, keys[at - 1]]
            for place, each in enumerate(keys, start=1):
                connection.execute(update(adviser).where(adviser.c.id == each).values(place=place))

    def seal_anew(self) -> None:
        """Seal with the newest secret what an older one sealed, so that the old one can go."""
        for each in self.roster().people:
            if self._sealed(each, each.key) != each.seen:
                self.change(each)

    def _sealed(self, person: Person, key: str) -> str:
        told = {name: value for name, value in asdict(person).items() if name in SEALED}
        return self._sealer.seal(json.dumps(told | {"week": _as_text(person.week)}), key)

    def _opened(self, key: str, sealed: str) -> Person | None:
        """The person of a row; None where it was sealed with a key that is not here."""
        if not (told := self._sealer.open(sealed, key)):
            return None
        found = json.loads(told)
        return Person(**found | {"key": key, "seen": sealed, "week": _as_times(found["week"])})


def _in_order(connection: Connection) -> list[str]:
    query = select(adviser.c.id).order_by(adviser.c.place, adviser.c.id)
    return list(connection.execute(query).scalars())


def _as_text(week: tuple[Spans, ...] | None) -> list[list[list[str]]] | None:
    if week is None:
        return None
    return [[[each.isoformat() for each in span] for span in day] for day in week]


def _as_times(week: list[list[list[str]]] | None) -> tuple[Spans, ...] | None:
    if week is None:
        return None
    return tuple(
        tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in day)
        for day in week
    )
