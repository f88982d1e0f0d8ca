"""Calls in which a last day to appeal is worked out, on a day that is given."""

from __future__ import annotations

from datetime import date

from ivr.app import create_app
from ivr.config import read
from ivr.simulator import golden_calls
from ivr.simulator.people import Decided, Scripted
from ivr.store.services import StoreServices
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.broken import shipped

MOBILE = "+447700900123"
LINE = shipped().line
WORDS = LINE.words("en")


def keys_of(day: date) -> list[str]:
    return [f"{day.day}#", f"{day.month}#", f"{day:%y}#", "1"]


def spoken(day: date) -> str:
    """A date as it is heard: its pieces, one after another."""
    return " ".join(f"Line: {unit}" for unit in WORDS.date(day))


def ring(tmp_path, today: date, *keys: str) -> tuple[str, list[tuple[str, str]], str]:
    """Ring on this day and press these keys: what was heard, the texts, and what was kept."""
    database = tmp_path / "line.db"
    settings = read({"DATABASE_URL": f"sqlite:///{database}", "LINE_CLOCK": f"{today}T10:00"})
    app = create_app(settings)
    call = golden_calls.trunk_to(app, settings).ring(Scripted(keys), Decided(), MOBILE)
    texts = services_of(app, StoreServices).outbox.waiting()
    services_of(app, Lifetime).close()
    assert call.ended_by == "caller", call.transcript[-3:]
    return " ".join(call.transcript), texts, database.read_bytes().decode("latin-1")
