"""What was written before, for it to be written again at once.

Owns how much is kept. Nothing of a caller is in it: only the line's own words, each as TwiML, and
a number for each row of them that was found to be sound.
"""

from __future__ import annotations

from ivr.call import Speed, Unit

MOST_WORDS = 10_000
MOST_ROWS = 20_000


class Kept:
    """For one set of recordings and voices. When it is full it begins anew."""

    def __init__(self) -> None:
        self._words: dict[tuple[str, Speed], dict[Unit, str]] = {}
        self._sound: set[int] = set()

    def words(self, lang: str, speed: Speed) -> dict[Unit, str]:
        """Units of a language at a speed, as TwiML; may be added to."""
        found = self._words.setdefault((lang, speed), {})
        if len(found) >= MOST_WORDS:
            found.clear()
        return found

    def is_new(self, row: object) -> bool:
        """Whether nothing like it was found to be sound yet."""
        return hash(row) not in self._sound

    def was_sound(self, row: object) -> None:
        """Remember that a document with this row was checked."""
        if len(self._sound) >= MOST_ROWS:
            self._sound.clear()
        self._sound.add(hash(row))
