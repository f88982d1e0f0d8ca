"""When each thing that runs by itself last ran, and when it last went well.

Owns the heartbeats. A name stands for a job, or for something outside that was looked at. Times
are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from ivr.store.database import Store, utc
from ivr.store.tables import heartbeat

LONGEST = 255
RUNS_ON = "port"
"""The heartbeat in which a demo says on which port it was started."""


@dataclass(frozen=True, slots=True)
class Beat:
    """``at``: when it last ran; ``good_at``: when it last went well, None for never."""

    at: datetime
    good_at: datetime | None
    says: str = ""

    @property
    def good(self) -> bool:
        """Whether it went well the last time."""
        return self.good_at is not None and self.good_at >= self.at


class Heartbeats:
    """The heartbeats in the database. Everything here raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def beat(self, name: str, now: datetime, good: bool = True, says: str = "") -> None:
        """It has run now; ``says`` what there is to say of it."""
        now = now.astimezone(UTC)
        row = {"at": now, "says": says[:LONGEST]} | ({"good_at": now} if good else {})
        own = heartbeat.c.name == name
        with self._store.write() as connection:
            if connection.execute(update(heartbeat).where(own).values(row)).rowcount == 0:
                connection.execute(insert(heartbeat).values({"name": name, **row}))

    def all(self) -> Mapping[str, Beat]:
        """Every heartbeat there is, by name."""
        with self._store.read() as connection:
            rows = connection.execute(select(heartbeat)).all()
        return {row.name: Beat(utc(row.at), _some(row.good_at), row.says) for row in rows}


def _some(moment: datetime | None) -> datetime | None:
    return utc(moment) if moment else None
