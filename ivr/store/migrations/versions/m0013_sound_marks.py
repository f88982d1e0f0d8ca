"""With which sound marks a recording of an edition was made."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add a column, which an older program leaves empty."""
    column = sa.Column("marked", sa.Text(), nullable=False, server_default="")
    op.add_column("own_clip", column)


def downgrade() -> None:
    """Remove it: marked words are recorded again."""
    op.drop_column("own_clip", "marked")
