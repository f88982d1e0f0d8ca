"""The tables in which only calls are counted: see ``tables``, whose others they stand beside."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, String, Table

from ivr.store.tables import metadata

tally = Table(
    "tally",
    metadata,
    Column("day", Date, primary_key=True),
    Column("what", String(24), primary_key=True),
    Column("at", String(64), primary_key=True),
    Column("to", String(64), primary_key=True),
    Column("calls", Integer, nullable=False),
)
"""How many calls of a London day did what: see ``ivr.line.statistics.Key``."""

tally_day = Table(
    "tally_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("counted_at", DateTime(timezone=True), nullable=False),
    Column("settled", Boolean, nullable=False),
)
"""Which days are counted; nothing more comes to a ``settled`` one."""

ring = Table(
    "ring",
    metadata,
    Column("call_ref", String(32), primary_key=True),
    Column("number_ref", String(32), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)
"""Calls of the last hour, to tell who rings very often; never those of hidden callers."""

last_node = Table(
    "last_node",
    metadata,
    Column("number_ref", String(32), primary_key=True),
    Column("node", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
)
"""In which topic the last call of a number was, for ten minutes; empty: in none any more."""
