"""The tables of editions as they are now: words published, drafted, recorded, and who tries them.

Owns their columns only. How they came to be so is in ``migrations``.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, LargeBinary, String, Text

from ivr.store.rows import Moment
from ivr.store.tables import fresh_id, table

edition = table(
    "edition",
    Column("number", Integer, primary_key=True),
    Column("version", String(8), nullable=False, index=True),
    Column("files", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("why", String(255), nullable=False),
    Column("state", String(16), nullable=False, index=True, default="waiting"),
    Column("done", Integer, nullable=False, default=0),
    Column("most", Integer, nullable=False, default=0),
    Column("says", Text, nullable=False, default=""),
    Column("tries", Integer, nullable=False, default=0),
    Column("next_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("published_at", Moment),
)
"""All the line's words at a time; the newest that is published is what callers hear."""

draft = table(
    "draft",
    Column("id", Integer, primary_key=True),
    Column("base", Integer, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("began_by", String(64), nullable=False),
    Column("ended_at", Moment),
    Column("edition", Integer),
)
"""Words that are being changed, from those of the edition ``base`` on; at most one has no end."""

draft_save = table(
    "draft_save",
    Column("draft", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("file", String(96), nullable=False),
    Column("what", String(96), nullable=False),
    Column("text", LargeBinary),
    Column("saved_at", Moment, nullable=False),
    Column("saved_by", String(64), nullable=False),
)
"""Every save of a draft, none ever overwritten: the newest of a file is the file (null: none)."""

own_clip = table(
    "own_clip",
    Column("lang", String(16), primary_key=True),
    Column("speed", String(8), primary_key=True),
    Column("file", String(32), primary_key=True),
    Column("voice", String(32), nullable=False),
    Column("words", Text, nullable=False),
    Column("marked", Text, nullable=False, server_default=""),
    Column("seconds", Float, nullable=False),
    Column("sound", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)
"""Recordings made for an edition, so that every host can have them."""

person_clip = table(
    "person_clip",
    Column("id", String(32), primary_key=True, default=fresh_id),
    Column("lang", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("place", String(160), nullable=False),
    Column("by", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("file", String(32), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("sound", LargeBinary, nullable=False),
    Column("slow_file", String(32), nullable=False),
    Column("slow_seconds", Float, nullable=False),
    Column("slow_sound", LargeBinary, nullable=False),
)
"""Sentences that a person has read, at both speeds. ``used_at``: since when callers hear it; none
before somebody has heard it and said so. ``place``: where the words stood."""

test_number = table(
    "test_number",
    Column("id", String(8), primary_key=True),
    Column("sealed", Text, nullable=False),
)
"""Telephones that hear the draft. ``sealed``: whose it is and its number."""
