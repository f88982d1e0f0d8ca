"""``ivr texts``: how the texts went, what they cost, and what can be done about those that failed.

Owns what is shown. No telephone number is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import click

from ivr.cli.common import AS_JSON, show
from ivr.cli.kept import kept_or_stop
from ivr.cli.settings import settings_or_stop
from ivr.config import LONDON
from ivr.health.doctor.limits import LIMITS
from ivr.line.numbers import one_form
from ivr.store.optouts import OptOuts
from ivr.store.sent import Trouble, Use
from ivr.texts.ends import told

STATUSES = {
    "waiting": "not handed over yet",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "not delivered",
    "failed": "failed",
    "canceled": "failed",
}
ON_ITS_WAY = "on its way"


@click.command()
@AS_JSON
@click.option("--stop", metavar="NUMBER", default="", help="This number wants no more texts.")
@click.option("--start", metavar="NUMBER", default="", help="This number wants texts again.")
def texts(as_json: bool, stop: str, start: str) -> None:
    """Say how the texts went: today's, what they cost, and those that did not arrive.

    A text that did not arrive within the last seven days is listed with why, in plain words, and
    what you can do. Numbers are never shown. A limit that is half used or more is pointed out.

    \b
      ivr texts
      ivr texts --json
      ivr texts --stop +447700900123
    """
    settings = settings_or_stop()
    now = datetime.now(UTC)
    with kept_or_stop(settings, "the database cannot be reached; see DATABASE_URL") as kept:
        if stop or start:
            click.echo(_heeded(kept.optouts, stop, start, now))
            return
        sent = kept.sent
        lately, used, troubles = sent.lately(now), sent.used(now), sent.troubles(now)
    if as_json:
        shown = {"lately": lately, "used": used, "troubles": troubles}
        click.echo(json.dumps(shown, default=_plain, indent=2))
        return
    show([*_lately(lately), *_used(used, settings.pence_a_segment), *_troubles(troubles)])


def _heeded(optouts: OptOuts, stop: str, start: str, now: datetime) -> str:
    """Write down what somebody has told staff about texts; what that means."""
    number = one_form(stop or start)
    if not number or (stop and start):
        raise click.UsageError("Give one number with its country code, such as +447700900123.")
    if stop:
        optouts.stop(number, now)
        return "The line sends this number no more texts, until it texts START."
    optouts.start(number, now)
    return "The line may text this number again. Who has texted STOP must text START as well."


def _lately(counts: Mapping[str, int]) -> Iterator[str]:
    named: dict[str, int] = {}
    for status, count in counts.items():
        name = STATUSES.get(status, ON_ITS_WAY)
        named[name] = named.get(name, 0) + count
    told_of = ", ".join(f"{count} {name}" for name, count in named.items())
    yield f"In the last 24 hours: {told_of or 'no texts'}."


def _used(used: tuple[Use, ...], pence: int) -> Iterator[str]:
    for use in used:
        what, setting = LIMITS[use.limit]
        mark = f"  {use.level} % of the limit is reached ({setting})" if use.level else ""
        yield f"{use.used:>6} of {use.most} {what.format(pence=pence)}.{mark}"


def _troubles(troubles: list[Trouble]) -> Iterator[str]:
    yield "Not arrived within seven days:" if troubles else "None of the last seven days failed."
    for each in troubles:
        why, do = told(each.status, each.error)
        at = f"{each.asked_at.astimezone(LONDON):%a %d %b %H:%M}"
        yield f"  {at}  {each.topic:12}  {why}. To do: {do}."


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    known = asdict(value)  # type: ignore[call-overload]
    return known | ({"level": value.level} if isinstance(value, Use) else {})
