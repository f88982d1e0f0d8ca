"""Under which key this database knows numbers and calls."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table, which an older program does not look at."""
    op.create_table(
        "known_key",
        sa.Column("fingerprint", sa.String(32), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
