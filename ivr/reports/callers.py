"""What callers did in a month or week, as figures and tables that people read.

Owns their words and order, for the staff page, the monthly report and the CSV alike. Every number
has gone through ``usage``: small ones are hidden.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.line import tongues
from ivr.line.model import Line
from ivr.line.statistics import UNDER, rounded, share, shown, step_of
from ivr.store.statistics import Span

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
ISO_WEEK = re.compile(r"(20\d\d)-W([0-5]\d)", re.ASCII)
OWN_NAMES = {
    "text": "a text message",
    "person": "an adviser",
    "callback": "being rung back",
    "message": "leaving a message",
    "hearing": "how it is read out (key 8)",
    "danger": "what to do in danger (999)",
    "short": "the advice in short, after silence",
    "leaving": "the end, after silence",
    "resume": "going on with a call that dropped",
    "often": "short words for a phone that rings very often",
}
"""What each family of the line's own nodes is called, in the order of the picture."""
ENDS = ("zero", "left", "unserved")
FROM_SHOWN = (
    f"Numbers are shown to the nearest 5, and as “{UNDER}” where fewer did something, so that "
    "nobody can be told from them. That is why rows do not add up. Ways of fewer calls are not "
    "listed."
)
SERVED = (
    "Served is who heard advice to its end, got a text, or talked with an adviser in the call. "
    "Who skipped through advice, or asked to be rung back, is not counted in."
)


@dataclass(frozen=True, slots=True)
class Period:
    """A month (``2026-11``) or an ISO week (``2026-W46``), by its days."""

    name: str
    first: date
    last: date

    @property
    def title(self) -> str:
        """As people say it."""
        week = "W" in self.name
        return f"The week from {self.first:%-d %B %Y}" if week else f"{self.first:%B %Y}"

    def beside(self, by: int) -> Period:
        """The month or week ``by`` after this one; before, where it is negative."""
        if "W" in self.name:
            return week_of(self.first + by * WEEK)
        months = self.first.year * 12 + self.first.month - 1 + by
        return month_of(date(months // 12, months % 12 + 1, 1))


def month_of(day: date) -> Period:
    """The month of a day."""
    first = day.replace(day=1)
    following = (first + 31 * DAY).replace(day=1)
    return Period(f"{first:%Y-%m}", first, following - DAY)


def week_of(day: date) -> Period:
    """The week of a day, from Monday."""
    first = day - day.weekday() * DAY
    year, week, _ = first.isocalendar()
    return Period(f"{year}-W{week:02}", first, first + 6 * DAY)


def period(name: str) -> Period | None:
    """The month or week of this name; None for anything else."""
    if found := MONTH.fullmatch(name):
        return month_of(date(int(found[1]), int(found[2]), 1))
    if found := ISO_WEEK.fullmatch(name):
        try:
            return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            return None
    return None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first cell of each row names it. ``links``: addresses of rows, where any."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """All there is to say of a span. ``figures``: each what it is, and the number in words."""

    calls: str
    served: str
    figures: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]

    @property
    def anything(self) -> bool:
        """Whether anybody rang."""
        return self.calls != "0"


def sheet(line: Line, span: Span) -> Sheet:
    """The figures and tables of a span, nodes named as the line names them."""
    calls, served, keyless = span.of("calls"), span.of("served"), span.of("keyless")
    parts = (
        *(tuple(span.each(what).values()) for what in ("hour", "language", "left")),
        tuple(calls for calls, _ in _weeks(span).values()),
        (served, calls - served),
        (keyless, calls - keyless),
    )
    of_100 = share(served, calls)
    figures = (
        ("all calls", shown(calls, step_of(calls, parts))),
        ("served", shown(served) + (f" ({of_100} in 100)" if of_100 is not None else "")),
        ("heard advice to its end", shown(span.of("heard-any"))),
        ("got a text", shown(span.of("texted"))),
        ("talked with an adviser", shown(span.of("talked"))),
        ("tried to reach one, and did not", shown(span.of("not-reached"))),
        ("asked to be rung back", shown(span.of("callback"))),
        ("left a message", shown(span.of("message"))),
        ("told to ring 999", shown(span.of("danger"))),
        ("pressed no key", shown(keyless)),
    )
    tables = (_nodes(line, span), _ways(line, span), *_times(span), _languages(span))
    return Sheet(figures[0][1], figures[1][1], figures, tables)


def name_of(line: Line, node: str) -> str:
    """What a node is called; one that the line no longer has, by its own name."""
    node = line.named_now(node)
    if line.has(node) or node in line.forms:
        return line.words(line.languages[0]).node(node).name
    return OWN_NAMES.get(node, node or "before the first word")


def as_csv(sheet: Sheet, title: str) -> str:
    """All of it as one CSV: what it is of, then what, where, and how many callers."""
    made = io.StringIO()
    out = csv.writer(made)
    out.writerow(("period", "table", "row", "column", "calls"))
    out.writerows((title, "figures", what, "Calls", number) for what, number in sheet.figures)
    for table in sheet.tables:
        for row in table.rows:
            cells = zip(table.heads[1:], row[1:], strict=True)
            out.writerows((title, table.name, row[0], *cell) for cell in cells)
    return made.getvalue()


def _nodes(line: Line, span: Span) -> Table:
    """Each node: who came, heard it out, asked for a person there, and ended the call there."""
    heads = ("Place", "Calls", "Heard to the end", "Skipped through", "Asked for a person",
             "Call ended here", "… and not served")  # fmt: skip
    rows = tuple(
        (name_of(line, at), shown(calls), *_heard(line, span, at), *_counts(span, at, ENDS))
        for (at, _), calls in span.each("place").items()
    )
    return Table("places", "Place by place", heads, rows)


def _heard(line: Line, span: Span, at: str) -> tuple[str, ...]:
    """How far advice was heard; nothing for a node that is none."""
    told = line.told(at)
    return _counts(span, at, ("heard", "skipped")) if told else ("", "")


def _counts(span: Span, at: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(shown(span.of(what, at)) for what in kinds)


def _ways(line: Line, span: Span) -> Table:
    rows = (
        (f"{name_of(line, at)} → {name_of(line, to)}", shown(calls), _of_100(calls, span, at))
        for (at, to), calls in span.each("path").items()
        if rounded(calls)
    )
    heads = ("From → to", "Calls", "In 100 that came there")
    return Table("ways", "Which way callers went", heads, tuple(rows))


def _of_100(calls: int, span: Span, at: str) -> str:
    found = share(calls, span.of("place", at))
    return "" if found is None else str(found)


def _times(span: Span) -> Iterator[Table]:
    weeks = _weeks(span)
    rows = tuple(
        (f"{monday:%-d %B}", shown(calls), shown(served))
        for monday, (calls, served) in weeks.items()
    )
    heads = ("Week from", "Calls", "Served")
    yield Table("weeks", "Week by week", heads, rows, tuple(week_of(each).name for each in weeks))
    hours = sorted(span.each("hour").items())
    by_hour = tuple((f"{int(hour)}:00", shown(calls)) for (hour, _), calls in hours)
    yield Table("hours", "By the hour of the day", ("Hour", "Calls"), by_hour)


def _languages(span: Span) -> Table:
    rows = tuple(
        (
            tongues.shown(lang),
            shown(calls),
            shown(span.of("served-language", lang)),
            shown(span.of("untranslated", lang)),
        )
        for (lang, _), calls in span.each("language").items()
    )
    head = ("Language", "Calls", "Served", "Heard some of it in the first language")
    return Table("languages", "By language", head, rows)


def _weeks(span: Span) -> dict[date, tuple[int, int]]:
    """Calls and served of each week, by its Monday."""
    found: dict[date, tuple[int, int]] = {}
    for day, (calls, served) in sorted(span.days.items()):
        monday = week_of(day).first
        rang, helped = found.get(monday, (0, 0))
        found[monday] = (rang + calls, helped + served)
    return found
