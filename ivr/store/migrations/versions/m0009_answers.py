"""What was answered to texts that came in, and how many parts that took."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text_ref", sa.String(32), unique=True),
        sa.Column("number_ref", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("stopped", sa.Boolean, nullable=False),
        sa.Column("heard", sa.Boolean, nullable=False),
        sa.Column("budget", sa.String(16), nullable=False),
        sa.Column("segments", sa.Integer, nullable=False),
    )
    op.create_index("ix_answer_number_ref_at", "answer", ["number_ref", "at"])
    op.create_index("ix_answer_budget_at", "answer", ["budget", "at", "segments"])
