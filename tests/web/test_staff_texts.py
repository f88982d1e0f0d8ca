"""The page of texts: sums, reasons in words, money, and the do-not-text list without its numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.content.examples import read_examples
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.store.tables import answer
from ivr.store.text_tables import text_example
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.staff_pages import post, signed_in
from tests.support.telephone import Telephone, text
from tests.support.whole import demo, opened

NUMBER, TYPED, PATH = "+447700900123", "07700 900123", "/office/texts"


@pytest.fixture
def app(url, tmp_path):
    with opened(demo(tmp_path, DATABASE_URL=url)) as made:
        yield made


def test_a_text_that_failed_is_told_in_words_with_its_cost_and_no_number(app):
    outbox, now = services_of(app, StaffServices).outbox, datetime.now(UTC)
    outbox.queue("CA1", "complaint", "en", NUMBER, "Words", now)
    ((text, _),) = outbox.due(now)
    outbox.claim(text, now)
    outbox.failed(text, now, "30005")
    page = signed_in(app, "viewer").get(PATH).text
    assert "There is no such phone" in page and "7700" not in page and "Do not text" not in page
    assert re.search(r"<b>1</b> failed<", page) and re.search(r"£0.04</td><td[^>]*>£150.00", page)


def test_staff_stop_look_up_and_free_a_number_which_is_kept_nowhere(app):
    client, services = signed_in(app, "manager"), services_of(app, StaffServices)

    def does(what: str) -> str:
        assert post(client, f"{PATH}/{what}", PATH, number=TYPED).status_code == 302
        return client.get(PATH).text

    assert "is not on the do-not-text list" in does("look")
    does("stop")
    assert services.optouts.stopped(NUMBER)
    assert "number is on the do-not-text list" in does("look")
    assert "900123" not in does("start") and not services.optouts.stopped(NUMBER)
    log = client.get("/office/staff/changes").text
    assert "put a number on the do-not-text list" in log and "900123" not in log
    assert "took a number off the do-not-text list" in log


@pytest.mark.parametrize("number", ["", "12", "<b>", "0" * 41])
def test_what_is_no_number_is_told_at_the_field_and_kept_there(app, number):
    client = signed_in(app, "adviser")
    answer = post(client, f"{PATH}/stop", PATH, number=number)
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert "Write a whole number" in answer.text or "longer than 40" in answer.text


def test_who_may_only_see_changes_nothing(app):
    client = signed_in(app, "viewer")
    assert post(client, f"{PATH}/stop", PATH, number=TYPED).status_code == 403
    assert not services_of(app, StaffServices).optouts.stopped(NUMBER)


def unclear(app) -> list[int]:
    """The table of texts that were not understood, from today back."""
    page = signed_in(app, "viewer").get(PATH).text
    table = page.partition('id="unclear"')[2].partition("</table>")[0]
    return [int(found) for found in re.findall(r'<td class="n">(\d+)</td>', table)]


def test_what_was_not_understood_is_counted_by_day_without_its_words(app):
    kept = services_of(app, StoreServices)
    telephone = Telephone(app, kept.settings)
    for body in ("lorem ipsum dolor", "?", "complain", "he hits me", "3/11/26"):
        assert text(telephone, body).status_code == 200
    found = unclear(app)
    assert sum(found) == found[0] == 2 and len(found) == 14
    assert "ipsum" not in str(kept.store.rows(select(answer)))


MISUNDERSTOOD = f"{PATH}/misunderstood"


def test_a_text_that_was_misunderstood_is_kept_sealed_and_written_out_as_an_example(
    app, url, tmp_path, monkeypatch
):
    client, kept = signed_in(app, "adviser"), services_of(app, StoreServices)
    words = "the bus lady\nwont  let him on 🚌"
    for _ in range(2):
        sent = post(client, MISUNDERSTOOD, PATH, text=words, meant="topic:provision")
        assert sent.status_code == 302
    (row,) = kept.store.rows(select(text_example))
    assert "bus" not in str(row) and row.label == "topic:provision"
    log = signed_in(app, "manager").get("/office/staff/changes").text
    assert "kept a text that was misunderstood" in log and "bus lady" not in log
    monkeypatch.setenv("DATABASE_URL", url)
    file = tmp_path / "out" / "staff.tsv"
    file.parent.mkdir()
    done = ivr("texts-examples", "--to", str(file), "--forget")
    assert done.exit_code == 0, done.output
    assert file.read_text("utf-8") == "topic:provision\tthe bus lady wont let him on 🚌\n"
    (read,) = read_examples(file.parent)
    assert read.labels == {"topic:provision"} and kept.examples.all() == []


def test_an_example_goes_by_itself_after_ninety_days(app):
    kept, now = services_of(app, StoreServices), datetime.now(UTC)
    kept.examples.keep("ring", "give us a tinkle", now)
    kept.purge.run(now + timedelta(days=89))
    assert kept.examples.all() == [("ring", "give us a tinkle")]
    kept.purge.run(now + timedelta(days=90))
    assert kept.examples.all() == []


@pytest.mark.parametrize(
    ("form", "says"),
    {
        "no text": ({"text": " ", "meant": "ring"}, "Write the text."),
        "no meaning": ({"text": "ring us", "meant": ""}, "Choose what it meant."),
        "another": ({"text": "ring us", "meant": "topic:none"}, "Not a valid choice"),
        "a number": ({"text": "ring 07700 900123", "meant": "ring"}, "Take the telephone number"),
        "too long": ({"text": "x" * 1601, "meant": "ring"}, "1600"),
    }.values(),
)
def test_what_cannot_be_learnt_from_is_said_at_the_field_and_not_kept(app, form, says):
    client = signed_in(app, "adviser")
    answer = post(client, MISUNDERSTOOD, PATH, **form)
    assert answer.status_code == 422 and says in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert services_of(app, StoreServices).examples.all() == []


def test_who_may_only_see_writes_no_example(app):
    client = signed_in(app, "viewer")
    assert "A text was misunderstood" not in client.get(PATH).text
    assert post(client, MISUNDERSTOOD, PATH, text="ring us", meant="ring").status_code == 403
