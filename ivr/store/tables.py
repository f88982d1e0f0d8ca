"""The tables as they are now. How they came to be so is in ``migrations``.

A telephone number stands in ``message.number`` and, sealed for staff, in ``callback.sealed``; a
caller's voice only sealed, in ``recording.sealed``. A call or number elsewhere is a reference.
"""

from __future__ import annotations

import uuid

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.sql.schema import SchemaItem

from ivr.store.rows import Bytes, Moment

metadata = MetaData()


def table(name: str, *parts: SchemaItem) -> Table:
    """A table of the line's."""
    return Table(name, metadata, *parts)


def fresh_id() -> str:
    """The id of a new row: no other has it."""
    return uuid.uuid4().hex


sms = table(
    "message",
    Column("id", String(32), primary_key=True, default=fresh_id),
    Column("call_ref", String(32), nullable=False),
    Column("number_ref", String(32), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("number", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True, default="waiting"),
    Column("tries", Integer, nullable=False, default=0),
    Column("asked_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("first_tried_at", Moment),
    Column("finished_at", Moment),
    Column("error", String(32), nullable=False, default=""),
    Column("carrier_sid", String(64), unique=True),
    Column("caller_ref", String(32), nullable=False, server_default=""),
    Column("prefix_ref", String(32), nullable=False, server_default=""),
    Column("segments", Integer, nullable=False, server_default="1"),
    Column("tried_at", Moment, index=True),
    Column("step_ref", String(32), nullable=False, server_default=""),
    UniqueConstraint("call_ref", "number_ref", "topic"),
    Index("ix_message_number_ref_asked_at", "number_ref", "asked_at"),
    Index("ix_message_caller_ref_asked_at", "caller_ref", "asked_at"),
    Index("ix_message_prefix_ref_asked_at", "prefix_ref", "asked_at"),
    # All that a month's sum needs, so that it is read without the texts themselves.
    Index("ix_message_asked_at", "asked_at", "topic", "segments"),
)

optout = table(
    "optout",
    Column("number_ref", String(32), primary_key=True),
    Column("stopped_at", Moment, nullable=False),
)
"""Who wants no texts, until they say START."""

text_in = table(
    "text_in",
    Column("id", Integer, primary_key=True),
    Column("number_ref", String(32), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
)
"""Texts that were answered within the last hour, so that two machines do not answer for ever."""

texter = table(
    "texter",
    Column("id", Integer, primary_key=True),
    Column("number_ref", String(32), nullable=False, index=True),
    Column("what", String(16), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
"""A question that was asked by text, with the letter it is about, sealed; and that somebody was
answered to their thanks."""

answer = table(
    "answer",
    Column("id", Integer, primary_key=True),
    Column("text_ref", String(32), unique=True),
    Column("number_ref", String(32), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("stopped", Boolean, nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("budget", String(16), nullable=False),
    Column("segments", Integer, nullable=False),
    Column("unclear", Boolean, nullable=False, server_default=false()),
    Index("ix_answer_number_ref_at", "number_ref", "at"),
    # All that a day's and a month's sum need.
    Index("ix_answer_budget_at", "budget", "at", "segments"),
)
"""Every text that came in: what was decided of it, and how many parts of which budget it took.
``unclear``: it could not be understood."""

journal = table(
    "journal",
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("call_ref", String(32), nullable=False),
    Column("event", String(32), nullable=False),
    Column("place", String(64), nullable=False),
    Column("detail", String(64), nullable=False),
)

talk = table(
    "talk",
    Column("call_ref", String(32), primary_key=True),
    Column("desk", String(32), nullable=False),
    Column("began_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("advisers", Text, nullable=False, server_default=""),
    Column("picked_up_at", Moment),
    Column("leg", String(32), nullable=False, server_default=""),
)
"""Callers who are being put through, or talk; so many at once as a ring group can take.

``advisers``: whom they ring or talk with, by name, ``~`` between them; ``leg`` the reference of the
leg on which one of these has taken the call.
"""

recording = table(
    "recording",
    Column("sid", String(34), primary_key=True),
    Column("purpose", String(16), nullable=False, default="message"),
    Column("call_ref", String(32), nullable=False),
    Column("reference", String(8), nullable=False, index=True),
    Column("about", String(64), nullable=False, default=""),
    Column("lang", String(16), nullable=False, default=""),
    Column("seconds", Integer, nullable=False, default=0),
    Column("status", String(16), nullable=False, index=True, default="unkept"),
    Column("made_at", Moment, nullable=False),
    Column("kept_at", Moment),
    Column("taken_at", Moment),
    Column("done_at", Moment),
    Column("sealed", Bytes),
    Column("tries", Integer, nullable=False, default=0),
    Column("next_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("error", String(32), nullable=False, default=""),
    Column("taken_by", String(32), nullable=False, server_default=""),
)

callback = table(
    "callback",
    Column("id", String(32), primary_key=True, default=fresh_id),
    Column("call_ref", String(32), nullable=False),
    Column("number_ref", String(32), nullable=False),
    Column("reference", String(8), nullable=False, index=True),
    Column("about", String(64), nullable=False),
    Column("lang", String(16), nullable=False),
    Column("best", String(16), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("asked_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("done_at", Moment),
    Column("sealed", LargeBinary, nullable=False),
    Column("taken_by", String(32), nullable=False, server_default=""),
    Column("caller_ref", String(32), nullable=False, server_default=""),
    Column("renewed_ref", String(32), nullable=False, server_default=""),
    UniqueConstraint("call_ref", "number_ref"),
    Index("ix_callback_number_ref_asked_at", "number_ref", "asked_at"),
    Index("ix_callback_caller_ref_asked_at", "caller_ref", "asked_at"),
)
"""Who wants to be rung: one that is open for a number. ``caller_ref``: who asked, empty where that
is hidden; ``renewed_ref``: the last call, or text, in which it was asked for again."""


def row_of(kind: str) -> tuple[Table, Column[str]]:
    """The table of a kind of thing that waits for staff, and the column that names one."""
    return (callback, callback.c.id) if kind == "callback" else (recording, recording.c.sid)


item_note = table(
    "item_note",
    Column("id", Integer, primary_key=True),
    Column("item", String(34), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", String(32), nullable=False),
    Column("what", String(32), nullable=False),
    Column("sealed", Bytes),
)
"""What staff did with a message or call-back, in order, and that it was asked for again; what was
said then, and staff's own words, sealed like the item."""

heartbeat = table(
    "heartbeat",
    Column("name", String(32), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("good_at", Moment),
    Column("says", String(255), nullable=False),
)
"""When each job that runs by itself last ran, and last went well."""

notice = table(
    "notice",
    Column("id", String(32), primary_key=True, default=fresh_id),
    Column("kind", String(16), nullable=False, default="waiting"),
    Column("item", String(34), nullable=False, default=""),
    Column("way", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String(16), nullable=False, index=True, default="waiting"),
    Column("tries", Integer, nullable=False, default=0),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("sent_at", Moment),
    Column("error", String(32), nullable=False, default=""),
    UniqueConstraint("kind", "item", "way", "number"),
)
"""What staff are told: that things wait, one row for each time and each way. ``kind`` is
``waiting`` and ``item`` empty; an older program wrote a row for each item."""

live_settings = table(
    "board",
    Column("name", String(16), primary_key=True),
    Column("value", String(64), nullable=False),
    Column("until", Moment),
    Column("sound", LargeBinary),
    Column("set_at", Moment, nullable=False),
    Column("set_by", String(32), nullable=False),
)
"""What staff set by hand: ``hours`` (open or closed), ``announcement`` (its sound), and how
advisers ``ring``."""

staff = table(
    "staff",
    Column("number", String(8), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("pin_hash", String(128), nullable=False),
    Column("added_at", Moment, nullable=False),
)

pin_try = table(
    "pin_try",
    Column("id", Integer, primary_key=True),
    Column("staff_number", String(8), nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
"""Wrong PINs, so that guessing ends."""

account = table(
    "account",
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("email", String(254), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(128), nullable=False),
    Column("factor", String(255), nullable=False, server_default=""),
    Column("factor_step", Integer, nullable=False, server_default="0"),
    Column("wrapped", Bytes),
    Column("made_at", Moment, nullable=False),
    Column("left_at", Moment),
)
"""Staff of the pages. ``factor``: the secret of the second one, sealed; ``wrapped``: the private
key of what callers left, which only the password opens."""

recovery_code = table(
    "recovery_code",
    Column("id", Integer, primary_key=True),
    Column("account_id", String(32), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False),
    Column("used_at", Moment),
)

invitation = table(
    "invitation",
    Column("token_hash", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("email", String(254), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("until", Moment, nullable=False),
    Column("wrapped", Bytes),
)

staff_session = table(
    "office_session",
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("second", Boolean, nullable=False),
    Column("browser", String(64), nullable=False),
    Column("held", Bytes),
)
"""Who is signed in. ``held``: the private key, which only the browser's token opens."""

sign_in_try = table(
    "sign_in_try",
    Column("id", Integer, primary_key=True),
    Column("who", String(40), nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
"""Tries that failed, so that guessing ends. ``who``: a reference of an account or an address."""

change = table(
    "change",
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("by", String(32), nullable=False),
    Column("what", String(32), nullable=False),
    Column("of", String(64), nullable=False),
)
"""What staff did on the pages, for managers to see."""

adviser = table(
    "adviser",
    Column("id", String(8), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("sealed", Text, nullable=False),
)
"""Who answers callers, in the order in which they ring. ``sealed``: the person, by the line's own
secret; ``id`` stands for them everywhere else."""

known_key = table(
    "known_key",
    Column("fingerprint", String(32), primary_key=True),
    Column("since", Moment, nullable=False),
)
"""By what the key is known again that references here are made with; one row at the most."""
