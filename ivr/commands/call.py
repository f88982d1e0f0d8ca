"""``ivr call``: ring the line from this terminal, by hand or with a script of keys."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click
from flask import Flask

from ivr import rehearsal
from ivr.app import create_app
from ivr.commands.common import demonstration_or_stop
from ivr.config import Settings
from ivr.exchange import wav
from ivr.exchange.events import Event
from ivr.exchange.people import Decided, Live, Scripted
from ivr.rehearsal import Captions
from ivr.trials import chance
from ivr.trials.plan import find
from ivr.trials.rig import here, straight
from ivr.trials.run import play
from ivr.web.phone import PHONES

HELP_KEYS = """Keys, with commas between. "-" lets a wait run out, ">2" presses 2 while the line
speaks, "bye" ends the call, and several keys together are typed one by one: 07700900123#"""


@click.command()
@click.option("--keys", help=HELP_KEYS)
@click.option("--from", "caller", type=click.Choice(list(PHONES)), default="mobile",
              show_default=True, help="The telephone you ring from.")  # fmt: skip
@click.option("--adviser", type=click.Choice(["answer", "busy", "no-answer", "failed"]),
              default="answer", show_default=True, help="What the adviser does.")  # fmt: skip
@click.option("--at", help="The time of the call in London, such as 2026-11-24T20:00.")
@click.option("--replay", "trial",
              help="Play a call of ivr callers again, such as relay:complaint.")  # fmt: skip
@click.option("--wav", "sound", type=click.Path(path_type=Path), help="Keep the call as a sound.")
def call(
    keys: str | None,
    caller: str,
    adviser: str,
    at: str | None,
    trial: str | None,
    sound: Path | None,
) -> None:
    """Ring the line and read what it says. Nothing leaves this machine.

    By hand: press keys as you would on a telephone, then Enter; an empty line listens on; "bye"
    ends the call.

    With a script, the transcript comes at once and the exit status says how the call ended: 0
    when the caller or the line ended it, 1 when something failed. A replay ends with 1 also
    where the caller fell short.

    \b
      ivr call
      ivr call --keys 2,#,0 --from withheld
      ivr call --keys 2,-,-,-,-,-,2,1 --wav complaint.wav
      ivr call --replay slow-100:mediation
      ivr call --replay random:8123
    """
    if trial is None:
        made = _ring(keys, caller, adviser, at)
        happened, failed = made.events, made.ended_by == "error"
    else:
        happened, failed = _replay(trial)
    if sound:
        click.echo(f"{sound}: {wav.write(sound, happened):.0f} seconds")
    raise SystemExit(1 if failed else 0)


def _ring(keys: str | None, caller: str, adviser: str, at: str | None) -> rehearsal.Call:
    """One call, by hand or by script, and the texts it led to."""
    with tempfile.TemporaryDirectory() as folder:
        clock = {"line_clock": at} if at else {}
        settings = demonstration_or_stop(database_url=f"sqlite:///{folder}/call.db", **clock)
        app = create_app(settings)
        if keys is None:
            made = _by_hand(app, settings, caller, adviser)
        else:
            made = _scripted(app, settings, keys, caller, adviser)
        _show_texts(app)
        app.extensions["close"]()
    return made


def _replay(name: str) -> tuple[list[Event], bool]:
    """A call of the trials once more; its events, and whether it fell short."""
    caller, _, seed = name.partition(":")
    happened: list[Event] = []
    if caller == "random":
        if not seed.isdecimal():
            raise click.BadParameter("a call by chance has a seed: random:8123")
        faults = _replay_by_chance(int(seed), happened)
    else:
        faults = _replay_trial(name, happened)
    for fault in faults:
        click.echo(f"       Fell short: {fault}")
    return happened, bool(faults)


def _replay_by_chance(seed: int, happened: list[Event]) -> Sequence[str]:
    with straight(demonstration_or_stop()) as (rig, step):
        captions = partial(rehearsal.caption, rig.trunks["open"].library)
        return chance.ring(rig, step, seed, _shown(captions, happened))


def _replay_trial(name: str, happened: list[Event]) -> Sequence[str]:
    with here(demonstration_or_stop()) as rig:
        trial = find(rig.line, name)
        way = rig.trunk(trial.hours) if trial else None
        if trial is None or way is None:
            raise click.BadParameter(f"no call {name}: take one from ivr callers")
        captions = partial(rehearsal.caption, way.library)
        return play(rig, trial, way, _shown(captions, happened)).faults


def _scripted(
    app: Flask, settings: Settings, keys: str, caller: str, adviser: str
) -> rehearsal.Call:
    person = Scripted(key.strip() for key in keys.split(",") if key.strip())
    number = PHONES[caller][1]
    return rehearsal.ring(app, settings, person, Decided(adviser), number, _printer(app))


def _by_hand(app: Flask, settings: Settings, caller: str, adviser: str) -> rehearsal.Call:
    person, number = Live(), PHONES[caller][1]
    click.echo("Ringing. Press a key, then Enter. Type bye to end the call.")
    threading.Thread(target=_read_keys, args=(person,), daemon=True).start()
    return rehearsal.ring(app, settings, person, Decided(adviser, talks=5), number, _printer(app))


def _read_keys(person: Live) -> None:
    """Keys from the terminal, until it is closed."""
    for row in sys.stdin:
        typed = row.strip()
        if typed == "bye":
            break
        for key in typed:
            if key in "0123456789*#":
                person.press(key)
    person.hang_up()


def _printer(app: Flask) -> Callable[[Event], None]:
    return _shown(rehearsal.captions_of(app), [])


def _shown(captions: Captions, happened: list[Event]) -> Callable[[Event], None]:
    """Print each event with its time, and keep it in ``happened``."""

    def show(event: Event) -> None:
        happened.append(event)
        minutes, seconds = divmod(int(event.at), 60)
        for row in rehearsal.rows(event, captions):
            click.echo(f"{minutes:2}:{seconds:02}  {row}")

    return show


def _show_texts(app: Flask) -> None:
    for number, body in app.extensions["outbox"].waiting():
        click.echo(f"       Text to {number}: {body}")
