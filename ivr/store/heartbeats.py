"""When each thing that runs by itself last ran, and when it last went well.

Owns the heartbeats. A name stands for a job, or for something outside that was looked at. Times
are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ivr.store.database import Kept
from ivr.store.rows import columns_of, put
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


class Heartbeats(Kept):
    """The heartbeats in the database. Everything here raises StoreDownError."""

    def beat(self, name: str, now: datetime, good: bool = True, says: str = "") -> None:
        """It has run now; ``says`` what there is to say of it."""
        row = {"at": now, "says": says[:LONGEST]} | ({"good_at": now} if good else {})
        with self._store.write() as connection:
            put(connection, heartbeat, {"name": name}, row)

    def all(self) -> Mapping[str, Beat]:
        """Every heartbeat there is, by name."""
        rows = self._store.rows(select(heartbeat.c.name, *columns_of(Beat, heartbeat)))
        return {name: Beat(*beat) for name, *beat in rows}
