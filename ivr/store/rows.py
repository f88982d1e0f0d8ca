"""Rows as the rest of the store meets them, whatever they hold.

Owns how moments and empty bytes stand in a column, rows made objects by the names of their columns,
and the few statements that many tables share. Knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import IntEnum, auto, unique
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    LargeBinary,
    Row,
    Select,
    Table,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.types import TypeDecorator

Made = TypeVar("Made")


class Moment(TypeDecorator[datetime]):
    """A moment, written in UTC. SQLite gives it back without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        """See SQLAlchemy."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """See SQLAlchemy."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Bytes(TypeDecorator[bytes]):
    """Bytes that may be missing: empty here, NULL there."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: object) -> bytes | None:
        """See SQLAlchemy."""
        return value or None

    def process_result_value(self, value: bytes | None, dialect: object) -> bytes:
        """See SQLAlchemy."""
        return value or b""


def columns_of(kind: type, table: Table) -> list[ColumnElement[Any]]:
    """The columns of a table that a class has by the same name."""
    return [table.c[each.name] for each in fields(kind) if each.name in table.c]


def select_as(kind: type, table: Table) -> Select[*tuple[Any, ...]]:
    """What this class needs of a table's rows, and nothing else."""
    return select(*columns_of(kind, table))


def as_rows(kind: Callable[..., Made], rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Made]:
    """Each row as a ``kind``, whose fields have the names of the columns."""
    return [kind(**row._mapping) for row in rows]


def count(connection: Connection, table: Table, *which: ColumnElement[bool]) -> int:
    """How many rows of a table there are of these."""
    query = select(func.count()).select_from(table).where(*which)
    return connection.execute(query).scalar_one()


def put(
    connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Change the row of this key, or begin it."""
    own = update(table).where(*(table.c[name] == value for name, value in key.items()))
    if connection.execute(own.values(values)).rowcount == 0:
        connection.execute(insert(table).values({**key, **values}))


@unique
class Lock(IntEnum):
    """PostgreSQL's advisory locks of the store, each for what is counted and then written.

    Whoever holds one and needs another takes NOTICES last. Programs before this one took TEXTS also
    for the last three: while one still runs beside this, each counts by itself.
    """

    MIGRATION = 7_410_316
    TEXTS = auto()
    STATISTICS = auto()
    REFUSALS = auto()
    CALLBACKS = auto()
    NOTICES = auto()
    EDITIONS = auto()
    SIGN_IN_TRIES = auto()
    TALKS = auto()
    ADVISERS = auto()


def exclusive(connection: Connection, lock: Lock) -> None:
    """Nobody else who asks for ``lock`` goes on until this transaction ends.

    In SQLite every writer is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": int(lock)})
