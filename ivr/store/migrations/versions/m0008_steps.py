"""Which step of a call a text was asked for in, so that the same step has the same answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; an older program writes none."""
    step = sa.Column("step_ref", sa.String(32), nullable=False, server_default="")
    op.add_column("message", step)
