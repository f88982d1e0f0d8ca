"""Who works on what callers left, what came of it, and when jobs last went well."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add who has taken an item, the notes on items, and the heartbeats of jobs."""
    for name in ("callback", "recording"):
        taken_by = sa.Column("taken_by", sa.String(32), nullable=False, server_default="")
        op.add_column(name, taken_by)
    op.create_table(
        "item_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item", sa.String(34), nullable=False, index=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("good_at", MOMENT),
        sa.Column("says", sa.String(255), nullable=False),
    )
