"""Under which key a database knows numbers and calls: who said STOP, how many texts somebody had.

Owns its table, and that no other key is ever used with it: every STOP would be forgotten without a
word. Only a fingerprint is kept, from which nobody can go back. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
)

from ivr.store.tables import metadata

known_key = Table(
    "known_key",
    metadata,
    Column("fingerprint", String(32), primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
)
"""By what the key is known again that references here are made with; one row at the most."""


def another(connection: Connection, fingerprint: str, nobodys: str) -> str:
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
        take(connection, fingerprint)
    return ""


def take(connection: Connection, fingerprint: str) -> None:
    """From now on this is the key. What was known under another is known no more."""
    connection.execute(delete(known_key))
    row = {"fingerprint": fingerprint, "since": datetime.now(UTC)}
    connection.execute(insert(known_key).values(row))
