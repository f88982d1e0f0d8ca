"""The tables in which only calls are counted: see ``tables``, whose others they stand beside."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Integer, String

from ivr.store.rows import Moment
from ivr.store.tables import table

tally = table(
    "tally",
    Column("day", Date, primary_key=True),
    Column("what", String(24), primary_key=True),
    Column("at", String(64), primary_key=True),
    Column("to", String(64), primary_key=True),
    Column("calls", Integer, nullable=False),
)
"""How many calls of a London day did what: see ``ivr.line.statistics.Key``."""

tally_day = table(
    "tally_day",
    Column("day", Date, primary_key=True),
    Column("counted_at", Moment, nullable=False),
    Column("settled", Boolean, nullable=False),
)
"""Which days are counted; nothing more comes to a ``settled`` one."""

ring = table(
    "ring",
    Column("call_ref", String(32), primary_key=True),
    Column("number_ref", String(32), nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
"""Calls of the last hour, to tell who rings very often; never those of hidden callers."""

last_node = table(
    "last_node",
    Column("number_ref", String(32), primary_key=True),
    Column("node", String(64), nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
"""In which topic the last call of a number was, for ten minutes; empty: in none any more."""
