"""Advisers on a page: entered, changed, in order, and rung by the line at once; who is on, and gaps."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from ivr.config import read
from ivr.health.doctor import inside
from ivr.line.roster import Person, Roster
from ivr.services import Services
from ivr.simulator import calls, golden_calls
from ivr.simulator.events import Bridged, Dialling
from ivr.simulator.people import Advisers, Decided, Scripted
from ivr.staff import StaffServices
from ivr.staff.adviser_form import AdviserForm
from ivr.store import advisers as kept_advisers
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.inbox import everything
from tests.support.machine import free_port, until
from tests.support.staff_pages import post, signed_in
from tests.support.whole import REAL, TEN, demo, opened, served, settings_of

PAGE, NEW = "/office/advisers", "/office/advisers/new"
ANNA = {"name": "Anna Ash", "number": "020 7946 0155", "when": "open"}
BEN = {"name": "Ben Birch", "number": "+442079460166", "when": "open"}
ANNAS, BENS = "+442079460155", "+442079460166"
FIRST, SECOND = "+442079460200", "+442079460201"


@pytest.fixture
def manager(app):
    return signed_in(app, "manager")


def enter(client, **form: str):
    return post(client, NEW, NEW, **form)


def text_of(page) -> str:
    """What somebody reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2])).split())


def own(client, name: str) -> str:
    """The page of somebody, by the link on the list."""
    links = re.findall(r'href="(/office/advisers/\w+)" class="button quiet">Change<[^>]+> ([^<]+)<', client.get(PAGE).text)  # fmt: skip
    return {unescape(who): link for link, who in links}[name]


def rung(app, does: str = "busy") -> list[str]:
    """The telephones that ring when a caller asks for a person."""
    services_of(app, Services).live_copy.look()
    settings = services_of(app, StoreServices).settings
    call = golden_calls.trunk_to(app, settings).ring(
        Scripted(["0", "-"]), Decided(does), "+447700900123"
    )
    return [event.number for event in call.events if isinstance(event, Dialling)]


# --- who is rung ------------------------------------------------------------------------------


def test_before_anybody_is_entered_the_file_and_the_settings_say_who_is_rung(app, manager):
    assert "ring first, second" in text_of(manager.get(PAGE))
    assert rung(app) == [FIRST, SECOND]


def test_whoever_is_entered_is_rung_from_then_on_and_nobody_of_the_file(both):
    manager = signed_in(both, "manager")
    assert enter(manager, **ANNA).location == PAGE
    enter(manager, **BEN)
    page = text_of(manager.get(PAGE))
    assert "Anna Ash …0155 · Rings first" in page and "Ben Birch …0166 · Rings second" in page
    assert "On now: Anna Ash, Ben Birch." in page
    assert rung(both) == [ANNAS, BENS]
    call_taken = Advisers({ANNAS: "busy", BENS: "answer"})
    settings = services_of(both, StoreServices).settings
    call = golden_calls.trunk_to(both, settings).ring(Scripted(["0", "-"]), call_taken, "")
    assert [each.number for each in call.events if isinstance(each, Bridged)] == [BENS]


def test_who_shall_ring_sooner_does_and_all_can_ring_at_once(app, manager):
    for each in (ANNA, BEN):
        enter(manager, **each)
    post(manager, f"{own(manager, 'Ben Birch')}/sooner", PAGE)
    assert rung(app) == [BENS, ANNAS]
    post(manager, f"{PAGE}/ring", PAGE, ring="together")
    together = golden_calls.trunk_to(app, services_of(app, StoreServices).settings)
    services_of(app, Services).live_copy.look()
    call = together.ring(Scripted(["0", "-"]), Decided("busy"), "")
    assert len({event.at for event in call.events if isinstance(event, Dialling)}) == 1
    assert "Rings with the others" in text_of(manager.get(PAGE))


def test_outside_their_own_hours_nobody_rings_them(app, manager):
    enter(manager, **ANNA | {"when": "own", "tuesday": "9:00 to 09.45, 11:00-17:00"})
    enter(manager, **BEN | {"when": "own", "tuesday": "09:00-12:00"})
    assert rung(app) == [BENS]


def test_a_changed_number_is_rung_and_the_old_one_never_again(app, manager):
    enter(manager, **ANNA)
    page = own(manager, "Anna Ash")
    post(manager, page, page, **ANNA | seen(manager, page) | {"number": "07700 900777"})
    assert rung(app) == ["+447700900777"]


def test_who_is_taken_away_is_asked_for_first_then_deleted_and_the_file_counts_again(app, manager):
    enter(manager, **ANNA)
    page = own(manager, "Anna Ash")
    asks = manager.get(f"{page}/remove")
    assert "This is the last adviser" in text_of(asks) and rung(app) == [ANNAS]
    post(manager, f"{page}/remove", f"{page}/remove")
    assert rung(app) == [FIRST, SECOND]
    assert "Anna" not in text_of(manager.get(PAGE)).replace("Anna Ash is taken away", "")
    assert manager.get(page).status_code == 404


def test_those_of_the_file_can_be_taken_over_and_ring_as_before(app, manager):
    post(manager, f"{PAGE}/take-over", PAGE)
    assert "first …0200 · Rings first" in text_of(manager.get(PAGE))
    assert rung(app) == [FIRST, SECOND]
    post(manager, f"{PAGE}/take-over", PAGE)
    assert len(services_of(app, StaffServices).advisers.roster().people) == 2


def test_the_last_copy_is_rung_while_the_database_is_away(app, manager, settings):
    enter(manager, **ANNA)
    services_of(app, Services).live_copy.look()
    kept = services_of(app, StoreServices)
    file = kept.store.file
    moved = file.rename(file.with_name("away"))
    assert rung(app) == [ANNAS]
    moved.rename(file)


# --- the form ---------------------------------------------------------------------------------

WRONG = {
    "no name": ({"name": " "}, "name", "Give a name."),
    "no number": ({"number": ""}, "number", "Write a UK number"),
    "a premium number": ({"number": "09012345678"}, "number", "Write a UK number"),
    "abroad": ({"number": "+12025550123"}, "number", "Write a UK number"),
    "Jersey": ({"number": "07797 712345"}, "number", "Jersey"),
    "the line's own": ({"number": "020 7946 0100"}, "number", "the line's own number"),
    "another's": ({"number": "0044 20 7946 0166"}, "number", "Ben Birch has this number"),
    "no address": ({"email": "anna at example"}, "email", "Write an e-mail address"),
    "no times": ({"when": "own"}, "when", "Write at least one time"),
    "odd times": ({"when": "own", "monday": "nine to five"}, "monday", "Monday: write times like 09:00-17:00"),
    "times over times": ({"when": "own", "friday": "09:00-12:00, 11:00-13:00"}, "friday", "Friday: write times like"),
    "backwards": ({"when": "own", "sunday": "17:00-09:00"}, "sunday", "the earlier one first"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "field", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(app, manager, given, field, says):  # fmt: skip
    enter(manager, **BEN)
    page = enter(manager, **ANNA | {"languages": "English, Polish"} | given)
    assert page.status_code == 422
    text = unescape(page.text)
    (at_field,) = re.findall(rf'<p class="wrong" id="{field}-error">([^<]+)', text)
    assert says in at_field
    named = f'href="#{field}-0"' if field == "when" else f'href="#{field}"'
    assert named in text and "There is a problem" in text
    if field != "when":
        (box,) = re.findall(rf'<input[^>]* id="{field}"[^>]*>', text)
        assert 'aria-invalid="true"' in box and f"{field}-error" in box
    assert 'value="English, Polish"' in text
    for value in given.values():
        assert value.strip() in text
    assert len(services_of(app, StaffServices).advisers.roster().people) == 1


def test_a_number_for_examples_is_refused_where_callers_are_real(opens, tmp_path):
    given = settings_of(tmp_path) | REAL
    given.pop("LINE_CLOCK")
    app = opens(read(given))
    with app.test_request_context(
        NEW, base_url="https://line.example.org", method="POST", data=ANNA
    ):
        form = AdviserForm(services_of(app, StaffServices).settings, Roster())
        form.validate()
        assert "for examples only" in form.number.errors[0]


def seen(client, page: str) -> dict[str, str]:
    (found,) = re.findall(r'name="seen"[^>]* value="([^"]*)"', client.get(page).text)
    return {"seen": unescape(found)}


def test_of_two_who_change_the_same_the_second_is_told_and_overwrites_nothing(app, manager):
    enter(manager, **ANNA)
    page = own(manager, "Anna Ash")
    before = seen(manager, page)
    assert post(manager, page, page, **ANNA | before | {"languages": "Welsh"}).status_code == 302
    late = post(manager, page, page, **ANNA | before | {"languages": "Somali"})
    assert late.status_code == 422 and "Somebody else has changed Anna Ash" in text_of(late)
    assert "Anna Ash …0155 · Welsh" in text_of(manager.get(PAGE))


def test_no_more_are_taken_than_can_ring_at_once(app, manager):
    for n in range(10):
        enter(manager, name=f"A{n}", number=f"+4420794602{n:02}", when="open")
    full = enter(manager, **ANNA)
    assert full.status_code == 422 and "There are 10 advisers" in text_of(full)
    assert len(services_of(app, StaffServices).advisers.roster().people) == 10


# --- who is on --------------------------------------------------------------------------------


def test_a_gap_is_marked_before_it_comes(app, manager):
    enter(manager, **ANNA | {"when": "own"} | dict.fromkeys(("monday", "tuesday", "thursday", "friday"), "09:00-17:00"))  # fmt: skip
    enter(manager, **BEN | {"when": "own", "wednesday": "09:00-12:00, 12:30-17:00"})
    page = text_of(manager.get(PAGE))
    assert "Nobody is on at 2 times when the line is to be open." in page
    assert "First: Wednesday 25 November, 12:00–12:30." in page
    this, _, following = page.partition("Next week")
    assert "Wed 25 Nov 09:00–12:00 Ben Birch 12:00–12:30 Gap: nobody is on 12:30–17:00 Ben Birch" in this  # fmt: skip
    assert "Thu 3 Dec 09:00–17:00 Anna Ash" in following and "Sun 6 Dec Closed" in following
    assert "Mon 23 Nov 09:00–17:00 Anna Ash" in this and following.count("Gap") == 1


def test_with_no_gap_it_says_so_and_today_names_who_is_on(app, manager):
    enter(manager, **ANNA)
    assert "Somebody is on whenever the line is open" in text_of(manager.get(PAGE))
    assert "On duty: Anna Ash." in text_of(manager.get("/office"))


def test_in_the_evening_nobody_is_on_and_it_is_said_from_when(opens, settings):
    app = opens(settings.model_copy(update={"line_clock": TEN.replace(hour=20)}))
    manager = signed_in(app, "manager")
    enter(manager, **ANNA)
    page = text_of(manager.get(PAGE))
    assert "Nobody is on now. Callers can be put through from Wed 25 Nov 2026, 09:00." in page
    assert "Nobody is on duty now." in text_of(manager.get("/office"))


def test_everybody_of_staff_sees_who_is_on_and_only_a_manager_numbers_and_forms(app, manager):
    enter(manager, **ANNA)
    viewer = signed_in(app, "viewer")
    page = viewer.get(PAGE)
    assert "Anna Ash" in text_of(page) and "0155" not in page.text and "<form" not in page.text.partition("<main")[2]  # fmt: skip
    assert viewer.get(NEW).status_code == 403


def test_the_commands_and_the_doctor_go_by_the_same_people(both, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", services_of(both, StoreServices).settings.database)
    enter(signed_in(both, "manager"), **ANNA | {"when": "own", "tuesday": "09:00-12:00, 12:20-17:00"})  # fmt: skip
    said = ivr("hours", "--week", "2026-11-24").output
    assert "Tuesday 24 November 2026, 12:00 to 12:20: the line is open and no adviser" in said
    assert f">{ANNAS}</Number>" in ivr("fallback").output
    checkup = replace(services_of(both, Services).checkup(), now=TEN)
    (rota,) = [each for each in inside.people(checkup) if each.name == "rota"]
    assert "5 times" in rota.says and "Tuesday 24 November, 12:00 to 12:20" in rota.says


# --- what is kept -----------------------------------------------------------------------------


def test_a_person_is_sealed_in_the_database_and_who_did_it_is_written_down(both):
    manager = signed_in(both, "manager")
    enter(manager, **ANNA | {"email": "anna@private.example", "languages": "Polish"})
    rung(both, "answer")
    dump = everything(services_of(both, StoreServices).store)
    for secret in ("Anna Ash", "7946 0155", "79460155", "private.example", "Polish"):
        assert secret not in dump
    assert "entered an adviser" in text_of(manager.get("/office/staff/changes"))


def test_who_was_sealed_with_a_key_that_is_gone_is_said_and_the_file_counts(settings, opens):
    enter(signed_in(opens(settings), "manager"), **ANNA)
    other = settings.model_copy(
        update={"secret_key": type(settings.secret_key)("another secret that is long enough"),
                "reference_key": settings.secret_key}
    )  # fmt: skip
    app = opens(other)
    other_manager = signed_in(app, "manager", "Other")
    page = text_of(other_manager.get(PAGE))
    assert "1 of the advisers cannot be read" in page
    assert rung(app) == [FIRST, SECOND]
    post(other_manager, f"{PAGE}/unread", PAGE)
    assert "cannot be read" not in text_of(other_manager.get(PAGE))


def test_a_new_secret_seals_who_is_there_so_that_the_old_one_can_go(store):
    def advisers(*secrets: str) -> kept_advisers.Advisers:
        return kept_advisers.Advisers(store, secrets, {})

    advisers("old").add(Person("Anna Ash", ANNAS))
    advisers("new", "old").seal_anew()
    assert [each.number for each in advisers("new").roster().people] == [ANNAS]
    assert advisers("old").roster().unread == 1


# --- the test ring ----------------------------------------------------------------------------


@pytest.fixture
def on_a_port(tmp_path):
    """A line whose simulator answers its own requests."""
    port = free_port()
    with opened(demo(tmp_path, PORT=str(port))) as app, served(app, port):
        yield app


def looked(client, page: str, words: str) -> str:
    """What the page of a test ring says once these words stand there."""
    until(lambda: words in text_of(client.get(page)), words)
    return text_of(client.get(page))


def test_a_test_ring_is_followed_to_its_end(on_a_port, monkeypatch):
    monkeypatch.setattr(calls, "RINGS", 0.1)
    monkeypatch.setattr(calls, "LASTS", 0.2)
    manager = signed_in(on_a_port, "manager")
    enter(manager, **ANNA)
    enter(manager, **BEN | {"number": "020 7946 0199"})
    begun = post(manager, f"{own(manager, 'Anna Ash')}/test", PAGE)
    said = looked(manager, begun.location, "was picked up. Ask whether they heard it")
    assert "Your telephone works." in said and "Ring again Anna Ash" in said
    off = post(manager, f"{own(manager, 'Ben Birch')}/test", PAGE)
    looked(manager, off.location, "Ben Birch did not pick up.")
    assert "rang the adviser Anna Ash for a test" in text_of(manager.get("/office/staff/changes"))
    gone = f"{own(manager, 'Anna Ash')}/test/CA{'0' * 32}"
    assert "Twilio did not say" in text_of(manager.get(gone))
    assert manager.get(gone + "x").status_code == 404


def test_a_sixth_test_ring_within_an_hour_is_refused_in_words(on_a_port):
    manager = signed_in(on_a_port, "manager")
    for each in (ANNA, BEN):
        enter(manager, **each)
    page = own(manager, "Anna Ash")
    for _ in range(5):
        assert "/test/CA" in post(manager, f"{page}/test", PAGE).location
    assert post(manager, f"{page}/test", PAGE).location == page
    assert "Anna Ash was rung five times for a test within the last hour." in text_of(
        manager.get(page)
    )
    assert "/test/CA" in post(manager, f"{own(manager, 'Ben Birch')}/test", PAGE).location


def test_where_twilio_cannot_be_asked_it_is_said_and_nobody_is_rung(settings, opens):
    manager = signed_in(opens(settings.model_copy(update={"port": free_port()})), "manager")
    enter(manager, **ANNA)
    page = own(manager, "Anna Ash")
    back = post(manager, f"{page}/test", PAGE)
    assert back.location == page
    assert "Anna Ash could not be rung: Twilio says connect." in text_of(manager.get(page))
