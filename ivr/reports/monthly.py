"""The monthly report: one sheet of A4 for trustees, from figures that tell of nobody.

Owns what stands on it. Everything in it is on the staff pages too, where there is more.
"""

from __future__ import annotations

from ivr.line.model import Line
from ivr.line.statistics import rounded, share, shown
from ivr.reports.callers import FROM_SHOWN, SERVED, Period, name_of, sheet
from ivr.reports.pages import rendered
from ivr.store.statistics import Span

MOST_NAMED = 8
"""Topics that are named: one sheet holds no more."""


def html(line: Line, period: Period, span: Span, before: Span) -> str:
    """The report as one HTML file that needs nothing else. ``before``: the month before."""
    now, then = sheet(line, span), sheet(line, before)
    return rendered(
        "monthly.html",
        name=line.name,
        title=period.title,
        now=now,
        figures=[
            (what, number, earlier)
            for (what, number), (_, earlier) in zip(now.figures, then.figures, strict=True)
        ],
        of_100=share(span.of("served"), span.of("calls")),
        topics=_topics(line, span),
        ended=_ended(line, span),
        weeks=next(table for table in now.tables if table.name == "weeks"),
        busiest=_busiest(span),
        counted_at=span.counted_at,
        last=span.last,
        served=SERVED,
        from_shown=FROM_SHOWN,
    )


def _topics(line: Line, span: Span) -> list[tuple[str, str, str, int]]:
    """The topics that most came to: name, came, heard to the end, and the length of a bar."""
    told = [(at, calls) for (at, _), calls in span.each("place").items() if line.told(at)][
        :MOST_NAMED
    ]
    most = max((rounded(calls) or 0 for _, calls in told), default=0)
    return [
        (
            name_of(line, at),
            shown(calls),
            shown(span.of("heard", at)),
            round(100 * (rounded(calls) or 0) / most) if most else 0,
        )
        for at, calls in told
    ]


def _ended(line: Line, span: Span) -> list[tuple[str, str]]:
    """Where most calls ended without being served."""
    ended = span.each("unserved").items()
    return [(name_of(line, at), shown(calls)) for (at, _), calls in ended if rounded(calls)][:3]


def _busiest(span: Span) -> list[str]:
    """The hours with the most callers, where they can be shown."""
    hours = [(hour, calls) for (hour, _), calls in span.each("hour").items() if rounded(calls)]
    return [f"{int(hour)}:00" for hour, _ in hours[:3]]
