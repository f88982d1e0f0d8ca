"""The tables of editions as they are now: words published, drafted, and their own recordings.

Owns their columns only. How they came to be so is in ``migrations``.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Float, Integer, LargeBinary, String, Table, Text

from ivr.store.tables import metadata

edition = Table(
    "edition",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("version", String(8), nullable=False, index=True),
    Column("files", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("why", String(255), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("done", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("says", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("lease_until", DateTime(timezone=True)),
    Column("published_at", DateTime(timezone=True)),
)
"""All the line's words at a time; the newest that is published is what callers hear."""

draft = Table(
    "draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("base", Integer, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("began_by", String(64), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("edition", Integer),
)
"""Words that are being changed, from those of the edition ``base`` on; at most one has no end."""

draft_save = Table(
    "draft_save",
    metadata,
    Column("draft", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("file", String(96), nullable=False),
    Column("what", String(96), nullable=False),
    Column("text", LargeBinary),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("saved_by", String(64), nullable=False),
)
"""Every save of a draft, none ever overwritten: the newest of a file is the file (null: none)."""

own_clip = Table(
    "own_clip",
    metadata,
    Column("lang", String(16), primary_key=True),
    Column("speed", String(8), primary_key=True),
    Column("file", String(32), primary_key=True),
    Column("voice", String(32), nullable=False),
    Column("words", Text, nullable=False),
    Column("marked", Text, nullable=False, server_default=""),
    Column("seconds", Float, nullable=False),
    Column("sound", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)
"""Recordings made for an edition, so that every host can have them."""
