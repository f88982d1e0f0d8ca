"""``ivr callers``: people who are not ideal callers ring the line; how far do they come?"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain

import click

from ivr.app import create_app
from ivr.cli.common import demo_or_stop, line_or_stop
from ivr.config import Settings
from ivr.simulator.callers.chance import RandomCaller
from ivr.simulator.callers.people import Texter
from ivr.simulator.simulated_calls.chance import Batch, Fall, ring_by_chance
from ivr.simulator.simulated_calls.report import shortfalls, table
from ivr.simulator.simulated_calls.rig import Rig, here, over_http
from ivr.simulator.simulated_calls.run import Outcome, names, run
from ivr.simulator.simulated_calls.table import LAWS
from ivr.speech.manifest import read_library

CALLS = 10_000
PROCESSES = 2
OTHERS = {"texter": Texter.law, "random": RandomCaller.law}
WHO = "\b\nThe callers:\n" + "\n".join(f"  {name:17}{law}" for name, law in (LAWS | OTHERS).items())


@click.command(epilog=WHO)
@click.option("--caller", "chosen", multiple=True, help="Only this one; may be given again.")
@click.option("--random", "calls", type=click.IntRange(0),
              help=f"Calls by chance ({CALLS:,}; with --caller or --http none).")  # fmt: skip
@click.option("--seed", default=0, show_default=True, help="Where the seeds begin.")
@click.option("--http", "url", help="Ring a running line at this address, over HTTP.")
@click.option("--json", "as_json", is_flag=True, help="Print figures for machines.")
def callers(
    chosen: tuple[str, ...], calls: int | None, seed: int, url: str | None, as_json: bool
) -> None:
    """Have people who are not ideal callers ring the line, and say how far they came.

    Each caller is a program that only hears words and presses keys, by a law of one sentence. It
    rings for every topic; the table says how many it heard to the end and how long it took at
    most. Who falls short is named, with the command that plays that call again, and the exit
    status is 1.

    \b
      ivr callers
      ivr callers --caller relay --caller shaky
      ivr callers --random 1000 --seed 8000
      ivr callers --http http://127.0.0.1:8000
    """
    if url and calls:
        raise click.UsageError("calls by chance are made in this process: leave out --http")
    settings = demo_or_stop(**({"public_base_url": url} if url else {}))
    with _quiet(), _rig(settings, url) as rig:
        outcomes = _ring(rig, chosen, seed)
    by_chance = chosen in ((), (RandomCaller.name,)) and not url
    chance = _ring_by_chance(settings, seed, CALLS if calls is None and by_chance else calls or 0)
    click.echo(_for_machines(outcomes, chance) if as_json else _for_people(outcomes, chance))
    fell = any(outcome.faults for outcome in outcomes) or (chance and chance.falls)
    raise SystemExit(1 if fell else 0)


@contextmanager
def _quiet() -> Iterator[None]:
    """What breaks inside the line is heard in the call, and told in the table: once is enough."""
    log = logging.getLogger("ivr")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def _rig(settings: Settings, url: str | None) -> Iterator[Rig]:
    if url:
        _, line = line_or_stop()
        yield over_http(settings, line, read_library(settings.audio_dir, settings.own_audio_dir))
        return
    with here(settings, create_app) as rig:
        yield rig


def _ring(rig: Rig, chosen: Sequence[str], seed: int) -> list[Outcome]:
    known = [*names(rig.line), RandomCaller.name]
    if unknown := [name for name in chosen if name not in known]:
        raise click.BadParameter(f"no caller {unknown[0]}; there are {', '.join(known)}")
    simulated_calls = run(rig, chosen, seed)
    with click.progressbar(simulated_calls, label="Callers", file=sys.stderr) as bar:
        return [make() for make in bar]


def _ring_by_chance(settings: Settings, seed: int, calls: int) -> Batch | None:
    if not calls:
        return None
    seeds = range(seed, seed + calls)
    falls: list[Fall] = []
    with click.progressbar(seeds, label="Chance ", file=sys.stderr) as bar:
        for made in ring_by_chance(settings, create_app, seeds, PROCESSES):
            falls += made.falls
            bar.update(made.calls)
    return Batch(calls, tuple(falls))


def _for_people(outcomes: Sequence[Outcome], chance: Batch | None) -> str:
    short = shortfalls(outcomes, chance)
    return "\n".join(chain(table(outcomes, chance), ["", "Fell short:", *short] if short else []))


def _for_machines(outcomes: Sequence[Outcome], chance: Batch | None) -> str:
    found = {"callers": [asdict(each) for each in outcomes]}
    return json.dumps(found | ({"random": asdict(chance)} if chance else {}), indent=2)
