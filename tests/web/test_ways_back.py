"""Whoever is astray or is refused gets words and a way back; what failed is never shown as done."""

from __future__ import annotations

import re

import pytest

from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support.inbox import left, path
from tests.support.staff_pages import post, signed_in

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("asked", ["/nowhere", "/office/nowhere", "/phone/nowhere"])
def test_a_browser_that_asks_for_what_is_not_there_gets_a_page_with_a_way_back(app, asked):
    answer = app.test_client().get(asked, headers=BROWSER)
    assert answer.status_code == 404
    assert "<!doctype html>" in answer.text and "To the first page" in answer.text
    home = re.search(r'<a href="([^"]*)">To the first page', answer.text)[1]
    assert home == ("/office" if asked.startswith("/office") else "/")


def test_a_form_that_is_too_big_names_the_size_that_is_taken(app):
    client = signed_in(app, "manager")
    big = "x" * 70_000
    answer = client.post("/office/staff/invite", data={"name": big}, headers=BROWSER)
    assert answer.status_code == 413
    assert "That is too big. Send less than 65 KB." in answer.text
    assert "To the first page" in answer.text


def test_a_fault_of_ours_is_a_page_in_words_also_while_the_database_is_away(app, monkeypatch):
    client = signed_in(app, "manager")

    def broken(*_):
        raise RuntimeError("a fault")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "words.words", broken)
    services_of(app, StoreServices).store.close()
    answer = client.get("/office/words", headers=BROWSER)
    assert answer.status_code == 500
    assert "This is a fault of ours" in answer.text and "To the first page" in answer.text


@pytest.mark.parametrize("asked", ["/voice", "/voice/nowhere", "/sms"])
def test_what_twilio_asks_is_never_answered_with_a_page(app, asked):
    answer = app.test_client().post(asked, headers={"Accept": "*/*"})
    assert answer.status_code == 403 and "<!doctype" not in answer.text


def test_what_failed_is_an_alert_and_never_wears_the_colour_of_success(both):
    first, second = signed_in(both, "adviser", "Ada"), signed_in(both, "adviser", "Bea")
    take = f"{path(left(both))}/take"
    assert post(first, take, "/office/waiting").location.endswith(take.removesuffix("/take"))
    late = second.get(post(second, take, "/office/account").location).text
    assert '<p class="wrong" role="alert">Somebody else has just taken it.</p>' in late
    assert 'class="said"' not in late


def test_the_count_beside_waiting_is_what_waits(both):
    client = signed_in(both, "adviser")
    assert "waiting</span>" not in client.get("/office").text
    left(both)
    shown = client.get("/office/words").text
    assert re.search(r"Waiting <span.*?, </span>1<span", shown)


def test_unpublished_changes_are_named_on_every_page_of_words_and_lead_to_publishing(both):
    editor, viewer = signed_in(both, "editor"), signed_in(both, "viewer")
    staff_pages = services_of(both, StaffServices)
    assert "unpublished" not in editor.get("/office/words").text
    was = staff_pages.line().words("en").topics["complaint"].summary
    staff_pages.drafting.change(
        "en/topics/complaint.yaml", ("summary",), was, "Other words.", "Eve", staff_pages.now()
    )
    for page in ("/office/words", "/office/words/complaint", "/office/draft/hours"):
        assert "1 unpublished change ·" in editor.get(page).text
    assert "Review and publish" in editor.get("/office/phrases").text
    assert "unpublished" not in editor.get("/office").text
    assert "unpublished" not in viewer.get("/office/words").text
