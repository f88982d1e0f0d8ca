"""The one draft of the words: begun, saved piece by piece, handed in or thrown away.

Owns that nothing which was saved is lost: a save is a row of its own, and one made without
knowing the save before it is refused. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from ivr.store.database import Kept
from ivr.store.edition_tables import draft, draft_save
from ivr.store.editions import added, none_in_hand
from ivr.store.rows import Lock, as_rows, columns_of

KEPT_FOR = timedelta(days=1)
"""For so long a draft that was thrown away can be put back."""


class NoDraftError(Exception):
    """There is no such draft any more: it has been published or thrown away."""


@dataclass(frozen=True, slots=True)
class Save:
    """One change: of which file, of what in it, when and by whom; ``text`` is the whole file."""

    revision: int
    file: str
    what: str
    text: bytes | None
    at: datetime
    by: str


class OvertakenError(Exception):
    """Someone else has saved meanwhile: ``save`` is the last that was not known."""

    def __init__(self, save: Save) -> None:
        self.save = save
        super().__init__(f"{save.by} has changed {save.file} meanwhile")


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft as it is: its ``base`` edition and that one's files, packed; every save in order.

    ``revision``: of the last save; 0 where there is none.
    """

    id: int
    base: int
    pack: bytes
    began_at: datetime
    began_by: str
    saves: tuple[Save, ...]

    @property
    def revision(self) -> int:
        """What a next save must know of."""
        return self.saves[-1].revision if self.saves else 0

    def changed(self) -> Mapping[str, Save]:
        """The last save of each file that was changed."""
        return {save.file: save for save in self.saves}


class Drafts(Kept):
    """The draft in the database. Everything here raises StoreDownError."""

    def open(self) -> Draft | None:
        """The draft that is being written; None where there is none."""
        with self._store.read() as connection:
            return _open(connection)

    def begin(self, base: int, pack: bytes, by: str, now: datetime) -> Draft:
        """The draft that is open, or a new one from the files of edition ``base``.

        Raises BusyError while an edition is being published.
        """
        row = {"base": base, "files": pack, "began_at": now, "began_by": by}
        with self._store.write(lock=Lock.EDITIONS) as connection:
            if _open(connection) is None:
                none_in_hand(connection)
                connection.execute(insert(draft).values(row))
            found = _open(connection)
        if found is None:
            raise NoDraftError("The draft could not be begun. Try again.")
        return found

    def save(self, known: Draft, file: str, what: str, text: bytes | None, by: str,
             now: datetime) -> int:  # fmt: skip
        """Keep a file's new text, or that it is gone; the new revision.

        Raises OvertakenError when there is a save that ``known`` does not hold, NoDraftError.
        """
        return self.save_all(known, {file: text}, what, by, now)

    def save_all(self, known: Draft, texts: Mapping[str, bytes | None], what: str, by: str,
                 now: datetime) -> int:  # fmt: skip
        """The same for several files: all of them are kept, or none."""
        with self._store.write(lock=Lock.EDITIONS) as connection:
            found = _as_known(connection, known)
            said = {"what": what[:96], "saved_at": now, "saved_by": by, "draft": found.id}
            rows = [
                {**said, "file": file, "text": text, "revision": found.revision + nth}
                for nth, (file, text) in enumerate(texts.items(), start=1)
            ]
            connection.execute(insert(draft_save), rows)
            return found.revision + len(rows)

    def throw_away(self, known: Draft, now: datetime) -> None:
        """End the draft; nothing of it is published. Its saves stay in the history."""
        own = update(draft).where(draft.c.id == known.id, draft.c.ended_at.is_(None))
        self._store.change(own.values(ended_at=now))

    def thrown_away(self, base: int, now: datetime) -> Draft | None:
        """The last draft of edition ``base`` that was thrown away since yesterday; None where a
        later draft was begun, or is open."""
        newest = select(func.max(draft.c.id)).scalar_subquery()
        lately = and_(draft.c.ended_at > now - KEPT_FOR, draft.c.edition.is_(None))
        with self._store.read() as connection:
            return _read(connection, and_(draft.c.id == newest, draft.c.base == base, lately))

    def put_back(self, known: Draft) -> bool:
        """Open it again; False where another was begun meanwhile.

        Raises BusyError while an edition is being published.
        """
        with self._store.write(lock=Lock.EDITIONS) as connection:
            none_in_hand(connection)
            newest = connection.execute(select(func.max(draft.c.id))).scalar()
            if newest != known.id:
                return False
            own = update(draft).where(draft.c.id == known.id, draft.c.edition.is_(None))
            return connection.execute(own.values(ended_at=None)).rowcount == 1

    def hand_in(self, known: Draft, pack: bytes, version: str, made: tuple[str, str],
                now: datetime) -> int:  # fmt: skip
        """Have the draft published (``made``: by whom, and why); the edition's number.

        Raises OvertakenError, NoDraftError, and BusyError while another is being published.
        """
        with self._store.write(lock=Lock.EDITIONS) as connection:
            found = _as_known(connection, known)
            number = added(connection, pack, version, made, now)
            own = update(draft).where(draft.c.id == found.id)
            connection.execute(own.values({"ended_at": now, "edition": number}))
            return number

    def saves_of(self, edition: int) -> tuple[Save, ...]:
        """Who changed what on the way to an edition, in order."""
        query = select(draft.c.id).where(draft.c.edition == edition).order_by(draft.c.id.desc())
        with self._store.read() as connection:
            found = connection.execute(query.limit(1)).scalar()
            return _saves(connection, found) if found else ()


def _as_known(connection: Connection, known: Draft) -> Draft:
    """The open draft, if it is as it was read. Raises NoDraftError, OvertakenError."""
    found = _open(connection)
    if found is None or found.id != known.id:
        raise NoDraftError("The draft has been published or thrown away meanwhile.")
    if found.revision != known.revision:
        raise OvertakenError(found.saves[-1])
    return found


def _open(connection: Connection) -> Draft | None:
    newest = select(func.max(draft.c.id)).where(draft.c.ended_at.is_(None)).scalar_subquery()
    return _read(connection, draft.c.id == newest)


def _read(connection: Connection, which: ColumnElement[bool]) -> Draft | None:
    row = connection.execute(select(draft).where(which)).one_or_none()
    if row is None:
        return None
    saves = _saves(connection, row.id)
    return Draft(row.id, row.base, row.files, row.began_at, row.began_by, saves)


def _saves(connection: Connection, number: int) -> tuple[Save, ...]:
    saved = draft_save.c
    named = (saved.saved_at.label("at"), saved.saved_by.label("by"))
    query = select(*columns_of(Save, draft_save), *named).where(saved.draft == number)
    return tuple(as_rows(Save, connection.execute(query.order_by(saved.revision))))
