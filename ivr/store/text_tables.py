"""The table of texts to learn from: see ``tables``, whose others it stands beside."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Text

from ivr.store.rows import Moment
from ivr.store.tables import table

text_example = table(
    "text_example",
    Column("id", Integer, primary_key=True),
    Column("label", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
"""Texts that staff say were misunderstood, sealed, with what each meant."""
