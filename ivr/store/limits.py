"""Limits on texts: how many, to whom, and for how much money (faults M1, M7).

Owns every such limit, and how texts that callers ask for and those to staff are counted: in the
transaction that keeps the text, one at a time, so that two callers cannot both get the last one.
Without the database nothing is sent. Answers to texts are counted in ``answers``. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select

from ivr.config import Settings
from ivr.store.tables import sms

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
PREFIX = len("+4477009")
"""Characters of a number that name its range: the country and five digits more."""
UNLIMITED = 1_000_000
NOTICE = "to-staff"
"""What stands for the topic in texts to staff; no topic of the content can be called so."""
LONGEST_MONTH = 31
"""Days."""
THIS_MONTH = sms.c.asked_at >= bindparam("month")


@dataclass(frozen=True, slots=True)
class Caps:
    """The most texts of each kind. A day is the last 24 hours, a month that of the calendar (UTC).

    Up to ``pence_a_segment`` texts that callers ask for; of answers and texts to staff, parts. Last
    the requests to be rung back: those of a call, for one number, of one who asks, and of all who
    hide their number; and the calls of one number within an hour.
    """

    a_call: int = 3
    a_destination_a_day: int = 3
    a_caller_a_day: int = 5
    a_prefix_an_hour: int = 10
    a_day: int = 300
    a_month: int = 3_000
    pence_a_month: int = 15_000
    pence_a_segment: int = 4
    answers_a_day: int = 600
    answers_pence_a_month: int = 10_000
    answers_a_number_a_day: int = 30
    short_a_day: int = 25
    danger_a_day: int = 200
    elsewhere_a_day: int = 10
    elsewhere_a_month: int = 60
    pence_elsewhere: int = 50
    staff_a_day: int = 40
    staff_pence_a_month: int = 2_000
    callbacks_a_call: int = 3
    callbacks_a_number_a_day: int = 3
    callbacks_a_caller_a_day: int = 5
    callbacks_hidden_a_day: int = 40
    calls_an_hour: int = 20


def caps_of(settings: Settings) -> Caps:
    """The limits with the totals that these settings name.

    In a demo nothing leaves the machine and all numbers are of one range, so that only
    the limits of a call and the totals hold.
    """
    demo = {"a_destination_a_day", "a_caller_a_day", "a_prefix_an_hour"}
    demo |= {"callbacks_a_number_a_day", "callbacks_a_caller_a_day", "calls_an_hour"}
    demo |= {"callbacks_hidden_a_day"}
    lifted = dict.fromkeys(demo, UNLIMITED) if settings.demo_account else {}
    return Caps(
        **lifted,
        a_day=settings.texts_a_day,
        a_month=settings.texts_a_month,
        pence_a_month=settings.texts_pence_a_month,
        pence_a_segment=settings.pence_a_segment,
        answers_a_day=settings.answers_a_day,
        answers_pence_a_month=settings.answers_pence_a_month,
        danger_a_day=settings.danger_a_day,
        pence_elsewhere=settings.pence_elsewhere,
        staff_a_day=settings.staff_texts_a_day,
        staff_pence_a_month=settings.staff_texts_pence_a_month,
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """Parts of texts of one kind, which no other kind takes away. A day and a month as in Caps.

    ``a_number``: texts to one number in a day. ``pence``: what one part costs.
    """

    name: str
    a_day: int
    a_month: int
    pence: int
    a_number: int = 1

    @property
    def worst(self) -> int:
        """Pence of the dearest month there can be."""
        return min(self.a_month, LONGEST_MONTH * self.a_day) * self.pence

    def has_room(self, parts: int, today: int, this_month: int) -> bool:
        """Whether so many more stay inside it."""
        return today + parts <= self.a_day and this_month + parts <= self.a_month


def answers_budgets(caps: Caps) -> tuple[Budget, ...]:
    """What answers to texts that come in are paid from (docs/decisions/texting-in.md).

    ``answers`` is the ordinary one. The others are for when it is used up, or not meant: ``short``
    and ``danger`` for UK mobiles, ``elsewhere`` for every other number.
    """
    price, away = caps.pence_a_segment, caps.pence_elsewhere
    month, short, danger = caps.answers_pence_a_month // price, caps.short_a_day, caps.danger_a_day
    elsewhere = (caps.elsewhere_a_day, caps.elsewhere_a_month, away)
    return (
        Budget("answers", caps.answers_a_day, month, price, caps.answers_a_number_a_day),
        Budget("short", short, LONGEST_MONTH * short, price),
        Budget("danger", danger, LONGEST_MONTH * danger, price),
        Budget("elsewhere", *elsewhere),
        Budget("elsewhere_danger", *elsewhere),
    )


def staff_budget(caps: Caps) -> Budget:
    """What texts to staff are paid from: callers' money is not touched, and the other way round."""
    month = caps.staff_pence_a_month // caps.pence_a_segment
    return Budget("staff", caps.staff_a_day, month, caps.pence_a_segment, UNLIMITED)


def worst_month(caps: Caps) -> dict[str, int]:
    """Pence that each kind of text can cost at most in a month, by name."""
    found = {each.name: each.worst for each in (*answers_budgets(caps), staff_budget(caps))}
    return {"texts": caps.pence_a_month, **found}


def within(connection: Connection, row: Mapping[str, Any], caps: Caps) -> bool:
    """Whether the text of this row, not yet kept, stays inside every limit.

    Texts that failed count too: a stranger who makes them fail must not be free to go on. Texts
    to staff go to one number of the settings and have a budget of their own.
    """
    now = row["asked_at"]
    if row["topic"] == NOTICE:
        found = used(connection, now)
        to_staff = found.staff_today, found.staff_this_month
        return staff_budget(caps).has_room(row["segments"], *to_staff)
    asked = {name: row[name] for name in ("call_ref", "number_ref", "caller_ref", "prefix_ref")}
    since = {"hour": now - HOUR, "day": now - DAY, "month": month_of(now)}
    counted = connection.execute(COUNTS, asked | since).one()._mapping
    pence = (counted["segments"] + row["segments"]) * caps.pence_a_segment
    room = all(counted[name] < getattr(caps, name) for name in COUNTED)
    return room and bool(pence <= caps.pence_a_month)


def month_of(now: datetime) -> datetime:
    """The first moment of the calendar month, in UTC."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _own(name: str) -> ColumnElement[bool]:
    """Texts that have this in common with the one that is asked for."""
    return sms.c[name] == bindparam(name)


def _since(name: str) -> ColumnElement[bool]:
    return sms.c.asked_at > bindparam(name)


COUNTED = {
    "a_call": (_own("call_ref"),),
    "a_destination_a_day": (_own("number_ref"), _since("day")),
    # Withheld callers are many people: each has the limit of a call, not one for all of them.
    "a_caller_a_day": (_own("caller_ref"), sms.c.caller_ref != "", _since("day")),
    "a_prefix_an_hour": (_own("prefix_ref"), _since("hour")),
    "a_day": (_since("day"),),
    "a_month": (THIS_MONTH,),
}
"""Which texts to callers are counted for each limit of Caps."""


CALLERS = select(func.count()).select_from(sms).where(sms.c.topic != NOTICE)
PARTS = select(func.coalesce(func.sum(sms.c.segments), 0))
PAID = PARTS.where(sms.c.topic != NOTICE, THIS_MONTH).label("segments")
COUNTS = select(*(CALLERS.where(*which).label(name) for name, which in COUNTED.items()), PAID)
"""Made once: making it takes longer than asking it."""
USED = select(
    *(CALLERS.where(*COUNTED[name]).label(name) for name in ("a_day", "a_month")),
    PAID,
    PARTS.where(sms.c.topic == NOTICE, _since("day")).label("staff_today"),
    PARTS.where(sms.c.topic == NOTICE, THIS_MONTH).label("staff_this_month"),
)
"""The same of what holds for all numbers together, and of texts to staff."""


def used(connection: Connection, now: datetime) -> Row[*tuple[Any, ...]]:
    """What is used of the totals: see USED."""
    return connection.execute(USED, {"day": now - DAY, "month": month_of(now)}).one()
