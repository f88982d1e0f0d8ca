"""What happened on the line, one row a note, written in the background.

Owns the way of a note into the database. A caller never waits for it; when the database is away,
notes are dropped and counted. No number and no key press is ever in a note.
"""

from __future__ import annotations

import logging
import queue
import threading
from datetime import UTC, datetime

from sqlalchemy import insert

from ivr.call import Note
from ivr.seal import References
from ivr.store.database import Store, StoreDownError
from ivr.store.tables import journal

log = logging.getLogger(__name__)

TEST_CALLS = "CA" + "0" * 24
"""How the id of a call begins that nobody makes: it is left out. Twilio's ids are random."""
MOST_WAITING = 10_000
BATCH = 500
Row = dict[str, object]


class Journal:
    """Takes notes at once and writes them soon."""

    def __init__(self, store: Store, references: References) -> None:
        self._store = store
        self._references = references
        self._waiting: queue.Queue[Row | None] = queue.Queue(MOST_WAITING)
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def note(self, call_sid: str, notes: tuple[Note, ...]) -> None:
        """Take notes of one call. Never waits, never fails."""
        if call_sid.startswith(TEST_CALLS):
            return
        ref = self._references.call(call_sid)
        for note in notes:
            row: Row = {
                "at": datetime.now(UTC),
                "call_ref": ref,
                "event": note.event,
                "place": note.place[:64],
                "detail": note.detail[:64],
            }
            try:
                self._waiting.put_nowait(row)
            except queue.Full:
                self.dropped += 1

    def close(self) -> None:
        """Write what is waiting, and stop."""
        self._waiting.put(None)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            rows = [first]
            while len(rows) < BATCH and not self._waiting.empty():
                row = self._waiting.get()
                if row is None:
                    self._write(rows)
                    return
                rows.append(row)
            self._write(rows)

    def _write(self, rows: list[Row]) -> None:
        try:
            with self._store.write() as connection:
                connection.execute(insert(journal), rows)
        except StoreDownError:
            self.dropped += len(rows)
            log.warning("%d notes were dropped: the database did not take them", len(rows))
