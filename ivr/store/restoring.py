"""A backup put in the database's place: all of it or nothing, and nobody is signed in afterwards.

Owns what is looked at beforehand, that what stood there is kept aside, and that whoever pulls the
plug in between finds the one database or the other. SQLite's copy is made ready beside the database
and takes its name in one step; PostgreSQL's is one transaction. Also who can get in, before and
after: what was changed since the backup is undone by it, so who was removed is back.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple, TypeVar, cast
from urllib.parse import quote

from sqlalchemy import URL, delete, select, text
from sqlalchemy.engine import make_url

from ivr.secrets import private_files
from ivr.store.backup import BackupError, Client, asked, client, copy_out, refuse_in_use, told
from ivr.store.database import Store
from ivr.store.engines import beside_database
from ivr.store.tables import account, invitation, known_key, staff, staff_session

KEY_SINCE = "0011"
"""The migration since which a database knows its key."""
VERSION = re.compile(r"\d{4}", re.ASCII)
OWNER = (
    "SELECT current_user, pg_get_userbyid(relowner) FROM pg_class "
    "WHERE oid = to_regclass('alembic_version')"
)
EMPTIED = """
BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS dbos CASCADE;
DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND pg_get_userbyid(relowner) = current_user
    AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
  LOOP EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', each.nspname, each.relname); END LOOP;
END $$;
"""
"""An older version's backup knows nothing of newer tables, which would stand in the way later."""
SIGNED_OUT = """
RESET search_path;
DO $$ BEGIN
  IF to_regclass('{0}') IS NOT NULL THEN DELETE FROM {0}; DELETE FROM {1}; END IF;
END $$;
COMMIT;
"""
"""Written last of all: a script that ends before it changes nothing."""
Settled = TypeVar("Settled")


class Contents(NamedTuple):
    """What a backup is of: the migration, and the key; empty before databases knew theirs."""

    version: str
    fingerprint: str


def look_into(database_url: str, backup: Path) -> Contents:
    """What this backup is of. Raises BackupError where it is none of a line, or is damaged."""
    sqlite = make_url(database_url).get_backend_name() == "sqlite"
    version, fingerprint = (_of_sqlite if sqlite else _of_postgres)(backup)
    if not VERSION.fullmatch(version):
        raise BackupError(f"{backup} is no backup of a line; nothing was changed")
    if version >= KEY_SINCE and not fingerprint:
        raise BackupError(f"{backup} knows no key, so it is of no line; nothing was changed")
    return Contents(version, fingerprint)


def _of_sqlite(backup: Path) -> tuple[str, str]:
    changes = beside_database(backup)[0]
    if changes.is_file() and changes.stat().st_size:
        raise BackupError(
            f"{backup} was copied by hand, and {changes.name} belongs to it: stop the line and put "
            "both in the database's place by hand; nothing was changed"
        )
    # Nothing is written beside it, wherever it lies: it may be on a medium that takes nothing.
    address = f"file:{quote(str(backup))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as looked_at:
            pages, size = (
                looked_at.execute(f"PRAGMA {each}").fetchone()[0]
                for each in ("page_count", "page_size")
            )
            sound = looked_at.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if not sound or backup.stat().st_size < pages * size:
                raise BackupError(f"{backup} is damaged; take an older one")
            names = looked_at.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {name for (name,) in names}
            found = {"alembic_version": "version_num", known_key.name: "fingerprint"}
            asked = [
                f"SELECT {column} FROM {table}" if table in tables else "SELECT ''"  # noqa: S608
                for table, column in found.items()
            ]
            version, key = (looked_at.execute(each).fetchone() or ("",) for each in asked)
            return str(version[0]), str(key[0])
    except sqlite3.Error as error:
        raise BackupError(f"{backup} is no backup of this line: {error}") from error


def _of_postgres(backup: Path) -> tuple[str, str]:
    tables = ("alembic_version", known_key.name)
    shown = _shown(backup, "--data-only", *(f"--table={each}" for each in tables))
    done = subprocess.run(shown, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{backup} is no backup of this line: {told(done.stderr)}")
    first = r"^COPY (?:\S+\.)?{} \(.*\) FROM stdin;\n(?!\\\.)(\w+)"
    found = [re.search(first.format(each), done.stdout, re.MULTILINE) for each in tables]
    version, key = (each[1] if each else "" for each in found)
    return version, key


def _shown(backup: Path, *options: str) -> list[str]:
    """The command that writes a dump as SQL, asking no server."""
    nowhere = client(make_url("postgresql://"), "pg_restore").command[0]
    return [nowhere, *options, "--file=-", str(backup)]


def put_back(
    database_url: str, backup: Path, aside: Path, settle: Callable[[str], Settled]
) -> tuple[Path | None, Settled]:
    """Put a backup in the database's place, nobody signed in.

    What stood there is kept: beside it, or for a server in the folder ``aside``; where, and what
    ``settle`` answered for the address of what is put there. Raises BackupError.
    """
    refuse_in_use(database_url)
    url, now = make_url(database_url), f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    if url.get_backend_name() != "sqlite":
        kept = _kept_of_server(url, aside / f"before-restore-{now}.backup")
        _replaced(url, backup)
        return kept, settle(database_url)
    target = Path(url.database or "").resolve()
    copy = target.with_name(target.name + ".restoring")
    try:
        _copied(backup, copy)
        answer = settle(url.set(database=str(copy)).render_as_string(hide_password=False))
        return _in_place(copy, target, target.with_name(f"{target.name}.before-{now}")), answer
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{backup} could not be put back: {error}") from error
    finally:
        for each in (*beside_database(copy), copy):
            each.unlink(missing_ok=True)


def _copied(backup: Path, copy: Path) -> None:
    private_files.folder(copy.parent)
    for each in (*beside_database(copy), copy):
        each.unlink(missing_ok=True)
    private_files.claim(copy)
    shutil.copyfile(backup, copy)
    with copy.open("rb+") as written:
        os.fsync(written.fileno())


def _in_place(copy: Path, target: Path, aside: Path) -> Path | None:
    """Give the copy the database's name, in one step: nobody finds nothing there in between."""
    kept = target.exists()
    for each in beside_database(target):
        if each.exists():
            each.rename(each.with_name(each.name.replace(target.name, aside.name)))
    if kept:
        aside.hardlink_to(target)
    copy.replace(target)
    return aside if kept else None


def _kept_of_server(url: URL, aside: Path) -> Path | None:
    """A copy of what stands there, where a line does. Raises BackupError where it is another's."""
    address = url.render_as_string(hide_password=False)
    with asked(url) as connection:
        row = connection.execute(text(OWNER)).first()
    if row is None:
        return None
    if row[0] != row[1]:
        raise BackupError(
            f"the tables belong to the user {row[1]}, and DATABASE_URL names {row[0]}: the line "
            f"could not use them afterwards. Restore as {row[1]}; nothing was changed"
        )
    copy_out(address, aside)
    return aside


def _replaced(url: URL, backup: Path) -> None:
    """Empty the database and fill it from the dump, in one transaction."""
    options = ("--clean", "--if-exists", "--no-owner")
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    reads: Client = client(url, "psql", *quiet)
    with (
        subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's, no shell
            _shown(backup, *options), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as shows,
        subprocess.Popen(  # noqa: S603 - the same
            reads.command,
            env=reads.environment,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as psql,
    ):
        _piped(cast(IO[bytes], shows.stdout), cast(IO[bytes], psql.stdin), shows.wait)
        errors = cast(IO[bytes], psql.stderr).read().decode(errors="replace")
    if shows.returncode or psql.returncode:
        says = told(errors) if psql.returncode else "pg_restore cannot read it to its end"
        raise BackupError(f"{backup} could not be put back: {says}; nothing was changed")


def _piped(shown: IO[bytes], reads: IO[bytes], ended: Callable[[], int]) -> None:
    """Hand the script on; the end that makes it count only where all of it was there."""
    try:
        reads.write(EMPTIED.encode())
        shutil.copyfileobj(shown, reads)
        if not ended():
            reads.write(SIGNED_OUT.format(staff_session.name, invitation.name).encode())
        reads.close()
    except BrokenPipeError:
        # It has ended with an error, and says which.
        shown.close()
        with suppress(BrokenPipeError):
            reads.close()


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in. ``role`` is empty for the staff line; ``proofs`` are what is asked for there."""

    name: str
    role: str
    proofs: tuple[str, ...]


Entries = Mapping[str, Entry]
"""Every way in, by the e-mail or staff number that it is known by."""


def entries(store: Store) -> Entries:
    """Everybody who can sign in to the pages or the staff line. Raises StoreDownError."""
    pages = select(account).where(account.c.left_at.is_(None)).order_by(account.c.name)
    with store.read() as connection:
        found = {
            row.email: Entry(row.name, row.role, (row.password_hash, row.factor))
            for row in connection.execute(pages)
        }
        for row in connection.execute(select(staff).order_by(staff.c.number)):
            found[f"staff number {row.number}"] = Entry(row.name, "", (row.pin_hash,))
    return found


def sign_everybody_out(store: Store) -> None:
    """End every session and every link. Raises StoreDownError."""
    with store.write() as connection:
        connection.execute(delete(staff_session))
        connection.execute(delete(invitation))


def came_back(before: Entries, after: Entries) -> Iterator[str]:
    """One line for each way in that was not there just before, or not so."""
    for known_by, now in after.items():
        who, then = f"{now.name}, {known_by}", before.get(known_by)
        if then is None:
            yield f"{who}: can get in" + (f" as {now.role}" if now.role else "")
        elif then.role != now.role:
            yield f"{who}: is {now.role} again, was {then.role}"
        elif then.proofs != now.proofs:
            yield f"{who}: gets in with what held then (password, phone or PIN)"
