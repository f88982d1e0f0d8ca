"""Recordings that were made for an edition: kept with their sound, so that every host has them.

Owns their rows. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, insert, select

from ivr.speech.library import PromptAudio
from ivr.store.database import Kept
from ivr.store.edition_tables import own_clip
from ivr.store.rows import columns_of


class OwnPrompts(Kept):
    """The line's own recordings in the database. Everything here raises StoreDownError."""

    def keep(self, prompt: PromptAudio, sound: bytes, now: datetime) -> None:
        """Keep one; a second time changes nothing."""
        key = {"lang": prompt.lang, "speed": prompt.speed, "file": prompt.file}
        same = and_(*(own_clip.c[name] == value for name, value in key.items()))
        said = {"voice": prompt.voice, "words": prompt.words, "seconds": prompt.seconds,
                "marked": prompt.marked}  # fmt: skip
        with self._store.write() as connection:
            if connection.execute(select(own_clip.c.file).where(same)).scalar() is None:
                row = {**key, **said, "sound": sound, "made_at": now}
                connection.execute(insert(own_clip).values(row))

    def all(self) -> list[PromptAudio]:
        """Every one, the oldest first, without its sound."""
        folder = own_clip.c.lang.label("folder")
        query = select(*columns_of(PromptAudio, own_clip), folder).order_by(own_clip.c.made_at)
        return self._store.all(PromptAudio, query)

    def sounds(self, files: Collection[str]) -> dict[str, bytes]:
        """The MP3s of these files, as many as there are."""
        query = select(own_clip.c.file, own_clip.c.sound).where(own_clip.c.file.in_(files))
        return {row.file: row.sound for row in self._store.rows(query)}
