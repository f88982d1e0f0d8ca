"""Who works on the staff pages: accounts, invitations, sessions, tries, and what was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables of the staff pages; what is set by hand may be set from there."""
    with op.batch_alter_table("board") as table:
        table.alter_column("set_by", type_=sa.String(32), existing_nullable=False)
    _people()
    _what_they_do()


def _people() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(128), nullable=False),
        sa.Column("factor", sa.String(255), nullable=False, server_default=""),
        sa.Column("factor_step", sa.Integer, nullable=False, server_default="0"),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False, index=True),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, index=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
    )


def _what_they_do() -> None:
    op.create_table(
        "office_session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False, index=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("second", sa.Boolean, nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("held", sa.LargeBinary),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("at", MOMENT, nullable=False, index=True),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("of", sa.String(64), nullable=False),
    )
