"""Which advisers a call rings or talks with, and how far that has come."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add three columns, which an older program leaves as they are: it names nobody."""
    op.add_column("talk", sa.Column("advisers", sa.Text, nullable=False, server_default=""))
    op.add_column("talk", sa.Column("picked_up_at", sa.DateTime(timezone=True)))
    op.add_column("talk", sa.Column("leg", sa.String(32), nullable=False, server_default=""))
