"""The tables of a database, brought up to date by Alembic under a lock, or refused.

Owns migrations; when a database may be made: only where there never was one; and that no other key
is ever used with one than that by which it knows numbers and calls: every STOP would be forgotten
without a word. Only the key's fingerprint is kept, from which nobody can go back.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, inspect, select, text

from ivr.store.engines import open_engine
from ivr.store.errors import CannotUpgradeError, NoDatabaseError, OtherKeyError
from ivr.store.rows import Lock, exclusive
from ivr.store.standing import mixed, mixed_up, note, note_of, noted, path_of
from ivr.store.tables import known_key

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
LONGEST_MIGRATION_MS = 30_000
NONE_YET = (
    "there is no database of this line yet ({}). The first start of a new line makes it: "
    "ivr serve, or ivr migrate. Where there was one, look at DATABASE_URL, or put it back: "
    "ivr restore"
)
GONE = (
    "the database {0} is gone, or empty. No other one is made in its place: it would text people "
    "who said STOP. Put it back, or a backup (ivr restore); to begin anew without it, delete {1}"
)


class Key(NamedTuple):
    """The fingerprint of the key that references are made with; empty for who makes none.

    ``nobodys``: of one whose references stand for nobody.
    """

    fingerprint: str = ""
    nobodys: str = ""


NO_KEY = Key()


def migrate(url: str, key: Key, makes: bool) -> bool:
    """Run what is missing; False where the database is ahead of this program.

    Raises OtherKeyError, NoDatabaseError.
    """
    file = path_of(url)
    first = makes and not (file and noted(file))
    if file:
        _refuse_what_is_missing(file, first)
    noting = file if file and (makes or noted(file)) else None
    if noting:
        # Before SQLite writes beside it: whoever is killed then leaves a note that is true.
        note(noting)
    engine = open_engine(url, LONGEST_MIGRATION_MS, makes)
    try:
        with engine.begin() as connection:
            exclusive(connection, Lock.MIGRATION)
            ours = _brought_up(connection, first)
            # Under the same lock: of several that start on a fresh database one gives it its key.
            if known := _another(connection, *key):
                raise OtherKeyError(known)
    finally:
        engine.dispose()
    if noting:
        note(noting)
    return ours


def _refuse_what_is_missing(file: Path, first: bool) -> None:
    """Raises NoDatabaseError where no file may be made, or what lies beside it is another's."""
    if mixed(file):
        raise NoDatabaseError(mixed_up(file))
    if file.is_file() and file.stat().st_size:
        return
    if noted(file):
        raise NoDatabaseError(GONE.format(file, note_of(file)))
    if not first:
        raise NoDatabaseError(NONE_YET.format(file))


def _brought_up(connection: Connection, first: bool) -> bool:
    stands_at = _stands_at(connection)
    if stands_at == newest_migration():
        return True
    if not stands_at:
        name = connection.engine.url.database
        if not first:
            raise NoDatabaseError(NONE_YET.format(name))
        log.warning("there was no database yet: a new one is made (%s)", name)
    return _upgrade(connection)


def _upgrade(connection: Connection) -> bool:
    """Run what is missing; False where the database is ahead of this program.

    What does so is imported only here: it takes a fifth of a start. Raises CannotUpgradeError where
    what stands in the database leads nowhere.
    """
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    now = _stands_at(connection)
    if now and now not in known:
        return False
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise CannotUpgradeError(str(error)) from error
    return True


def _stands_at(connection: Connection) -> str:
    """The last migration that has run; empty where none has."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def newest_migration() -> str:
    """The last migration that this program has: the figures in its file's name."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("m*.py"))[1:5]


def _another(connection: Connection, fingerprint: str, nobodys: str) -> str:
    """The fingerprint that is known here, where it is not this one; empty where all is well.

    A database that knows none, or the one of ``nobodys`` (the demo's, whose numbers are of
    nobody), takes this one up. In a transaction that is alone.
    """
    if not fingerprint or not inspect(connection).has_table(known_key.name):
        return ""
    known = connection.execute(select(known_key.c.fingerprint)).scalar() or ""
    if known and known not in (fingerprint, nobodys):
        return known
    if known != fingerprint:
        take_key(connection, fingerprint)
    return ""


def take_key(connection: Connection, fingerprint: str) -> None:
    """From now on this is the key. What was known under another is known no more."""
    connection.execute(delete(known_key))
    since = datetime.now(UTC)
    connection.execute(insert(known_key).values(fingerprint=fingerprint, since=since))
