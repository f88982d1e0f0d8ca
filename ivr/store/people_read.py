"""Sentences that a person has read, with their sound: offered, heard back, and only then in use.

Owns their rows. A recording belongs to a language and to the words themselves, so it is heard
wherever these are said, and no more once they change. Times are UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, select, update

from ivr.line.call import Speed
from ivr.speech.library import HUMAN, PromptAudio
from ivr.store.database import Kept
from ivr.store.edition_tables import person_clip
from ivr.store.rows import Lock, count, select_as

FOLDER = "people"
"""Where their files lie, within the line's own recordings."""
MOST = 4_000
"""Recordings that are kept: each sentence of five languages, and its older words. About 1 GB."""
LEFT = timedelta(days=1)
"""After so long a recording that nobody put to use is forgotten."""
Sounds = Mapping[Speed, tuple[bytes, float]]
"""For each speed the MP3 and its seconds."""


class FullError(Exception):
    """There is no room for one more."""


@dataclass(frozen=True, slots=True)
class PersonRecording:
    """One sentence that ``by`` has read. ``place``: where its words stood, empty where that is not
    one place; ``used_at``: since when callers hear it, None while it is only offered."""

    id: str
    lang: str
    words: str
    place: str
    by: str
    made_at: datetime
    used_at: datetime | None
    file: str
    seconds: float
    slow_file: str
    slow_seconds: float

    def prompts(self) -> tuple[PromptAudio, PromptAudio]:
        """The same as the recordings that speak these words."""
        told = (self.words, self.file, FOLDER, self.seconds)
        slow = (self.words, self.slow_file, FOLDER, self.slow_seconds)
        usual = PromptAudio(self.lang, HUMAN, "normal", *told)
        return usual, PromptAudio(self.lang, HUMAN, "slow", *slow)


class PeopleRead(Kept):
    """The recordings in the database. Everything here raises StoreDownError."""

    def all(self) -> list[PersonRecording]:
        """Every one, the newest last, without its sound."""
        query = select_as(PersonRecording, person_clip).order_by(person_clip.c.made_at)
        return self._store.all(PersonRecording, query)

    def offer(self, lang: str, words: str, place: str, by: str, sounds: Sounds,
              now: datetime) -> None:  # fmt: skip
        """Keep one to be heard back, in place of what was offered for these words before.

        Raises FullError.
        """
        clip, (sound, seconds), (slow, slow_seconds) = (
            person_clip.c,
            sounds["normal"],
            sounds["slow"],
        )
        waits = and_(clip.used_at.is_(None), clip.lang == lang, clip.words == words)
        old = and_(clip.used_at.is_(None), clip.made_at < now - LEFT)
        row = {"lang": lang, "words": words, "place": place[:160], "by": by[:64], "made_at": now}
        row |= {"file": _name(sound), "seconds": seconds, "sound": sound}
        row |= {"slow_file": _name(slow), "slow_seconds": slow_seconds, "slow_sound": slow}
        with self._store.write(lock=Lock.EDITIONS) as connection:
            connection.execute(delete(person_clip).where(waits | old))
            if count(connection, person_clip) >= MOST:
                raise FullError
            connection.execute(insert(person_clip).values(row))

    def use(self, key: str, now: datetime) -> bool:
        """Let callers hear it, in place of another of the same words; False where it is gone."""
        clip = person_clip.c
        own = select(clip.lang, clip.words).where(clip.id == key)
        with self._store.write(lock=Lock.EDITIONS) as connection:
            if (row := connection.execute(own).one_or_none()) is None:
                return False
            same = and_(clip.lang == row.lang, clip.words == row.words, clip.id != key)
            connection.execute(delete(person_clip).where(same))
            connection.execute(update(person_clip).where(clip.id == key).values(used_at=now))
        return True

    def remove(self, key: str) -> None:
        """Forget one, and its sound."""
        self._store.change(delete(person_clip).where(person_clip.c.id == key))

    def sound(self, key: str, slow: bool) -> bytes | None:
        """The MP3 of one."""
        which = person_clip.c.slow_sound if slow else person_clip.c.sound
        return self._store.value(select(which).where(person_clip.c.id == key))

    def stamp(self) -> tuple[object, ...]:
        """Something that is another once callers hear others."""
        clip = person_clip.c
        query = select(func.count(), func.max(clip.used_at), func.min(clip.id), func.max(clip.id))
        (row,) = self._store.rows(query.where(clip.used_at.is_not(None)))
        return tuple(row)

    def sounds(self, files: Collection[str]) -> dict[str, bytes]:
        """The MP3s of these files, as many as there are."""
        clip = person_clip.c
        both = ((clip.file, clip.sound), (clip.slow_file, clip.slow_sound))
        return {
            file: sound
            for columns in both
            for file, sound in self._store.rows(select(*columns).where(columns[0].in_(files)))
        }


def _name(sound: bytes) -> str:
    """A file's name: a hash of its bytes, so that a name never means two sounds."""
    return hashlib.sha256(sound).hexdigest()[:16] + ".mp3"
