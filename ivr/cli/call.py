"""``ivr call``: ring the line from this terminal, by hand or with a script of keys."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from ivr.app import create_app
from ivr.cli.common import demo_or_stop
from ivr.cli.words import any_words
from ivr.config import LONDON, Settings
from ivr.flow.staff import midnight
from ivr.secrets.sealed_box import seal
from ivr.simulator import golden_calls, wav
from ivr.simulator.events import Event
from ivr.simulator.golden_calls import Captions
from ivr.simulator.people import Decided, Live, Scripted
from ivr.simulator.phone import PHONES
from ivr.simulator.recordings import SimulatedRecordings, StoredRecording
from ivr.simulator.simulated_calls import chance
from ivr.simulator.simulated_calls.rig import here, straight
from ivr.simulator.simulated_calls.run import play
from ivr.simulator.simulated_calls.table import find
from ivr.speech.announced import as_mp3
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of

HELP_KEYS = """Keys, with commas between. "-" lets a wait run out, ">2" presses 2 while the line
speaks, "bye" ends the call, several keys together are typed one by one (07700900123#), and
"say:20" speaks for 20 seconds once you are recorded."""
ADVISERS = ("answer", "busy", "no-answer", "off", "failed", "canceled", "refuse", "machine")
HELP_ADVISER = """What the advisers do. "answer" takes the call and "refuse" does not; "machine"
picks up and presses nothing."""


@click.command()
@click.option("--keys", help=HELP_KEYS)
@click.option("--from", "caller", type=click.Choice(list(PHONES)), default="mobile",
              show_default=True, help="The telephone you ring from.")  # fmt: skip
@click.option("--adviser", type=click.Choice(ADVISERS), default="answer", show_default=True,
              help=HELP_ADVISER)  # fmt: skip
@click.option("--staff", is_flag=True, help="Ring the staff line instead.")
@click.option("--at", help="The time of the call in London, such as 2026-11-24T20:00.")
@click.option("--replay", "simulated_call",
              help="Play a call of ivr callers again, such as relay:complaint.")  # fmt: skip
@click.option("--wav", "sound", type=click.Path(path_type=Path), help="Keep the call as a sound.")
@any_words
def call(
    keys: str | None,
    caller: str,
    adviser: str,
    staff: bool,
    at: str | None,
    simulated_call: str | None,
    sound: Path | None,
) -> None:
    """Ring the line and read what it says. Nothing leaves this machine.

    By hand: press keys as you would on a telephone, then Enter; an empty line listens on; "bye"
    ends the call.

    With a script, the transcript comes at once and the exit status says how the call ended: 0
    when the caller or the line ended it, 1 when something failed. A replay ends with 1 also
    where the caller fell short.

    The staff line takes the staff numbers of "ivr staff add", and changes the demo that
    "ivr serve" starts. All other calls leave nothing behind.

    \b
      ivr call
      ivr call --keys 2,#,0,1 --from withheld
      ivr call --keys 2,-,-,-,-,-,2,1 --wav complaint.wav
      ivr call --adviser busy --keys 0,1,1,say:20,#,2,1
      ivr call --adviser machine --keys 0,2,1,1,1,1,2,1
      ivr call --staff --keys 4821#,271828#,6
      ivr call --replay slow-100:mediation
      ivr call --replay random:8123
    """
    if simulated_call is None:
        made = _ring(keys, at, caller, adviser=adviser, staff=staff)
        happened, failed = made.events, made.ended_by == "error"
    else:
        happened, failed = _replay(simulated_call)
    if sound:
        click.echo(f"{sound}: {wav.write(sound, happened):.0f} seconds")
    raise SystemExit(1 if failed else 0)


def _ring(
    keys: str | None, at: str | None, caller: str, *, adviser: str, staff: bool
) -> golden_calls.MadeCall:
    """One call, by hand or by script, and what it led to."""
    demo = demo_or_stop(**({"line_clock": at} if at else {}))
    kept = {"database_url": demo.database_url} if staff else {}
    with golden_calls.passing(demo, create_app, **kept) as (app, settings):
        tokens = [key.strip() for key in (keys or "").split(",") if key.strip()]
        person = _by_hand() if keys is None else Scripted(tokens)
        callee = Decided(adviser, talks=5 if keys is None else 60)
        way = golden_calls.trunk_to(app, settings)
        show = _shown(way.captions, [])
        made = way.ring(person, callee, PHONES[caller][1], show, staff)
        _fetch(app, settings)
        if not staff:
            _show_what_waits(app)
    return made


def _replay(name: str) -> tuple[list[Event], bool]:
    """A simulated call once more; its events, and whether it fell short."""
    caller, _, seed = name.partition(":")
    happened: list[Event] = []
    if caller == "random":
        if not seed.isdecimal():
            raise click.BadParameter("a call by chance has a seed: random:8123")
        faults = _replay_by_chance(int(seed), happened)
    else:
        faults = _replay_call(name, happened)
    for fault in faults:
        click.echo(f"       Fell short: {fault}")
    return happened, bool(faults)


def _replay_by_chance(seed: int, happened: list[Event]) -> Sequence[str]:
    with straight(demo_or_stop(), create_app) as (rig, step):
        return chance.ring(rig, step, seed, _shown(rig.trunks["open"].captions, happened))


def _replay_call(name: str, happened: list[Event]) -> Sequence[str]:
    with here(demo_or_stop(), create_app) as rig:
        simulated_call = find(rig.line, name)
        way = rig.trunk(simulated_call.hours) if simulated_call else None
        if simulated_call is None or way is None:
            raise click.BadParameter(f"no call {name}: take one from ivr callers")
        return play(rig, simulated_call, way, _shown(way.captions, happened)).faults


def _by_hand() -> Live:
    person = Live()
    click.echo("Ringing. Press a key, then Enter. Type bye to end the call.")
    threading.Thread(target=_read_keys, args=(person,), daemon=True).start()
    return person


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


def _shown(captions: Captions, happened: list[Event]) -> Callable[[Event], None]:
    """Print each event with its time, and keep it in ``happened``."""

    def show(event: Event) -> None:
        happened.append(event)
        minutes, seconds = divmod(int(event.at), 60)
        for row in golden_calls.rows(event, captions):
            click.echo(f"{minutes:2}:{seconds:02}  {row}")

    return show


def _fetch(app: Flask, settings: Settings) -> None:
    """Fetch what was recorded and kept: no worker does, and it is gone with this process."""
    recordings = services_of(app, StoreServices).recordings
    for made in services_of(app, SimulatedRecordings).newest():
        work = recordings.claim(made.sid, datetime.now(UTC))
        if work and work.purpose == "announcement":
            _announce(app, made, work.since)
            recordings.fetched(made.sid, None, datetime.now(UTC))
        elif work:
            sealed = seal(settings.public_key, made.sound)
            recordings.fetched(made.sid, sealed, datetime.now(UTC))
        recordings.gone(made.sid)


def _announce(app: Flask, made: StoredRecording, kept_at: datetime) -> None:
    """Put up an announcement until midnight, as the worker would."""
    until = midnight(kept_at.astimezone(LONDON))
    live_settings = services_of(app, StoreServices).live_settings
    live_settings.announce(as_mp3(made.sound), until, "", kept_at)


def _show_what_waits(app: Flask) -> None:
    kept = services_of(app, StoreServices)
    for number, body in kept.outbox.waiting():
        click.echo(f"       Text to {number}: {body}")
    for item in kept.inbox.items():
        what = "A request to be rung back"
        if item.kind == "message":
            what = f"A message of {item.seconds} seconds"
        click.echo(f"       {what}, reference {item.reference}")
