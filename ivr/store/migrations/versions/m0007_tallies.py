"""What callers did, counted by day; and which days are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "tally",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("what", sa.String(24), primary_key=True),
        sa.Column("at", sa.String(64), primary_key=True),
        sa.Column("to", sa.String(64), primary_key=True),
        sa.Column("calls", sa.Integer, nullable=False),
    )
    op.create_table(
        "tally_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
    )
