"""Texts that staff say were misunderstood, with what each meant, to learn from.

Owns this list. The words are sealed with the line's own secret: a command writes them out for who
changes the examples, which needs no key of an adviser's. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update

from ivr.secrets.seal import Sealer
from ivr.store.database import Kept, Store
from ivr.store.text_tables import text_example


class TextExamples(Kept):
    """The list in the database. Everything here raises StoreDownError."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        super().__init__(store)
        self._sealer = sealer

    def keep(self, label: str, text: str, now: datetime) -> None:
        """Keep a text with its label; the same once."""
        row = {"label": label, "sealed": self._sealer.seal(text, label)}
        with self._store.write() as connection:
            known = select(text_example.c.id).where(text_example.c.sealed == row["sealed"])
            if connection.execute(known).first() is None:
                connection.execute(insert(text_example).values(**row, at=now.astimezone(UTC)))

    def all(self) -> list[tuple[str, str]]:
        """Every label with its text, the first first. One that was sealed with a secret that is no
        longer known is left out."""
        query = select(text_example.c.label, text_example.c.sealed).order_by(text_example.c.id)
        rows = self._store.rows(query)
        found = [(label, self._sealer.open(sealed, label)) for label, sealed in rows]
        return [(label, text) for label, text in found if text]

    def seal_anew(self) -> None:
        """Seal with the newest secret what an older one sealed, so that the old one can go."""
        rows = self._store.rows(
            select(text_example.c.id, text_example.c.label, text_example.c.sealed)
        )
        for row in rows:
            text = self._sealer.open(row.sealed, row.label)
            if text and (sealed := self._sealer.seal(text, row.label)) != row.sealed:
                same = text_example.c.id == row.id
                self._store.change(update(text_example).where(same).values(sealed=sealed))

    def clear(self) -> int:
        """Forget all of them; how many there were."""
        return self._store.change(delete(text_example))
