"""Who is mailed that something waits: whoever is on, and the usual address where that is nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest

from ivr.config import read
from ivr.content import load
from ivr.jobs.services import notice_job
from ivr.line.roster import Person
from ivr.outside import mail
from ivr.simulator.mail import Mailbox
from ivr.store import notices
from ivr.store.services import StoreServices
from tests.support.machine import free_port
from tests.support.paths import ROOT

ANNA, BEN, USUAL = "anna@example.org", "ben@example.org", "advisers@example.org"
ELEVEN = datetime(2026, 2, 3, 11, 0, tzinfo=UTC)
"""A Tuesday, on which the line is open from nine to five."""


def tuesdays(start: int, end: int) -> tuple:
    return ((), ((time(start), time(end)),), (), (), (), (), ())


@dataclass
class Room:
    """A line with two advisers: Anna is on in the morning, Ben all day."""

    kept: StoreServices
    mailbox: Mailbox

    def told(self, at: datetime = ELEVEN) -> list[tuple[str, ...]]:
        """Somebody asks to be rung back; who is mailed of it."""
        now = datetime.now(UTC)
        self.kept.live_settings.set_clock(at - now, now)
        known = {"about": "", "lang": "en", "best": "any"}
        self.kept.inbox.keep_callback("CA1", "+447700900700", b"-", now, **known)
        return self.work()

    def work(self) -> list[tuple[str, ...]]:
        job = notice_job(self.kept, lambda: load(ROOT / "prompts"))
        for notice_id, _ in job.due(datetime.now(UTC), 10):
            job.attempt(notice_id)
        return [each.recipients for each in self.mailbox.mails]


@pytest.fixture
def room(store) -> Iterator[Room]:
    port = free_port()
    kept = StoreServices(read({"DATABASE_URL": store._url, "SMTP_PORT": str(port)}), store)
    kept.advisers.add(
        Person("Anna", "+442079460155", ANNA, week=tuesdays(9, 12)),
        Person("Ben", "+442079460166", BEN),
        Person("Cas", "+442079460177"),
    )
    with Mailbox(port) as mailbox:
        yield Room(kept, mailbox)


def test_whoever_is_on_is_told(room):
    assert room.told() == [(ANNA, BEN)]


def test_who_is_not_on_any_more_is_not_told(room):
    assert room.told(ELEVEN.replace(hour=14)) == [(BEN,)]


@pytest.mark.parametrize("at", [ELEVEN.replace(hour=20), ELEVEN + timedelta(days=5)])
def test_while_the_line_is_closed_the_usual_address_is_told(room, at):
    assert room.told(at) == [(USUAL,)]


def test_on_a_line_that_is_closed_by_hand_the_usual_address_is_told(room):
    room.kept.live_settings.set_hours(False, ELEVEN + timedelta(hours=9), "1234", datetime.now(UTC))
    assert room.told() == [(USUAL,)]


def test_where_nobody_who_is_on_has_an_address_the_usual_one_is_told(room):
    for each in room.kept.advisers.roster().people:
        room.kept.advisers.change(replace(each, email=""))
    assert room.told() == [(USUAL,)]


def test_where_their_mail_is_refused_the_usual_address_is_told(room, monkeypatch):
    send = mail.send

    def picky(settings, *more: str) -> None:
        if ANNA in settings.recipient:
            raise mail.MailError("SMTPRecipientsRefused")
        send(settings, *more)

    monkeypatch.setattr(mail, "send", picky)
    assert room.told() == [(USUAL,)]


def test_of_danger_whoever_is_on_and_the_usual_address_are_told(room):
    now = datetime.now(UTC)
    room.kept.live_settings.set_clock(ELEVEN - now, now)
    with room.kept.store.write() as connection:
        notices.alarm(connection, ("mail",), now)
    assert room.work() == [(ANNA, BEN, USUAL)]
