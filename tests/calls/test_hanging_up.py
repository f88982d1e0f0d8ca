"""Whatever Twilio tells of a caller who hung up, in whatever order: one message, staff told once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from threading import Barrier
from urllib.parse import urldefrag, urlsplit

import pytest
from sqlalchemy import select

from ivr.app import create_app
from ivr.config import DEMO_SECRET, read
from ivr.jobs import RecordingJob
from ivr.line.call import Note
from ivr.secrets.seal import References
from ivr.secrets.sealed_box import key_pair
from ivr.store import Inbox, Journal, Recordings, open_store
from ivr.store.tables import notice
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.carrier import LocalCarrier
from tests.support.telephone import CALL, Telephone

REFERENCES = References(DEMO_SECRET)
SECONDS = 12
BEGINS = "at=message&lang=en&on=key&tell=yes&trail=main~complaint.2~nobody-closed"
TOLD = "ARE"
ORDERS = [
    "".join(order)
    for most in range(1, 5)
    for order in product(TOLD, repeat=most)
    if most < 4 or set(order) == set(TOLD)
]
"""The action after hanging up, the news of the recording, the end of the call: each of these lost,
or told again, in each order."""


class Everything:
    """A line, its database, a carrier and a worker between them."""

    def __init__(self, url: str) -> None:
        settings = read({"DATABASE_URL": url, "LINE_CLOCK": "2026-11-24T20:00"})
        self.app = create_app(settings)
        self.telephone = Telephone(self.app, settings)
        self.store = open_store(url)
        self.carrier = LocalCarrier()
        self.rows = Recordings(self.store, REFERENCES, ("mail",))
        self.inbox = Inbox(self.store, REFERENCES)
        self.journal = Journal(self.store, REFERENCES)
        api = self.carrier.recordings(5.0)
        self.worker = RecordingJob(self.rows, api, key_pair()[0], lambda *said: None)

    def hangs_up(self, call: str, order: str) -> str:
        """Somebody speaks and hangs up, and Twilio tells of it in this order; the recording."""
        self.journal.note(call, (Note("rang", "main"), Note("language", "main", "en")))
        # In its first second a recording has no sound yet.
        a_moment_ago = datetime.now(UTC) - timedelta(seconds=2)
        sid = self.carrier.sounds.keep(call, [(True, SECONDS)], a_moment_ago).sid
        record = self.telephone.voice(BEGINS, CallSid=call, Digits="1").find("Record")
        made = {"RecordingSid": sid, "RecordingDuration": str(SECONDS)}
        gone = {"CallStatus": "completed"}
        for told in order:
            match told:
                case "A":
                    self._tell(record.get("action"), call, made | gone | {"Digits": "hangup"})
                case "R":
                    self._tell(record.get("recordingStatusCallback"), call, made)
                case "E":
                    self._tell("/voice/status", call, gone)
        return sid

    def _tell(self, address: str, call: str, form: dict[str, str]) -> None:
        parts = urlsplit(urldefrag(address)[0])
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self.telephone.post(path, CALL | {"CallSid": call} | form)
        assert answer.status_code in (200, 204)

    def an_hour_passes(self) -> None:
        """The worker looks for what nobody told of, and does what is due by then, all of it twice."""
        self.journal.close()
        later = datetime.now(UTC) + timedelta(hours=1)
        for _ in range(2):
            self.worker.sweep(later)
            for sid, _ in self.rows.due(later + timedelta(hours=1), 1_000):
                self.rows.later(sid, datetime.now(UTC), "")
                assert self.worker.attempt(sid) == "done"

    def close(self) -> None:
        self.carrier.close()
        self.store.close()
        services_of(self.app, Lifetime).close()


@pytest.fixture
def everything(url) -> Iterator[Everything]:
    made = Everything(url)
    yield made
    made.close()


def test_in_every_order_with_losses_and_repeats_there_is_one_message_and_staff_are_told_once(
    everything,
):
    left = {everything.hangs_up(f"CA{order}", order): order for order in ORDERS}
    everything.an_hour_passes()
    found = {item.id: item for item in everything.inbox.items()}
    assert len(everything.inbox.items()) == len(found) and found.keys() == left.keys()
    for sid, order in left.items():
        item = found[sid]
        told_of_it = {"A", "R"} & set(order)
        # What the caller agreed to tell stands in the addresses alone, and nowhere else.
        about = "complaint" if told_of_it else ""
        assert (item.about, item.lang, item.seconds) == (about, "en", SECONDS), order
        assert item.sealed and not item.lost and everything.carrier.sounds.get(sid) is None
    notices = everything.store.values(select(notice.c.way))
    assert notices == ["mail"], "one notice says how much waits"


def test_whoever_is_told_of_it_at_the_same_moment_it_is_one_message(store):
    rows, together = Recordings(store, REFERENCES), Barrier(2)

    def told(sid: str) -> str:
        together.wait()
        return rows.keep("CA1", sid, datetime.now(UTC), about="", lang="en", seconds=SECONDS)

    with ThreadPoolExecutor(2) as pool:
        for n in range(3):
            sid = f"RE{n:032x}"
            assert list(pool.map(told, [sid, sid])) == ["kept", "kept"]
    rows.ended("CA1", datetime.now(UTC))
    assert len(Inbox(store, REFERENCES).items()) == 3
