"""Sentences that a person has read, with their sound; telephones that hear the draft, sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make both tables, which an older program does not look at."""
    op.create_table(
        "person_clip",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("file", sa.String(32), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("sound", sa.LargeBinary, nullable=False),
        sa.Column("slow_file", sa.String(32), nullable=False),
        sa.Column("slow_seconds", sa.Float, nullable=False),
        sa.Column("slow_sound", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "test_number",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
    )
