"""Whoever asks is told what there is about their number, and it is deleted, here and at Twilio."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, select

from ivr.config import read
from ivr.jobs.services import carrier_of
from ivr.line.call import KeepVoicemail, Note
from ivr.store import Inbox, Journal, Outbox, Store, open_store
from ivr.store.answers import AnswerLog, TextIn
from ivr.store.erasing import Erasing
from ivr.store.inbox import Handling
from ivr.store.optouts import OptOuts
from ivr.store.tables import metadata, recording
from tests.support.commands import ivr
from tests.support.inbox import MESSAGE, REFERENCES, WISH, effects
from tests.support.lines import LINE
from tests.support.whole import demo, opened, served

NOW = datetime.now(UTC)
NUMBER, OTHER = WISH.number, "+447700900456"


def everything_of(store: Store, call: str, number: str, sid: str = MESSAGE) -> None:
    """One of each thing there can be about a number."""
    done = effects(store)
    outbox = Outbox(store, REFERENCES)
    outbox.queue(call, "apples", "en", number, "Apples.", NOW, caller=number)
    done.do(call, type(WISH)(number, True, "line", "any", "en", "apples"), LINE)
    item = Inbox(store, REFERENCES).items()[-1]
    Handling(store).note(item, "ada", "talked", b"sealed", NOW)
    done.do(call, KeepVoicemail(sid, 9, "apples", "en"), LINE)
    with store.write() as connection:
        text_in = metadata.tables["text_in"]
        ref = REFERENCES.number(number)
        connection.execute(insert(text_in).values(number_ref=ref, at=NOW))
    AnswerLog(store, REFERENCES).text_in(TextIn(f"SM{number}", number, 2, 1), NOW)
    OptOuts(store, REFERENCES).stop(number, NOW)
    journal = Journal(store, REFERENCES)
    journal.note(call, (Note("rang", "main"),))
    journal.close()


def counts(store: Store) -> dict[str, int]:
    return {name: store.count(table) for name, table in metadata.tables.items()}


def test_one_number_is_erased_and_another_keeps_everything(store):
    everything_of(store, "CA2", OTHER, "RE" + "0b" * 16)
    others = counts(store)
    everything_of(store, "CA1", NUMBER)
    erasing = Erasing(store, REFERENCES)
    gone = erasing.erase(NUMBER, NOW)
    assert {kind for kind, count in gone.items() if count} == {
        "message", "callback", "text_in", "answer", "recording", "journal",
    }  # fmt: skip
    left = counts(store)
    assert left["optout"] == 2
    (row,) = store.rows(select(recording).where(recording.c.sid == MESSAGE))
    assert (row.status, row.sealed, row.about) == ("dropping", b"", "")
    for name in ("message", "callback", "text_in", "answer", "journal", "item_note"):
        assert left[name] == others[name], name
    assert not any(erasing.erase(NUMBER, NOW)[kind] for kind in gone if kind != "recording")
    assert all(erasing.show(OTHER)[kind] for kind in ("message", "callback", "journal"))


def test_a_text_that_waits_is_not_sent_any_more(store):
    outbox = Outbox(store, REFERENCES)
    outbox.queue("CA1", "apples", "en", NUMBER, "Apples.", NOW)
    Erasing(store, REFERENCES).erase(NUMBER, NOW)
    assert outbox.due(NOW + timedelta(hours=1)) == []


def test_who_asks_is_shown_their_own_and_no_sealed_or_hidden_thing(store):
    everything_of(store, "CA1", NUMBER)
    everything_of(store, "CA2", OTHER, "RE" + "0b" * 16)
    shown = Erasing(store, REFERENCES).show(NUMBER)
    assert [len(shown[kind]) for kind in ("message", "callback", "recording")] == [1, 1, 1]
    told = json.dumps(shown)
    assert OTHER not in told and "sealed" not in told and REFERENCES.number(OTHER) not in told


@pytest.fixture
def twilio(tmp_path, monkeypatch):
    """A local Twilio on a real port, and a line that is told of it."""
    settings = demo(tmp_path)
    with opened(settings) as app, served(app) as port:
        url = f"http://127.0.0.1:{port}/exchange"
        monkeypatch.setenv("DATABASE_URL", settings.database)
        monkeypatch.setenv("TWILIO_API_BASE_URL", url)
        yield read({"DATABASE_URL": settings.database, "TWILIO_API_BASE_URL": url})


def test_the_command_erases_here_and_at_twilio_with_a_receipt(twilio):
    store = open_store(twilio.database)
    carrier = carrier_of(twilio)
    sids = [carrier.send(number, "Apples.", "m1") for number in (NUMBER, NUMBER, OTHER)]
    assert len(set(sids)) == 3
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    done = ivr("erase", NUMBER, "--yes")
    while done.exit_code and datetime.now(UTC) < deadline:  # under way: not final yet
        assert "under way" in done.output
        done = ivr("erase", NUMBER, "--yes")
    assert done.exit_code == 0, done.output
    assert "texts at the carrier" in done.output and "Erase again after a backup" in done.output
    since = datetime.now(UTC) - timedelta(hours=1)
    assert carrier.find(NUMBER, "Apples.", since) == []
    assert len(carrier.find(OTHER, "Apples.", since)) == 1
    store.close()


def test_a_text_that_is_gone_at_the_carrier_meanwhile_counts_as_deleted(twilio, monkeypatch):
    carrier = carrier_of(twilio)
    gone = [SimpleNamespace(sid="SM" + "0" * 32)]
    monkeypatch.setattr(carrier, "_listed", lambda most, **which: gone)
    assert carrier.erase(NUMBER) == (2, 0)


@pytest.mark.parametrize("number", ["+441534712345", "+445512345678", "+33612345678"])
def test_whoever_texted_or_rang_can_be_erased_though_we_would_not_ring_them(twilio, number):
    done = ivr("erase", number, "--show")
    assert done.exit_code == 0 and json.loads(done.output)["answer"] == []


def test_a_number_that_is_none_and_a_no_delete_nothing(twilio):
    assert ivr("erase", "12").exit_code == 2
    no = ivr("erase", NUMBER, says="n\n")
    assert no.exit_code == 1 and "nothing was deleted" in no.output
