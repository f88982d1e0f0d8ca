"""Recordings that were made for an edition: kept with their sound, so that every host has them.

Owns their rows. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import and_, insert, select

from ivr.line.call import Speed
from ivr.speech.library import PromptAudio
from ivr.store.database import Store
from ivr.store.edition_tables import own_clip


class OwnPrompts:
    """The line's own recordings in the database. Everything here raises StoreDownError."""

    def __init__(self, store: Store) -> None:
        self._store = store

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
        query = select(*(each for each in own_clip.c if each.name != "sound"))
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(own_clip.c.made_at)).all()
        return [
            PromptAudio(row.lang, row.voice, cast(Speed, row.speed), row.words, row.file, row.lang,
                 row.seconds, marked=row.marked)
            for row in rows
        ]  # fmt: skip

    def sounds(self, files: Collection[str]) -> dict[str, bytes]:
        """The MP3s of these files, as many as there are."""
        query = select(own_clip.c.file, own_clip.c.sound).where(own_clip.c.file.in_(files))
        with self._store.read() as connection:
            return {row.file: row.sound for row in connection.execute(query)}
