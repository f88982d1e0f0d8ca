"""What was written before, for it to be written again at once.

Owns how much is kept. Nothing of a caller is in it: only the line's own words in the order in
which they were said, as TwiML that was found to be sound.
"""

from __future__ import annotations

from ivr.line.call import Speed, Then, Unit

MOST = 2_000
"""Rows of words; the whole line has about a thousand. Of up to 4 kB each, so at most 8 MB."""
Row = tuple[str, Speed, tuple[Unit, ...], Then]
"""A language, a speed, what is said, and what is waited for."""


class TwimlCache:
    """For one set of recordings and voices. When it is full it begins anew."""

    def __init__(self) -> None:
        self.rows: dict[Row, tuple[str, ...]] = {}

    def row(self, row: Row) -> tuple[str, ...]:
        """A row as TwiML, in pieces between which addresses stand; empty where it was not kept."""
        return self.rows.get(row, ())

    def keep(self, row: Row, pieces: tuple[str, ...]) -> None:
        """Keep a row that was checked."""
        if len(self.rows) >= MOST:
            self.rows.clear()
        self.rows[row] = pieces
