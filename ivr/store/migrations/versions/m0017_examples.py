"""Texts that could not be understood, counted; those that staff wrote down, with their meaning."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add a column and a table, which an older program does not look at."""
    unclear = sa.Column("unclear", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("answer", unclear)
    op.create_table(
        "text_example",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_text_example_at", "text_example", ["at"])
