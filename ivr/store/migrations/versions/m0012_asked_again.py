"""Who asked to be rung back and in which call last; and who has rung within the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add two columns and a table, which an older program leaves as they are."""
    for name in ("caller_ref", "renewed_ref"):
        column = sa.Column(name, sa.String(32), nullable=False, server_default="")
        op.add_column("callback", column)
    for name in ("number_ref", "caller_ref"):
        op.create_index(f"ix_callback_{name}_asked_at", "callback", [name, "asked_at"])
    op.create_table(
        "ring",
        sa.Column("call_ref", sa.String(32), primary_key=True),
        sa.Column("number_ref", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_ring_at", "ring", ["at"])
