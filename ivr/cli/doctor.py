"""``ivr doctor``: what is right and wrong with the line, in plain words, and what to do.

Owns how it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace

import click

from ivr.cli.common import line_or_stop
from ivr.cli.kept import as_it_runs
from ivr.cli.settings import settings_in_words, settings_or_stop
from ivr.cli.words import any_words, others_chosen
from ivr.config import Settings
from ivr.health import doctor as examining
from ivr.health.doctor import Checkup, Diagnosis, Health
from ivr.services import Services
from ivr.store import Store
from ivr.store.database import PATIENT_MS, OtherKeyError
from ivr.store.opening import key_of, refused
from ivr.store.services import StoreServices

MARKS = {
    Health.GOOD: ("good", "green"),
    Health.LOOK: ("look", "yellow"),
    Health.BAD: ("BAD ", "red"),
}


@click.command()
@click.option("--here", is_flag=True, help="Only what can be seen without the network.")
@click.option("--json", "as_json", is_flag=True, help="For another program.")
@any_words
def doctor(here: bool, as_json: bool) -> None:
    """Look at the whole line: addresses, signature, clock, database, jobs, people, texts, money.

    Each thing is good, or to look at, or bad, with what to do. Ends with status 1 where something
    is bad. Run it before the number is given out, and whenever something seems wrong.
    """
    settings, others = settings_or_stop(), others_chosen()
    _, line = line_or_stop()
    with checkup_of(settings) as checkup:
        # What an edition lacks is seen only as callers hear it.
        checkup = replace(checkup, line=line) if others else checkup
        found = examining.from_here(checkup) + ([] if here else examining.from_outside(checkup))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=1, ensure_ascii=False))
    else:
        _show(settings, found)
    raise SystemExit(examining.worst(found) is Health.BAD)


@contextmanager
def checkup_of(settings: Settings) -> Iterator[Checkup]:
    """The line of these settings, with the words that callers hear, as the doctor looks at it."""
    with closing(Store(settings.database, PATIENT_MS, key_of(settings))) as store:
        if isinstance(refusal := store.refusal(), OtherKeyError):
            with settings_in_words():
                raise refused(settings, refusal)
        yield Services(StoreServices(as_it_runs(settings, store), store)).checkup()


def _show(settings: Settings, found: Iterable[Diagnosis]) -> None:
    found = list(found)
    if settings.demo_account:
        click.echo("This is a demonstration: nothing here reaches a real telephone.\n")
    for each in found:
        word, colour = MARKS[each.state]
        click.echo(f"{click.style(word, fg=colour)}  {each.says}")
        if each.do:
            click.echo(f"      {each.do}")
    counted = [sum(each.state is state for each in found) for state in Health]
    click.echo(f"\n{counted[0]} good, {counted[1]} to look at, {counted[2]} bad.")
