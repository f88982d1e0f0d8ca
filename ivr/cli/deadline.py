"""``ivr deadline``: the last day to appeal from the date on a letter, for advisers.

Owns what is shown. The sums are in ``ivr.line.deadlines``; the sentences are those that a caller
hears.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import cast, get_args

import click

from ivr.cli.common import DAY, line_or_stop
from ivr.cli.words import any_words
from ivr.config import LONDON
from ivr.content.build import calendar
from ivr.flow.deadline import told as what_is_told
from ivr.line.call import Facts
from ivr.line.deadlines import (
    MONTHS_FROM_CERTIFICATE,
    Deadline,
    Kind,
    Letter,
    Moved,
    Oddity,
    add_months,
    odd,
    work_out,
)

KINDS = get_args(Kind)
NOON = time(12)
ASK_AGAIN: dict[Oddity, str] = {
    "future": "This letter is dated after today. Look at the date printed on it again.",
    "certificate-future": "This certificate is dated after today. Look at its date again.",
    "certificate-before-letter": (
        "This certificate is older than the letter. A new letter needs a new certificate. "
        "Look at both again."
    ),
}
"""What is odd about a date that was probably misread or mistyped."""
ASK_A_PERSON: dict[Oddity, str] = {
    "too-old": "This letter is more than 12 months old.",
    "too-old-certified": (
        "This letter is more than 12 months old. "
        "The certificate may still give time: talk to a person today."
    ),
    "beyond-table": "The bank holidays of those days are not known here.",
}
"""Why no date may be given at all."""
MOVED: dict[Moved, str] = {
    "": "",
    "weekend": "moved: not a working day (rule 12)",
    "august": "moved: August (rule 12)",
    "christmas": "moved: 25 December to 1 January (rule 12)",
}
SHOWN = (
    *("adviser_by", "adviser_safe_day", "raw", "last_day", "safe_day", "status"),
    "perhaps_until",
)
Row = tuple[str, str, str]


@click.command()
@click.argument("letter", type=DAY, metavar="DATE")
@click.option("--certificate", type=DAY, help="The date printed on the mediation certificate.")
@click.option("--kind", type=click.Choice(KINDS), default="other", show_default=True,
              help="What it is about; placement-only is only the school or college.")  # fmt: skip
@click.option("--today", type=DAY, help="Another day than today in London.")
@click.option("--json", "as_json", is_flag=True, help="Dates and words for programs.")
@any_words
def deadline(
    letter: date, certificate: date | None, kind: str, today: date | None, as_json: bool
) -> None:
    """Work out the last day to appeal, from the DATE printed on a decision letter.

    Shows every date with its rule, then what to say to the caller. It is information for advisers
    and not legal advice; docs/deadlines.md has the rules and where they come from.

    Only for appeals to the Tribunal about special educational needs. Never for discrimination
    claims, exclusions, complaints, or a letter without a date.

    The exit status is 0 with a date; 1 where no date may be given (a letter more than 12 months
    old, or days whose bank holidays are not known); 2 for a date that must be looked at again.

    \b
      ivr deadline 2026-06-15
      ivr deadline 2026-06-30 --certificate 2026-07-10
      ivr deadline 2026-06-15 --kind placement-only
      ivr deadline 2026-06-15 --today 2026-08-20 --json
    """
    told = Letter(letter, cast(Kind, kind), certificate)
    day = today or datetime.now(LONDON).date()
    table = calendar()
    if oddity := odd(told, day, table):
        _stop(oddity)
    found = work_out(told, day, table)
    said = _said(told, day)
    shown = (
        _for_programs(found, said) if as_json else "\n".join(_for_people(told, found, said, day))
    )
    click.echo(shown)


def _stop(oddity: Oddity) -> None:
    """Ends with what is odd and what to do: 2 where a date is asked again, else 1."""
    if oddity in ASK_AGAIN:
        raise click.UsageError(ASK_AGAIN[oddity])
    ask = "So no date is worked out. Please ask the local advice service."
    raise click.ClickException(f"{ASK_A_PERSON[oddity]} {ask}")


def _said(letter: Letter, today: date) -> tuple[str, ...]:
    """What the line says to a caller with this letter today."""
    noon = datetime.combine(today, NOON, tzinfo=LONDON)
    _, line = line_or_stop()
    return what_is_told(line, letter, Facts(noon, True, None, "withheld"))


def _for_programs(found: Deadline, said: tuple[str, ...]) -> str:
    """The dates as ISO 8601, the status, and the sentences."""
    values = {name: getattr(found, name) for name in SHOWN}
    return json.dumps(values | {"words": said}, indent=2, default=str)


def _for_people(
    letter: Letter, found: Deadline, said: tuple[str, ...], today: date
) -> Iterator[str]:
    yield f"Letter of {in_words(letter.decision)}. Today is {in_words(today)}."
    yield ""
    for name, value, remark in _rows(letter, found, today):
        yield f"  {name:31}{value:29}{remark}".rstrip()
    yield from ("", "What the line tells a caller, in this order:")
    yield from (f"  {sentence}" for sentence in said)


def in_words(day: date) -> str:
    """A date as it is written: Friday 22 January 2027."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _rows(letter: Letter, found: Deadline, today: date) -> Iterator[Row]:
    """Each date, in the order in which a caller has to act."""
    yield _adviser_row(found, today)
    yield ("Two months from the letter", in_words(found.adviser_by), "")
    if letter.counted_certificate:
        month = add_months(letter.counted_certificate, MONTHS_FROM_CERTIFICATE)
        yield ("One month from the certificate", in_words(month), "")
    yield _row("Aim for the appeal to arrive", found.safe_day, today, "the safe day")
    yield _row("Last day the law gives", found.last_day, today, MOVED[found.moved])
    if found.perhaps_until:
        remark = "rule 20(1)(c)(ii) as it reads: get advice"
        yield _row("May be in time until", found.perhaps_until, today, remark)


def _adviser_row(found: Deadline, today: date) -> Row:
    if found.adviser_safe_day is None:
        return ("Ring the mediation adviser", "not needed", "")
    remark = "this day never moves"
    return _row("Ring the mediation adviser by", found.adviser_safe_day, today, remark)


def _row(name: str, day: date, today: date, remark: str) -> Row:
    return (name, in_words(day), "has passed" if day < today else remark)
