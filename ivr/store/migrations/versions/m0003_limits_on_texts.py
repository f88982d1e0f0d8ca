"""Limits on texts: who asks, which range, how many parts; do-not-text; texts that came in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
COUNTED_BY = ("number_ref", "caller_ref", "prefix_ref")


def upgrade() -> None:
    """Add the columns, what makes counting quick, and the tables."""
    with op.batch_alter_table("message") as table:
        table.add_column(sa.Column("caller_ref", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("prefix_ref", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("segments", sa.Integer, nullable=False, server_default="1"))
        table.add_column(sa.Column("tried_at", MOMENT))
    op.execute("UPDATE message SET tried_at = first_tried_at")
    for name in COUNTED_BY:
        op.create_index(f"ix_message_{name}_asked_at", "message", [name, "asked_at"])
    op.create_index("ix_message_tried_at", "message", ["tried_at"])
    op.create_index("ix_message_asked_at", "message", ["asked_at", "topic", "segments"])
    op.create_table(
        "optout",
        sa.Column("number_ref", sa.String(32), primary_key=True),
        sa.Column("stopped_at", MOMENT, nullable=False),
    )
    op.create_table(
        "text_in",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number_ref", sa.String(32), nullable=False, index=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
    )
