"""The tables as they are now. How they came to be so is in ``migrations``.

A telephone number stands in ``message.number`` and nowhere else; a call or number elsewhere is a
keyed reference.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

message = Table(
    "message",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("call_ref", String(32), nullable=False),
    Column("number_ref", String(32), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("number", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("lease_until", DateTime(timezone=True)),
    Column("first_tried_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("error", String(32), nullable=False),
    Column("carrier_sid", String(64), unique=True),
    UniqueConstraint("call_ref", "number_ref", "topic"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    Column("call_ref", String(32), nullable=False),
    Column("event", String(32), nullable=False),
    Column("place", String(64), nullable=False),
    Column("detail", String(64), nullable=False),
)
