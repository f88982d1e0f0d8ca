"""A whole world for one machine: a proxy's node before it, a carrier, a mail server, a caller.

Owns the right settings for it, and a call from outside to wherever the number leads.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.config.demo import PRODUCTION_TEST_SID
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.events import Event, HangUp, Press
from ivr.simulator.golden_calls import caption, rows
from ivr.simulator.mail import Mailbox
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.wire import Http, Wire
from ivr.speech.manifest import read_library
from tests.support.authority import Authority
from tests.support.carrier import LocalCarrier
from tests.support.machine import ROOT, Machine, free_port, machine, proxy

TOKEN = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
LINE, CALLER = "+442071234567", "+447400123456"
ACCOUNT = SimulatedAccount(PRODUCTION_TEST_SID, TOKEN, LINE)
THUMB = 0.7
"""Seconds before the same key again: sooner, it is one that was pressed twice by a shaking hand."""


class Slow(Scripted):
    """Takes that moment: with a real account the line goes by the clock on the wall."""

    _last = ""

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        did = super().wait(seconds, speaking)
        if isinstance(did, Press):
            time.sleep(THUMB if did.key == self._last else 0)
            self._last = did.key
        return did


class World:
    """A clean machine with a proxy's node before it, a carrier, and a mail server."""

    def __init__(self, here: Machine, carrier: LocalCarrier, mailbox: Mailbox, trust: Path) -> None:
        self.here, self.carrier = here, carrier
        self.proxy_port = free_port()
        self.address = f"https://localhost:{self.proxy_port}"
        self.trust = {"REQUESTS_CA_BUNDLE": str(trust), "SSL_CERT_FILE": str(trust)}
        self.right = {
            "PUBLIC_BASE_URL": self.address,
            "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "SECRET_KEY": "a secret that is long enough for real callers",
            "LINE_NUMBER": LINE,
            "ADVISER_NUMBER": "first=+442071234568,second=+442071234569",
            "STAFF_EMAIL": "advisers@example.org",
            "SMTP_HOST": "127.0.0.1",
        }
        self.elsewhere = {
            "SMTP_PORT": str(mailbox.port),
            "SMTP_SECURITY": "none",
            "TWILIO_API_BASE_URL": carrier.url,
            **self.trust,
        }

    def untrusting(self) -> World:
        """On this machine, from now on, nobody knows the test's own authority."""
        for name in self.trust:
            del self.here.settings[name]
        return self

    def doctor(self) -> str:
        """What ``ivr doctor`` says, after how it ended."""
        seen = self.here.ivr("doctor")
        assert "Traceback" not in seen.stdout + seen.stderr, seen.stderr
        return f"{'red' if seen.returncode else 'green'}\n{seen.stdout}{seen.stderr}"

    def ring(self, *keys: str) -> list[str]:
        """A call to the number, wherever it leads; what was heard and done."""
        heard: list[str] = []
        library = read_library(ROOT / "audio", self.here.folder / "var" / "audio")

        def hear(event: Event) -> None:
            heard.extend(rows(event, lambda url: caption(library, url)))

        there = self.carrier.numbers.addresses(LINE)
        leads = WebhookAddresses(
            there["voice_url"], there["voice_fallback_url"], there["status_callback"]
        )
        wire = Wire(Http(), TOKEN)
        Performance(ACCOUNT, wire, leads, Slow(keys), Decided("answer"), CALLER, hear).run()
        return heard


@contextmanager
def world_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Nothing is set up on the machine yet but the code; Caddy stands before it."""
    authority = Authority(folder)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    carrier = LocalCarrier(ACCOUNT)
    (folder / "line").mkdir()
    pair = authority.certificate("localhost", days=60)
    with Mailbox() as mailbox, machine(folder / "line") as here:
        made = World(here, carrier, mailbox, authority.file)
        with proxy(folder, here.port, pair, made.proxy_port):
            yield made
    carrier.close()
