"""Workers killed again and again while messages and call-backs come in: nothing lost or doubled.

Run as ``python -m tests.proof.kills --kills 200`` it kills real ``ivr work`` processes and prints what
became of everything that callers left; with ``--quick`` small ones that start at once.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from ivr.config import DEMO_SECRET, MailSettings
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.jobs import NoticeJob, RecordingJob
from ivr.outside.twilio.recordings import RecordingsApi
from ivr.secrets.seal import References
from ivr.secrets.sealed_box import pair_of, seal, unseal
from ivr.simulator.mail import Mailbox
from ivr.store import (
    Inbox,
    Notices,
    Outbox,
    Recordings,
    StoreDownError,
    notices,
    open_store,
    recordings,
)
from tests.support.carrier import TOKEN
from tests.support.killing import SHORT, Killable, SlowCarrier, small_worker
from tests.support.lines import HOURS

WAYS = ("mail",)
PUBLIC, PRIVATE = pair_of(DEMO_SECRET)
QUIET = 120
"""Seconds after the last kill in which all must be done."""


@dataclass
class Left:
    """What callers left: each recording's sound by its id, each number to ring."""

    sounds: dict[str, bytes] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Outcome:
    """What became of it; all but ``kills``, ``messages``, ``callbacks`` and ``mails`` must be 0."""

    kills: int
    messages: int
    callbacks: int
    mails: int
    lost: int
    doubled: int
    still_at_the_carrier: int
    untold: int

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled, left behind or kept from staff."""
        return not (self.lost or self.doubled or self.still_at_the_carrier or self.untold)


@dataclass
class Scene:
    """A database, a carrier and a mailbox; callers who leave things, and workers."""

    database: str
    carrier: SlowCarrier
    mailbox: Mailbox
    left: Left = field(default_factory=Left)

    def __post_init__(self) -> None:
        references = References(DEMO_SECRET)
        self.store = open_store(self.database)
        self.recordings = Recordings(self.store, references, WAYS)
        self.inbox = Inbox(self.store, references, WAYS)

    def somebody_calls(self, n: int) -> None:
        """A message, and a request to be rung back."""
        now = datetime.now(UTC)
        made = self.carrier.sounds.keep(f"CA{n}", [(True, 1.0)])
        number = f"+4477009{n:05}"
        wish = json.dumps({"number": number}).encode()
        try:
            self.recordings.keep(f"CA{n}", made.sid, now)
            self.recordings.ended(f"CA{n}", now)
            self.left.sounds[made.sid] = made.sound
            known = {"about": "", "lang": "en", "best": "any"}
            self.inbox.keep_callback(f"CA{n}", number, seal(PUBLIC, wish), now, **known)
            self.left.numbers.add(number)
        except StoreDownError:
            # The caller has heard that it could not be kept.
            return

    def environment(self) -> dict[str, str]:
        """What a real worker is told."""
        return {
            **os.environ,
            "DATABASE_URL": self.database,
            "TWILIO_API_BASE_URL": self.carrier.url,
            "PUBLIC_BASE_URL": "http://127.0.0.1:9",
            "SMTP_PORT": str(self.mailbox.port),
        }

    def busy(self) -> bool:
        """Whether there is still something to do."""
        far = datetime.now(UTC) + timedelta(days=30_000)
        soon = Notices(self.store).due(datetime.now(UTC), 1)
        return bool(self.recordings.due(far, 1) or soon or not self.told())

    def told(self) -> set[str]:
        """The mails that staff got, each once however often it was sent."""
        return {mail.message_id for mail in self.mailbox.mails}

    def outcome(self, kills: int) -> Outcome:
        """What became of everything."""
        items = self.inbox.items()
        heard = Counter(item.id for item in items if item.kind == "message")
        opened = {item.id: unseal(PRIVATE, item.sealed) for item in items if item.kind == "message"}
        rung = Counter(
            json.loads(unseal(PRIVATE, item.sealed))["number"]
            for item in items
            if item.kind == "callback"
        )
        lost = [sid for sid, sound in self.left.sounds.items() if opened.get(sid) != sound]
        lost += self.left.numbers - rung.keys()
        return Outcome(
            kills=kills,
            messages=len(self.left.sounds),
            callbacks=len(self.left.numbers),
            mails=len(self.mailbox.mails),
            lost=len(lost),
            doubled=sum(count - 1 for count in (heard + rung).values()),
            still_at_the_carrier=len(self.carrier.sounds.newest()),
            untold=int(not self.told()),
        )


def real_worker(scene: Scene) -> Killable:
    """A whole ``ivr work``."""
    return subprocess.Popen([sys.executable, "-m", "ivr", "work"], env=scene.environment())


def quick_worker(scene: Scene) -> Killable:
    """The same jobs without the rest of a worker: there at once, so many can be killed."""
    return small_worker(_work, scene.database, scene.carrier.url, scene.mailbox.port)


def _work(database: str, api_url: str, mail_port: int) -> None:
    references, store = References(DEMO_SECRET), open_store(database, 10_000)
    api = RecordingsApi(DEMO_ACCOUNT_SID, TOKEN, api_url)
    for module in (notices, recordings):
        module.LEASES = replace(module.LEASES, lasts=SHORT)
    rows = Recordings(store, references, WAYS)
    server = ("127.0.0.1", mail_port, "", "", "none")
    mail = MailSettings(*server, "line@example.org", "advisers@example.org")
    kinds = (
        RecordingJob(rows, api, PUBLIC, lambda sound, at: None),
        NoticeJob(Notices(store), Outbox(store, references), mail, "", lambda: HOURS, ""),
    )
    while True:
        for kind in kinds:
            for row_id, _ in kind.due(datetime.now(UTC), 3):
                kind.attempt(row_id)
        time.sleep(0.02)


def run(
    folder: Path,
    kills: int,
    start: Callable[[Scene], Killable],
    lives: tuple[float, float],
    tell: Callable[[int], None] = lambda n: None,
    seed: int = 7,
) -> Outcome:
    """Kill one worker after another, ``lives`` seconds after its start; then let one finish."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        carrier = SlowCarrier()
        stack.callback(carrier.close)
        mailbox = stack.enter_context(Mailbox())
        scene = Scene(f"sqlite:///{folder}/line.db", carrier, mailbox)
        for n in range(kills):
            victim = start(scene)
            scene.somebody_calls(n)
            time.sleep(chance.uniform(*lives))
            victim.kill()
            tell(n + 1)
        last = start(scene)
        deadline = time.monotonic() + QUIET
        while scene.busy() and time.monotonic() < deadline:
            time.sleep(0.2)
        last.kill()
        return scene.outcome(kills)


@click.command()
@click.option("--kills", default=200, show_default=True)
@click.option("--quick", is_flag=True, help="Small workers that start at once.")
def main(kills: int, quick: bool) -> None:
    """Kill workers while callers leave messages and call-backs, and say what became of them."""
    start, lives = (quick_worker, (0.05, 0.4)) if quick else (real_worker, (3.0, 6.0))
    with tempfile.TemporaryDirectory() as folder, click.progressbar(length=kills) as bar:
        outcome = run(Path(folder), kills, start, lives, lambda n: bar.update(1))
    click.echo(outcome)
    raise SystemExit(0 if outcome.sound else 1)


if __name__ == "__main__":
    main()
