"""Marked people who use the whole line in every way there is, and where they are then found.

A marked number and name stand for a caller's or a member of staff's; each place that the line
writes to is searched for them: tables, logs, figures, addresses, answers to Twilio, and mails.
What these people do stands in ``canary_acts``.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote_plus

from flask import Flask
from twilio.request_validator import RequestValidator

from ivr.config import Settings, read
from ivr.health.logs import formatter
from ivr.secrets.seal import References
from ivr.simulator.demo import Demo
from ivr.simulator.events import HangUp, Press
from ivr.simulator.golden_calls import trunk_to
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.wire import Answer, InProcess, Wire
from ivr.webhooks.extension import services_of
from tests.support import whole
from tests.support.killing import worker
from tests.support.machine import free_port

CALLER, TYPED = "+447700900461", "+447700900572"
FIRST, LAST = "Quillon", "Zathras"
STAFF_FIRST, STAFF_LAST = "Ysolde", "Brackwater"
EMAIL = "ysolde.brackwater@canary.example"
CALLERS = {"number": ("7700900461", "7700900572"), "name": (FIRST.lower(), LAST.lower())}
ADVISER, ADVISERS_MAIL = "+447700900683", "peregrine@oakhollow.example"
ADVISERS = {
    "number": ("7700900683",),
    "name": ("peregrine", "oakhollow"),
    "e-mail": ("oakhollow.example",),
}
STAFF = {"name": (STAFF_FIRST.lower(), STAFF_LAST.lower()), "e-mail": ("@canary.example",)}
TOKEN = "a token of these tests"
HERE = "http://127.0.0.1:{}"
LOOK_FOR = 120
"""Seconds in which the worker must have done everything."""
TIME_LIMITS = 40
"""Things that a caller hears, one after another and with no turn to press, before giving up."""


def marks(text: str, wanted: tuple[str, ...]) -> list[str]:
    """Which of the marks stand in a text, however it is written: spaced, escaped, in base64."""
    forms = [text, unquote_plus(text), re.sub(r"[\s().+-]|%20", "", text)]
    for word in re.findall(r"[A-Za-z0-9+/_=-]{16,}", text):
        try:
            forms.append(base64.b64decode(word + "===", altchars=b"-_").decode("latin-1"))
        except (binascii.Error, ValueError):
            continue
    return [each for each in wanted if any(each in form.lower() for form in forms)]


@dataclass
class Seen(logging.Handler):
    """Everything that is logged by this process, at every level, as it stands in the log."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.NOTSET)
        refer = References("a secret of these tests").call
        self.shown = [formatter(refer, json=True), formatter(refer, json=False)]

    __hash__ = logging.Handler.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [each.format(record) for each in self.shown]


@contextmanager
def every_level() -> Iterator[Seen]:
    """Let every logger there is say everything, for a while."""
    seen, root = Seen(), logging.getLogger()
    named = [each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    before = {each: each.level for each in [root, *named]}
    for each in before:
        each.setLevel(logging.DEBUG)
    root.addHandler(seen)
    try:
        yield seen
    finally:
        root.removeHandler(seen)
        for each, level in before.items():
            each.setLevel(level)


class Overheard(InProcess):
    """The way to the line, which remembers each address that was asked and each answer."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.addresses: list[str] = []
        self.answers: list[str] = []

    def send(self, method, url, form, headers) -> Answer:
        answer = super().send(method, url, form, headers)
        self.addresses += [url, answer.location]
        if "xml" in answer.content_type:
            self.answers.append(answer.body.decode())
        return answer


class Leaves(Scripted):
    """A caller who does not hear the same apology a thousand times, as a broken line gives it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._waits = 0

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        did = super().wait(seconds, speaking)
        self._waits = self._waits + 1 if did is None else 0
        return HangUp() if self._waits > TIME_LIMITS else did


@dataclass
class Scene:
    """The whole line: the web side on a real port, a real worker, a mailbox."""

    settings: Settings
    app: Flask
    folder: Path
    seen: Seen
    overheard: Overheard

    def __post_init__(self) -> None:
        self.addresses: list[str] = []
        token = self.settings.twilio_auth_token.get_secret_value()
        self.sign = RequestValidator(token).compute_signature
        wire = Wire(self.overheard, token)
        self.outside = InProcess(self.app)
        self.trunk = replace(trunk_to(self.app, self.settings), wire=wire)

    def ring(self, *keys: str, adviser: str = "busy", caller: str = CALLER, staff=False) -> str:
        """A call; what was heard in it."""
        call = self.trunk.ring(Leaves(keys), Decided(adviser), caller, staff=staff)
        return " ".join(call.transcript)

    def send(self, path: str, form: dict[str, str], signed: bool = True, **headers: str) -> int:
        """A request to a webhook; its status."""
        url = self.settings.base_url + path
        given = {"X-Twilio-Signature": self.sign(url, form) if signed else LAST, **headers}
        return self.outside.send("POST", url, form, given).status

    def look(self, client, path: str, page=None) -> None:
        """Remember every address on a page of the staff's, but those of telephones."""
        shown = page or client.get(path)
        links = re.findall(r'(?:href|action|src)="([^"]+)"', shown.text)
        self.addresses += [each for each in links if not each.startswith("tel:")]
        self.addresses.append(shown.location or "")


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """The line, for as long as it is needed."""
    port, mail_port = free_port(), free_port()
    own = {"PORT": str(port), "SMTP_PORT": str(mail_port), "METRICS_TOKEN": TOKEN}
    given = whole.settings_of(folder, **own, LOG_LEVEL="debug", PUBLIC_BASE_URL=HERE.format(port))
    settings = read(given)
    with every_level() as seen, whole.opened(settings) as app:
        services_of(app, Demo).begin()
        with whole.served(app, port), worker(folder / "worker.log", **given):
            yield Scene(settings, app, folder, seen, Overheard(app))
        services_of(app, Demo).mailbox.stop()


LEFT = """
SELECT (SELECT count(*) FROM message WHERE status = 'waiting')
     + (SELECT count(*) FROM recording WHERE status = 'kept')
     + (SELECT count(*) FROM notice WHERE status = 'waiting' AND number = 1)
"""
"""What the worker has still to do now: later notices are due in an hour."""


def all_is_done(scene: Scene) -> None:
    """Wait until the worker has done everything that it was asked for."""
    began = time.monotonic()
    while left := _left(scene):
        assert time.monotonic() - began < LOOK_FOR, f"{left} jobs are left"
        time.sleep(0.1)


def _left(scene: Scene) -> int:
    with sqlite3.connect(scene.folder / "line.db") as database:
        return int(database.execute(LEFT).fetchone()[0])


# --- where they are found --------------------------------------------------------------------


def tables(scene: Scene) -> dict[str, str]:
    """Everything in the database, the durable jobs' tables too: the text of each table."""
    with sqlite3.connect(scene.folder / "line.db") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: "\n".join(
                each.decode("latin-1") if isinstance(each, bytes) else str(each)
                for row in database.execute(f'SELECT * FROM "{name}"')  # noqa: S608
                for each in row
            )
            for (name,) in names
        }


def places(scene: Scene) -> dict[str, str]:
    """Everything that leaves the line, or is kept beside its database, but texts and mails."""
    figures = scene.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "ivr_today" in figures.text
    return {
        "the web side's log": "\n".join(scene.seen.lines),
        "the worker's log": (scene.folder / "worker.log").read_text(),
        "figures": figures.text,
        "addresses": "\n".join(scene.overheard.addresses + scene.addresses),
        "answers to Twilio": "\n".join(scene.overheard.answers),
    }
