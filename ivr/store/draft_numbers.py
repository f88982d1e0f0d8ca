"""Telephones whose calls hear the draft: whose each is, and its number, sealed.

Owns the rows, and their sealing with the line's own secret, as the web side knows a call by it. A
number stands nowhere else in the database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update

from ivr.secrets.seal import Sealer
from ivr.store.database import Kept, Store
from ivr.store.edition_tables import test_number
from ivr.store.rows import Lock, count
from ivr.store.tables import fresh_id

MOST = 10
"""Telephones there can be."""
KEY_LENGTH = 8


@dataclass(frozen=True, slots=True)
class DraftNumber:
    """One telephone. ``key`` stands for it in addresses."""

    name: str
    number: str = field(repr=False)
    key: str = ""


class DraftNumbers(Kept):
    """The telephones in the database. Everything here raises StoreDownError."""

    def __init__(self, store: Store, secrets: Sequence[str]) -> None:
        super().__init__(store)
        self._sealer = Sealer(*secrets, purpose="test number")

    def all(self) -> list[DraftNumber]:
        """Every one that can be read: one sealed with a key that is not here is left out."""
        rows = self._store.rows(select(test_number).order_by(test_number.c.id))
        found = {row.id: self._sealer.open(row.sealed, row.id) for row in rows}
        told = {key: json.loads(opened) for key, opened in found.items() if opened}
        return [DraftNumber(name, number, key) for key, (name, number) in told.items()]

    def add(self, name: str, number: str) -> bool:
        """Enter one; False, and nothing is done, without room."""
        key = fresh_id()[:KEY_LENGTH]
        with self._store.write(lock=Lock.ADVISERS) as connection:
            if count(connection, test_number) >= MOST:
                return False
            row = {"id": key, "sealed": self._sealed(name, number, key)}
            connection.execute(insert(test_number).values(row))
        return True

    def remove(self, key: str) -> None:
        """Take one away: nothing is kept of it."""
        self._store.change(delete(test_number).where(test_number.c.id == key))

    def seal_anew(self) -> None:
        """Seal with the newest secret what an older one sealed, so that the old one can go."""
        rows = {row.id: row.sealed for row in self._store.rows(select(test_number))}
        for each in self.all():
            if (fresh := self._sealed(each.name, each.number, each.key)) != rows.get(each.key):
                same = test_number.c.id == each.key
                self._store.change(update(test_number).where(same).values(sealed=fresh))

    def _sealed(self, name: str, number: str, key: str) -> str:
        return self._sealer.seal(json.dumps([name, number]), key)
