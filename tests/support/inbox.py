"""What callers leave for people: kept as the line keeps it, and opened as staff do."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from ivr.line.call import KeepCallback, KeepVoicemail
from ivr.secrets.seal import References
from ivr.secrets.sealed_box import key_pair, seal
from ivr.staff import StaffServices
from ivr.store import Inbox, Item, Outbox, Recordings, Store, Talks
from ivr.store.services import StoreServices
from ivr.store.tables import metadata
from ivr.webhooks.effects import Effects
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
NUMBER = "+447700900123"
MESSAGE = "RE" + "0a" * 16
PUBLIC, PRIVATE = key_pair()
REFERENCES = References("a secret of some length, for tests only")
WISH = KeepCallback(NUMBER, True, "friend", "morning", "en", "apples")


def queue(outbox: Outbox, call: str = "CA1", topic: str = "complaint", number: str = NUMBER) -> str:
    """What becomes of a text that a caller asks for."""
    return outbox.queue(call, topic, "en", number, "the words", NOW)


def effects(store: Store) -> Effects:
    ways = ("mail",)
    return Effects(
        Outbox(store, REFERENCES),
        Inbox(store, REFERENCES, ways),
        Recordings(store, REFERENCES, ways),
        Talks(store, REFERENCES),
        PUBLIC,
    )


def everything(store: Store) -> str:
    """Every value in the database, as text."""
    with store.read() as connection:
        tables = metadata.tables.values()
        return str([connection.execute(select(each)).all() for each in tables])


def effects_of(app: Flask) -> Effects:
    """What the line itself does when a caller asks."""
    found: Effects = services_of(app, CallServices).effect.__self__
    return found


def left(app: Flask, wish: KeepCallback = WISH, call: str = "CA1") -> Item:
    """A request to be rung back."""
    line = services_of(app, StaffServices).line()
    assert effects_of(app).do(call, wish, line).isdigit()
    return services_of(app, StaffServices).inbox.items()[-1]


def message(app: Flask, sound: bytes) -> Item:
    """A message that has come here."""
    staff_pages = services_of(app, StaffServices)
    effects_of(app).do("CA1", KeepVoicemail(MESSAGE, 9, "mediation", "en"), staff_pages.line())
    recordings = services_of(app, StoreServices).recordings
    recordings.ended("CA1", datetime.now(UTC))
    recordings.fetched(MESSAGE, seal(staff_pages.settings.public_key, sound), datetime.now(UTC))
    return staff_pages.inbox.items()[0]


def path(item: Item, what: str = "") -> str:
    return f"/office/waiting/{item.kind}/{item.id}{what}"
