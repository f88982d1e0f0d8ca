"""In which topic the last call of a number was, for ten minutes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add a table, which an older program leaves empty."""
    op.create_table(
        "last_node",
        sa.Column("number_ref", sa.String(32), primary_key=True),
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_last_node_at", "last_node", ["at"])


def downgrade() -> None:
    """Remove it: whoever rings again begins anew."""
    op.drop_table("last_node")
