"""Test numbers: telephones that hear the draft on the real line, are told so, and are not counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import select

from ivr.staff import StaffServices
from ivr.store import draft_numbers
from ivr.store.edition_tables import test_number as table
from ivr.store.services import StoreServices
from ivr.store.tables import journal
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.postgres import KINDS, database
from tests.support.staff_pages import post, signed_in
from tests.support.telephone import Telephone
from tests.support.whole import demo, opened
from tests.support.words import COMPLAINT, SUMMARY

PAGE = "/office/draft/test-numbers"
TESTER, CALLER = "+447700900321", "+447700900123"
TOLD = "This is the draft. Nobody else can hear it yet."
NEW = "Talk first. Then use the complaints procedure. It can be done in writing."


@pytest.fixture(params=KINDS)
def line(request, tmp_path):
    """A line on a database of each kind, with folders of its own."""
    with database(request.param, tmp_path) as url:
        settings = demo(tmp_path, DATABASE_URL=url)
        with opened(settings) as app:
            yield app, Telephone(app, settings)


def shown(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def add(client, number: str, name: str = "Ada"):
    return post(client, PAGE, PAGE, name=name, number=number)


def drafted(app, new: str = NEW) -> None:
    pages = services_of(app, StaffServices)
    was = pages.line().words("en").topics["complaint"].summary
    pages.drafting.change(COMPLAINT, SUMMARY, was, new, "Ada", pages.now())


def noticed(app) -> None:
    """The line has looked at what staff have set, as it does every two seconds."""
    services_of(app, CallServices).live_settings.look()


def to_complaint(telephone, number: str, sid: str) -> str:
    """All that somebody hears who asks for the advice on complaints and presses nothing then."""
    said = telephone.voice(From=number, CallSid=sid)
    there = telephone.press(said, "2", From=number, CallSid=sid)
    return f"{telephone.words(said)} {telephone.words(there)}"


def notes(app, telephone) -> list[str]:
    """What was written down of calls."""
    kept = services_of(app, StoreServices)
    kept.journal.close()
    return list(kept.store.values(select(journal.c.event)))


def test_a_test_number_hears_the_draft_and_is_told_so_first_and_nobody_else_does(line):
    app, telephone = line
    client = signed_in(app, "editor")
    assert "hear the draft within seconds" in shown(
        client.get(add(client, "07700 900321").location)
    )
    assert "…0321" in (page := client.get(PAGE).text) and TESTER not in page
    drafted(app)
    noticed(app)
    heard = to_complaint(telephone, TESTER, "CA" + "1" * 32)
    assert heard.startswith(TOLD) and NEW in heard
    heard = to_complaint(telephone, CALLER, "CA" + "2" * 32)
    assert TOLD not in heard and NEW not in heard
    heard = to_complaint(telephone, "anonymous", "CA" + "3" * 32)
    assert TOLD not in heard and NEW not in heard

    post(client, re.search(r'action="([^"]+/remove)"', client.get(PAGE).text)[1], PAGE)
    noticed(app)
    heard = to_complaint(telephone, TESTER, "CA" + "4" * 32)
    assert TOLD not in heard and NEW not in heard
    assert "There is none yet." in shown(client.get(PAGE))


def test_calls_of_test_numbers_are_not_counted(line):
    app, telephone = line
    add(signed_in(app, "editor"), TESTER)
    drafted(app)
    noticed(app)
    to_complaint(telephone, TESTER, "CA" + "1" * 32)
    done = {"From": TESTER, "CallSid": "CA" + "1" * 32, "CallStatus": "completed"}
    assert telephone.post("/voice/status", done).status_code == 204
    assert notes(app, telephone) == []
    totals = services_of(app, StaffServices).live_settings.totals(datetime.now(UTC).date())
    assert totals.calls == 0


def test_the_calls_of_others_are_counted_meanwhile(line):
    app, telephone = line
    add(signed_in(app, "editor"), TESTER)
    noticed(app)
    to_complaint(telephone, CALLER, "CA" + "2" * 32)
    assert "rang" in notes(app, telephone)


def test_without_a_draft_a_test_number_hears_what_callers_hear(line):
    app, telephone = line
    add(signed_in(app, "editor"), TESTER)
    noticed(app)
    said = telephone.words(telephone.voice(From=TESTER))
    assert said == telephone.words(telephone.voice(From=CALLER, CallSid="CA2"))


def test_a_draft_that_cannot_be_read_is_said_to_be_so(line):
    app, telephone = line
    add(signed_in(app, "editor"), TESTER)
    pages = services_of(app, StaffServices)
    pages.drafting.put(COMPLAINT, b"label: [no, words]\n", 0, "Ada", pages.now())
    noticed(app)
    heard = to_complaint(telephone, TESTER, "CA" + "1" * 32)
    assert heard.startswith("The draft cannot be used yet. You hear what callers hear.")
    assert "complaint" in heard and TOLD not in heard


def test_a_call_from_a_test_number_goes_on_while_the_draft_cannot_be_had(line, monkeypatch):
    app, telephone = line
    add(signed_in(app, "editor"), TESTER)
    drafted(app)
    noticed(app)

    def away(*_):
        raise OSError("no room on the disk")

    monkeypatch.setattr(type(services_of(app, StaffServices).folders), "lay_out", away)
    heard = to_complaint(telephone, TESTER, "CA" + "1" * 32)
    assert "For a person, press 0." in heard and TOLD not in heard


WRONG = {
    "nothing": ("", "Write a UK number"),
    "a word": ("my phone", "Write a UK number"),
    "premium": ("0906 123 4567", "Write a UK number"),
    "abroad": ("+33 1 23 45 67 89", "Write a UK number"),
    "Jersey": ("07797 712345", "Write a UK number"),
    "the line's own": ("020 7946 0100", "the line's own number"),
    "twice": ("+44 7700 900321", "is here already"),
}


@pytest.mark.parametrize(("number", "says"), WRONG.values(), ids=WRONG)
def test_a_number_that_cannot_be_one_is_refused_at_its_field(app, number, says):
    client = signed_in(app, "editor")
    add(client, TESTER)
    page = add(client, number, "Ben")
    assert page.status_code == 422
    (error,) = re.findall(r'<p class="wrong" id="number-error">(.*?)</p>', page.text)
    assert says in unescape(error)
    assert 'value="Ben"' in page.text, "what was typed is kept"
    assert len(services_of(app, StoreServices).draft_numbers.all()) == 1


def test_there_are_so_many_and_no_more_and_none_stands_in_the_database_in_clear(line, monkeypatch):
    app, _ = line
    monkeypatch.setattr(draft_numbers, "MOST", 1)
    client = signed_in(app, "editor")
    add(client, TESTER, "Ada Ash")
    assert "Remove one first" in shown(add(client, CALLER))
    kept = services_of(app, StoreServices)
    (row,) = kept.store.rows(select(table))
    assert "7700900321" not in row.sealed and "Ada" not in row.sealed
    assert signed_in(app, "viewer", "Vi").get(PAGE).status_code == 403


def test_a_new_secret_seals_test_numbers_anew_so_that_the_old_one_can_go(store):
    old, new = "an old secret, long enough", "a new secret, long enough"
    kept = draft_numbers.DraftNumbers(store, [old])
    kept.add("Ada", TESTER)
    draft_numbers.DraftNumbers(store, [new, old]).seal_anew()
    assert [each.number for each in draft_numbers.DraftNumbers(store, [new]).all()] == [TESTER]
    assert kept.all() == []
