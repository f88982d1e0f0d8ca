"""What is remembered for a day of somebody who texts: a question they were asked, and thanks."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table, which an older program does not look at."""
    op.create_table(
        "texter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number_ref", sa.String(32), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_texter_number_ref", "texter", ["number_ref"])
    op.create_index("ix_texter_at", "texter", ["at"])
