"""The first tables: texts that callers asked for, and the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "message",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("call_ref", sa.String(32), nullable=False),
        sa.Column("number_ref", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("lease_until", moment),
        sa.Column("first_tried_at", moment),
        sa.Column("finished_at", moment),
        sa.Column("error", sa.String(32), nullable=False),
        sa.Column("carrier_sid", sa.String(64), unique=True),
        sa.UniqueConstraint("call_ref", "number_ref", "topic"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", moment, nullable=False, index=True),
        sa.Column("call_ref", sa.String(32), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(64), nullable=False),
    )
