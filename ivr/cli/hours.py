"""``ivr hours``: when the line is open in a week, whether it is open now, and until when.

Owns what is shown. The sums are in ``ivr.line.hours``; the words for the next opening are those
that a caller hears.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from ivr.cli.common import DAY, MOMENT, line_or_stop
from ivr.cli.deadline import in_words
from ivr.cli.kept import roster_or_usual
from ivr.cli.words import any_words
from ivr.config import LONDON, Settings
from ivr.content.build import bank_holidays
from ivr.content.files import files_of
from ivr.content.schema import LineFile, OtherDays
from ivr.content.source import Reading, Source
from ivr.line.hours import (
    LOOK_AHEAD_DAYS,
    MIDNIGHT,
    Override,
    as_end,
    is_open,
    next_closing,
    next_opening,
    written,
)
from ivr.line.model import Line
from ivr.line.ring_groups import RingGroup
from ivr.line.rota import shifts
from ivr.services import clock_of
from ivr.store import Store, StoreDownError
from ivr.store.database import PATIENT_MS
from ivr.store.services import StoreServices

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Further off is a slip of a finger, and the calendar ends not far from there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that is shown: the line at a moment, and ``line.yaml`` as it is written.

    ``group``: who answers; ``override``: what staff have set by hand, where the moment is now.
    """

    line: Line
    file: LineFile
    source: Source
    now: datetime
    monday: date
    group: RingGroup
    override: Override | None = None

    @property
    def week(self) -> tuple[date, ...]:
        """The seven days, Monday first."""
        return tuple(self.monday + timedelta(days=ahead) for ahead in range(7))


@click.command()
@click.option("--week", type=DAY, metavar="DATE", help="The week that holds this day.")
@click.option("--at", type=MOMENT, metavar="TIME", help="Another moment than now, in London.")
@click.option("--json", "as_json", is_flag=True, help="Days, times and notes for programs.")
@any_words
def hours(week: date | None, at: datetime | None, as_json: bool) -> None:
    """Show when an adviser is there: each day of a week, and why a day is unlike others.

    Then whether the line is open now and until when, or the words in which callers hear when it
    opens again; and what should be looked at, such as one-off days that are over.

    The hours are written in prompts/line.yaml; docs/hours.md says how. The exit status is 0; 1
    where the content has faults; 2 for a date or time that is none.

    \b
      ivr hours
      ivr hours --week 2026-12-21
      ivr hours --at 2026-12-24T11:00
      ivr hours --week 2026-12-21 --json
    """
    settings, line = line_or_stop()
    clock = clock_of(settings.model_copy(update={"line_clock": at}) if at else settings)
    now = clock()
    day = week or now.date()
    if not all(FIRST_YEAR <= year <= LAST_YEAR for year in (day.year, now.year)):
        raise click.UsageError(f"Choose a year from {FIRST_YEAR} to {LAST_YEAR}.")
    group = roster_or_usual(settings).ring_group(line.ring_groups["adviser"])
    shown = _read(line, settings.content_dir, now, day - timedelta(days=day.weekday()), group)
    if at is None:
        shown = replace(shown, override=_by_hand(settings, now))
    click.echo(_for_programs(shown) if as_json else "\n".join(_for_people(shown)))


def _by_hand(settings: Settings, now: datetime) -> Override | None:
    """What staff have set by telephone; nothing where the database cannot be asked."""
    store = Store(settings.database, PATIENT_MS)
    with closing(store), suppress(StoreDownError):
        return StoreServices(settings, store).live_settings.hours(now)
    click.echo("What staff have set by hand is not known: the database is away.", err=True)
    return None


def _read(line: Line, root: Path, now: datetime, monday: date, group: RingGroup) -> Shown:
    reading = Reading(files_of(root))
    file = reading.shaped("line.yaml", LineFile)
    if file is None:
        raise click.ClickException("line.yaml has just been changed; try again")
    return Shown(line, file, reading.sources["line.yaml"], now, monday, group)


def _for_people(shown: Shown) -> Iterator[str]:
    yield f"The week of {in_words(shown.monday)}, London time:"
    yield ""
    for day in shown.week:
        name, number = f"{day:%A}", f"{day.day} {day:%B}"
        times = ", ".join(written(shown.line.hours.spans(day))) or "closed"
        yield f"  {name:9}{number:>13}   {times:26}{_why(shown, day)}".rstrip()
    yield from ("", f"Now: {_now(shown)}")
    for note in _notes(shown):
        yield from ("", note)


def _for_programs(shown: Shown) -> str:
    """Moments as ISO 8601; null where there is none."""
    hours, now = shown.line.hours, shown.now
    days = [
        {"day": day, "hours": written(hours.spans(day)), "why": _why(shown, day)}
        for day in shown.week
    ]
    values = {
        "week": days,
        "now": now.isoformat(),
        "open": is_open(hours, now, shown.override),
        "by_hand": shown.override is not None,
        "closes": _iso(next_closing(hours, now, shown.override)),
        "opens": _iso(next_opening(hours, now, shown.override)),
        "words": _now(shown),
        "notes": list(_notes(shown)),
    }
    return json.dumps(values, indent=2, default=str, ensure_ascii=False)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _why(shown: Shown, day: date) -> str:
    """Why a day is unlike the same day of other weeks; empty where it is not."""
    reasons = []
    for each in shown.file.other_days:
        if each.first <= day <= each.last:
            reasons.append(f"other day: {each.why}" if each.why else "other day")
    if holiday := bank_holidays().get(day):
        reasons.append(f"bank holiday: {holiday}")
    return "; ".join(reasons)


def _now(shown: Shown) -> str:
    hours, now, override = shown.line.hours, shown.now, shown.override
    by_hand = " by hand" if override else ""
    if is_open(hours, now, override):
        closes = next_closing(hours, now, override)
        until = f"until {_when(closes, now)}" if closes else "with no end near"
        return f"open{by_hand}, {until}" if by_hand or not closes else f"open {until}"
    opens = next_opening(hours, now, override)
    if opens is None:
        days = LOOK_AHEAD_DAYS
        return f"closed{by_hand}; callers hear no day, as it does not open in {days} days"
    return f"closed{by_hand}; opens again {_heard(shown.line, opens, now)}"


def _when(closes: datetime, now: datetime) -> str:
    """A closing time; with its day where it is another, midnight as the end of the day before."""
    last = closes.date() - timedelta(days=closes.time() == MIDNIGHT)
    on = "" if last == now.date() else f" on {in_words(last)}"
    return f"{as_end(closes.time())}{on}"


def _heard(line: Line, opens: datetime, now: datetime) -> str:
    """The words that callers hear, or figures where the line has no words for this time of day."""
    words = line.words(line.languages[0])
    if f"{opens:%H:%M}" not in words.pieces.times:
        return f"on {in_words(opens.date())} at {opens:%H:%M}"
    return " ".join(str(unit) for unit in words.opening(opens, now))


def _notes(shown: Shown) -> Iterator[str]:
    """What somebody should look at, each with what to do."""
    yield from _unsaid(shown.line)
    yield from _alone(shown)
    yield from _over(shown)
    last = shown.line.calendar.last
    yield (
        f"Bank holidays are known up to {in_words(last)}. "
        "Later ones come with a new version of the line."
    )


def _unsaid(line: Line) -> Iterator[str]:
    """Openings at times of day for which there are no words."""
    spans = (span for each in (*line.hours.week, *line.hours.other.values()) for span in each)
    starts = {f"{start:%H:%M}" for start, _ in spans}
    for lang in line.languages:
        if unsaid := sorted(starts.difference(line.words(lang).pieces.times)):
            yield (
                f"The line has no words in “{lang}” for an opening at {' or '.join(unsaid)}. Open "
                f"at another time, or add it to “times” in {lang}/pieces.yaml and record it."
            )


def _alone(shown: Shown) -> Iterator[str]:
    """Opening times of this week in which no adviser is on duty."""
    for day in shown.week:
        for each in shifts(shown.line.hours, shown.group, day, LONDON):
            if not each.on:
                until = as_end(each.end.time())
                yield (
                    f"{in_words(day)}, {each.start:%H:%M} to {until}: the line is open and no "
                    "adviser is on duty. Callers hear that it is closed. Mend it on the page "
                    "Advisers, or under “desk” in line.yaml while nobody is entered there."
                )


def _over(shown: Shown) -> Iterator[str]:
    """Entries of one-off days that lie wholly before today."""
    for index, each in enumerate(shown.file.other_days):
        if each.last < shown.now.date():
            at = f"{shown.source.file}, line {shown.source.line('other_days', index)}"
            yield f"{at}: {_days(each)} is over. It can be taken out."


def _days(each: OtherDays) -> str:
    if each.last == each.first:
        return in_words(each.first)
    return f"{in_words(each.first)} to {in_words(each.last)}"
