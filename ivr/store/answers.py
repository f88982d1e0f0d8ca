"""Answers to texts that come in: which are given, counted in parts and money (faults M1, M7).

Owns that count. One text is decided once, however often Twilio tells of it, and in the same
transaction counted, one at a time like every text (``limits``). Times are UTC.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select

from ivr.config import LONDON
from ivr.line.numbers import mobile
from ivr.secrets.seal import References
from ivr.store.database import KeptByReference, Store, StoreDownError
from ivr.store.limits import DAY, HOUR, Budget, Caps, answers_budgets, month_of
from ivr.store.notices import Ways, alarm
from ivr.store.optouts import is_stopped
from ivr.store.rows import Lock, count
from ivr.store.tables import answer, text_in
from ivr.store.texters import first_thanks

MOST_ANSWERS = 20
"""Texts from one number that are looked at within an hour."""
MOST_ANSWERS_AWAY = 5
"""The same while the database is away, in each process."""
MOST_AWAY = 60
"""Answers in an hour to all numbers together while it is away, in each process; as many again in
danger."""
MOST_REMEMBERED = 10_000

SHOWN = 14 * DAY
"""The days for which it is shown how many texts could not be understood."""

DANGER = "danger"
Size = Literal["full", "short", ""]


@dataclass(frozen=True, slots=True)
class TextIn:
    """A text that has come, told as ``sid``, and the parts of what it would be answered with.

    ``full``: of the whole answer, 0 where there is none; ``short``: of the one text in its place.
    ``starts``: it asks for texts again, so that a STOP before it does not silence its answer.
    ``thanks``: it is answered once in a day. ``unclear``: it could not be understood.
    """

    sid: str
    number: str
    full: int = 0
    short: int = 0
    danger: bool = False
    starts: bool = False
    thanks: bool = False
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it. ``stopped``: the number wanted no texts when it first came, ``at``.

    ``heard``: it is looked at, whether it is answered or not: so many of one number are in an hour.
    """

    at: datetime
    stopped: bool = False
    heard: bool = False
    size: Size = ""


class AnswerLog(KeptByReference):
    """What may be answered to somebody who texts in."""

    def __init__(
        self,
        store: Store,
        references: References,
        caps: Caps = Caps(),  # noqa: B008 - it cannot be changed
        ways: Ways = (),
    ) -> None:
        super().__init__(store, references)
        self._ways = ways
        self._budgets = {each.name: each for each in answers_budgets(caps)}
        self._memory = Memory()

    def text_in(self, text: TextIn, now: datetime) -> Verdict:
        """What becomes of a text; it then counts. Told again, the same becomes of it.

        Who has no number, such as a short code, is answered nothing. While the database is away
        this process counts by itself, and answers in one text. That nobody is texted who said STOP
        is then the carrier's business, which delivers none to them (error 21610).
        """
        at = now.astimezone(UTC)
        if not text.number:
            return Verdict(at)
        ref = self._references.number(text.number)
        try:
            with self._store.write(lock=Lock.TEXTS) as connection:
                return self._decided(connection, text, ref, at)
        except StoreDownError:
            return self._memory.decided(text, ref, at)

    def unclear(self, now: datetime) -> Mapping[date, int]:
        """How many texts could not be understood on each of the last days, by London's days."""
        since = (now - SHOWN).astimezone(UTC)
        which = select(answer.c.at).where(answer.c.unclear, answer.c.at > since)
        days = [(now - ago * DAY).astimezone(LONDON).date() for ago in range(SHOWN.days)]
        found = Counter(at.astimezone(LONDON).date() for at in self._store.values(which))
        return {day: found[day] for day in days}

    def _decided(self, connection: Connection, text: TextIn, ref: str, now: datetime) -> Verdict:
        text_ref = self._references.call(text.sid) if text.sid else None
        if before := _before(connection, text_ref):
            return before
        stopped, heard = is_stopped(connection, ref), _counted_in(connection, ref, now)
        if text.danger:
            alarm(connection, self._ways, now)
        silent = not text.full or (stopped and not (text.starts or text.danger))
        if text.thanks and not silent:
            silent = not first_thanks(connection, ref, now)
        budget = "" if silent else self._budget(connection, text, ref, heard, now)
        size = _size(budget)
        row = {
            "text_ref": text_ref,
            "number_ref": ref,
            "at": now,
            "stopped": stopped,
            "heard": heard,
            "budget": budget,
            "unclear": text.unclear,
            "segments": {"full": text.full, "short": text.short, "": 0}[size],
        }
        connection.execute(insert(answer).values(row))
        return Verdict(now, stopped, heard, size)

    def _budget(
        self, connection: Connection, text: TextIn, ref: str, heard: bool, now: datetime
    ) -> str:
        """The first budget that pays for an answer; empty where none does. Danger is always
        answered to a UK mobile, however much that costs."""
        for name in _purses(text, heard):
            parts = text.full if _size(name) == "full" else text.short
            if name == DANGER or _pays(connection, self._budgets[name], parts, ref, now):
                return name
        return ""


class Memory:
    """Texts answered within the last hour, as one process remembers them: ``most`` numbers."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._answered: dict[str, tuple[datetime, ...]] = {}
        self._lock = threading.Lock()

    def decided(self, text: TextIn, ref: str, now: datetime) -> Verdict:
        """What becomes of a text: one text in answer. Danger is always answered to a UK mobile, and
        is all that is answered to another number.
        """
        if text.danger and mobile(text.number) and text.full:
            return Verdict(now, heard=self.counted(f"danger {ref}", now), size="short")
        kind = "danger" if text.danger else "any"
        heard = self.counted(f"{kind} {ref}", now)
        wanted = text.full and (text.danger or mobile(text.number))
        answered = heard and wanted and self.counted(f"{kind} of all", now, MOST_AWAY)
        return Verdict(now, heard=heard, size="short" if answered else "")

    def counted(self, ref: str, now: datetime, most: int = MOST_ANSWERS_AWAY) -> bool:
        """Whether one more from this reference may be answered; it then counts."""
        with self._lock:
            lately = tuple(at for at in self._answered.pop(ref, ()) if at > now - HOUR)
            allowed = len(lately) < most
            self._answered[ref] = (*lately, now) if allowed else lately
            while len(self._answered) > self._most:
                del self._answered[next(iter(self._answered))]
        return allowed


def _purses(text: TextIn, heard: bool) -> tuple[str, ...]:
    """The budgets that may pay for an answer, the first one first."""
    if not mobile(text.number):
        return ("elsewhere_danger",) if text.danger else ("elsewhere",)
    if not heard:
        return ("danger",) if text.danger else ()
    return ("answers", "danger" if text.danger else "short")


def _size(budget: str) -> Size:
    return "full" if budget == "answers" else "short" if budget else ""


def _pays(connection: Connection, budget: Budget, parts: int, ref: str, now: datetime) -> bool:
    """Whether the budget has so many parts left, for all numbers and for this one."""
    own = (answer.c.budget == budget.name, answer.c.number_ref == ref, answer.c.at > now - DAY)
    within = count(connection, answer, *own) < budget.a_number
    return within and budget.has_room(parts, *answers_used(connection, budget, now))


def answers_used(connection: Connection, budget: Budget, now: datetime) -> tuple[int, int]:
    """Parts of a budget that are used in the last 24 hours, and in this month."""
    parts = select(func.coalesce(func.sum(answer.c.segments), 0))
    own = parts.where(answer.c.budget == budget.name)
    today, month = own.where(answer.c.at > now - DAY), own.where(answer.c.at >= month_of(now))
    found = connection.execute(select(today.scalar_subquery(), month.scalar_subquery())).one()
    return found[0], found[1]


def _before(connection: Connection, text_ref: str | None) -> Verdict | None:
    """What was decided of this text when it was first told."""
    if text_ref is None:
        return None
    row = connection.execute(select(answer).where(answer.c.text_ref == text_ref)).one_or_none()
    if row is None:
        return None
    return Verdict(row.at, row.stopped, row.heard, _size(row.budget))


def _counted_in(connection: Connection, number_ref: str, now: datetime) -> bool:
    """Whether one more text of this number is looked at within the hour; it then counts."""
    connection.execute(delete(text_in).where(text_in.c.at <= now - HOUR))
    if count(connection, text_in, text_in.c.number_ref == number_ref) >= MOST_ANSWERS:
        return False
    connection.execute(insert(text_in).values({"number_ref": number_ref, "at": now}))
    return True
