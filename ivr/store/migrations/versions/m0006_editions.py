"""Editions of the line's words, the draft that is being written, and its own recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the four tables."""
    _add_editions()
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("began_by", sa.String(64), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("edition", sa.Integer),
    )
    op.create_table(
        "draft_save",
        sa.Column("draft", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("file", sa.String(96), nullable=False),
        sa.Column("what", sa.String(96), nullable=False),
        sa.Column("text", sa.LargeBinary),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("saved_by", sa.String(64), nullable=False),
    )
    op.create_table(
        "own_clip",
        sa.Column("lang", sa.String(16), primary_key=True),
        sa.Column("speed", sa.String(8), primary_key=True),
        sa.Column("file", sa.String(32), primary_key=True),
        sa.Column("voice", sa.String(32), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("sound", sa.LargeBinary, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
    )


def _add_editions() -> None:
    op.create_table(
        "edition",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("version", sa.String(8), nullable=False, index=True),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("why", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("published_at", MOMENT),
    )
