"""Advisers as people: who may be rung, sealed, in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table, which an older program does not look at."""
    op.create_table(
        "adviser",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
    )
