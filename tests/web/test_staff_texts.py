"""The page of texts: sums, reasons in words, money, and the do-not-text list without its numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from ivr.staff import StaffServices
from ivr.webhooks.extension import services_of
from tests.support.staff_pages import post, signed_in
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
    assert re.search(r">1</p><p>failed<", page) and re.search(r"£0.04</td><td[^>]*>£150.00", page)


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
    assert "texts-stop" in log and "texts-start" in log and "900123" not in log


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
