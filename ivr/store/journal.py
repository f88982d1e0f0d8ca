"""What happened on the line, one row a note, written in the background.

Owns the way of a note into the database. A caller never waits for it; when the database is away,
notes are dropped and counted; only that a call was recorded is written once it is back, as by that
alone a message that nobody told us of is known as one of ours. No number and no key press is ever
in a note.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import insert

from ivr.line.call import Note
from ivr.secrets.seal import References
from ivr.store.background import Background
from ivr.store.database import RowRefusedError, Store, StoreDownError
from ivr.store.spells import Spell
from ivr.store.tables import journal

log = logging.getLogger(__name__)

TEST_CALLS = "CA" + "0" * 24
"""How the id of a call begins that nobody makes: it is left out. Twilio's ids are random."""
MOST_WAITING = 10_000
"""Steps whose notes may wait."""
BATCH = 500
SOON = 0.2
"""Seconds for which steps are gathered: a busy line would else write many times a second."""
RECORDED = "record"
"""The event of the tone after which a caller is recorded."""
MOST_LATER = 1_000
"""Notes of recordings that may wait for the database to come back."""
Row = dict[str, object]


class JournalEntry(NamedTuple):
    """What happened at one step, and when."""

    call_sid: str
    notes: tuple[Note, ...]
    at: datetime


class Journal(Background):
    """Takes notes at once and writes them soon."""

    def __init__(self, store: Store, references: References) -> None:
        super().__init__("journal")
        self._store = store
        self._references = references
        self._waiting: queue.SimpleQueue[JournalEntry | None] = queue.SimpleQueue()
        self.dropped = 0
        self._trouble = Spell(log)
        self._later: list[Row] = []

    def note(self, call_sid: str, notes: tuple[Note, ...]) -> None:
        """Take notes of one call. Never waits, never fails."""
        if not notes or call_sid.startswith(TEST_CALLS):
            return
        if self._waiting.qsize() >= MOST_WAITING:
            self.dropped += len(notes)
            return
        self._waiting.put(JournalEntry(call_sid, notes, datetime.now(UTC)))
        self._begin()

    def keep(self, steps: Iterable[JournalEntry]) -> None:
        """Write down at once what was before. Raises StoreDownError."""
        self._insert([row for step in steps for row in self._rows(step)])

    def close(self) -> None:
        """Write what is waiting, and stop."""
        self._waiting.put(None)
        super().close()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            if self._waiting.qsize() < BATCH:
                self._closing.wait(SOON)
            steps = [first]
            while len(steps) < BATCH and not self._waiting.empty():
                step = self._waiting.get()
                if step is None:
                    self._waiting.put(None)
                    break
                steps.append(step)
            self._write([row for step in steps for row in self._rows(step)])

    def _rows(self, step: JournalEntry) -> Iterator[Row]:
        ref = self._references.call(step.call_sid)
        for note in step.notes:
            yield {
                "at": step.at,
                "call_ref": ref,
                "event": note.event,
                "place": note.node[:64],
                "detail": note.detail[:64],
            }

    def _write(self, rows: list[Row]) -> None:
        try:
            self._insert(rows)
            self._trouble.ends("notes are kept again; %d were dropped so far", self.dropped)
            waited, self._later = self._later, []
            if waited:
                self._write(waited)
        except RowRefusedError as error:
            self._drop(len(rows), error)
        except StoreDownError as error:
            later = [row for row in rows if row["event"] == RECORDED][: self._room()]
            self._later += later
            self._drop(len(rows) - len(later), error)
        except Exception:
            # Whatever it was, the next notes are written: this thread is the only one that does.
            self.dropped += len(rows)
            log.exception("%d notes were dropped", len(rows))

    def _insert(self, rows: list[Row]) -> None:
        with self._store.write() as connection:
            connection.execute(insert(journal), rows)

    def _room(self) -> int:
        return MOST_LATER - len(self._later)

    def _drop(self, count: int, error: StoreDownError) -> None:
        if count:
            self.dropped += count
            self._trouble.begins("notes are dropped: the database does not take them (%s)", error)
