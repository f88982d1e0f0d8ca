"""Reaching a person: talks, recordings, call-backs, notices, and what staff set by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _talk()
    _recording()
    _callback()
    _notice()
    _board()
    _staff()
    _pin_try()


def _talk() -> None:
    op.create_table(
        "talk",
        sa.Column("call_ref", sa.String(32), primary_key=True),
        sa.Column("desk", sa.String(32), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False, index=True),
        sa.Column("ended_at", MOMENT),
    )


def _recording() -> None:
    op.create_table(
        "recording",
        sa.Column("sid", sa.String(34), primary_key=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("call_ref", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(8), nullable=False, index=True),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("kept_at", MOMENT),
        sa.Column("taken_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("error", sa.String(32), nullable=False),
    )


def _callback() -> None:
    op.create_table(
        "callback",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("call_ref", sa.String(32), nullable=False),
        sa.Column("number_ref", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(8), nullable=False, index=True),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("best", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("call_ref", "number_ref"),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("item", sa.String(34), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("error", sa.String(32), nullable=False),
        sa.UniqueConstraint("kind", "item", "way", "number"),
    )


def _board() -> None:
    op.create_table(
        "board",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("until", MOMENT),
        sa.Column("sound", sa.LargeBinary),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.String(8), nullable=False),
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("number", sa.String(8), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("pin_hash", sa.String(128), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
    )


def _pin_try() -> None:
    op.create_table(
        "pin_try",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("staff_number", sa.String(8), nullable=False),
        sa.Column("at", MOMENT, nullable=False, index=True),
    )
