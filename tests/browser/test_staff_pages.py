"""The staff pages in a real browser: by keyboard, large, narrow, and held against axe."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from playwright.sync_api import expect

from ivr.speech.library import HUMAN, prompt_key
from ivr.staff import StaffServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.inbox import WISH, left, message, path
from tests.support.lines import OPEN
from tests.support.pages import as_somebody, axe_finds_nothing, fits, in_a_browser
from tests.support.staff_pages import PASSWORD, invite, joined
from tests.support.traffic import months

pytestmark = in_a_browser


def test_from_an_invitation_to_signed_in_with_the_keyboard_alone(served, context):
    app, _ = served
    _, link = invite(app, "manager", "Ada Ash")
    page = context.new_page()
    page.goto(link)
    axe_finds_nothing(page)
    page.get_by_label("A new password").focus()
    for key in (PASSWORD, "Tab", PASSWORD, "Enter"):
        page.keyboard.press(key) if key in ("Tab", "Enter") else page.keyboard.type(key)
    expect(page.get_by_role("status")).to_have_text("Your password is set. Please sign in with it.")
    axe_finds_nothing(page)
    page.get_by_label("E-mail").focus()
    page.keyboard.type("ada.ash@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")
    page.goto("/office/waiting")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up the second factor")
    square = page.get_by_role("img")
    assert square.evaluate("picture => picture.naturalWidth") > 100
    axe_finds_nothing(page)
    secret = page.locator("code.words").inner_text().replace(" ", "")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Six digits").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    axe_finds_nothing(page)
    page.get_by_role("link", name="I have kept them").click()
    axe_finds_nothing(page)
    page.goto("/office/waiting")
    expect(page.get_by_role("heading", level=1)).to_have_text("What waits")


PAGES = [
    "",
    "/hours/close",
    "/callers",
    "/callers?period=2026-10",
    "/texts",
    "/words",
    "/words/mediation",
    "/words/main",
    "/recordings",
    f"/recordings/en/{prompt_key('en', HUMAN, 'normal', 'Thank you. Goodbye.')}",
    "/draft/test-numbers",
    "/waiting",
    "/waiting?done=1",
    "/staff",
    "/staff/changes",
    "/account",
    "/nothing",
]


def test_axe_finds_nothing_on_any_page_and_each_fits_a_narrow_screen(served, context):
    app, base = served
    joined(app, "viewer", "Vi Oak")
    item = left(app)
    page = as_somebody(context, app, base, "manager")
    page.goto("/office/waiting")
    page.get_by_role("button", name=f"Take {item.reference}").click()
    for address in [*(f"/office{each}" for each in PAGES), path(item)]:
        page.goto(address)
        if address != "/office/nothing":
            axe_finds_nothing(page)
            fits(page)
    page.goto("/office")


def test_on_a_telephone_the_navigation_has_two_rows_and_take_is_on_the_screen(served, context):
    app, base = served
    item = left(app)
    page = as_somebody(context, app, base, "manager")
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/office/waiting")
    assert page.locator("header").bounding_box()["height"] <= 2 * 60
    expect(page.get_by_role("link", name=re.compile("^Waiting"))).to_have_attribute(
        "aria-current", "true"
    )
    box = page.get_by_role("button", name=f"Take {item.reference}").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 375 and box["width"] > 300
    assert box["height"] >= 44 and box["y"] < 800
    axe_finds_nothing(page)


def test_a_page_says_where_it_belongs_and_the_focus_can_be_seen_in_the_header(served, context):
    app, base = served
    page = as_somebody(context, app, base, "manager")
    page.goto("/office/words/mediation")
    top = page.get_by_role("navigation", name="Pages")
    expect(top.get_by_role("link", name="Words")).to_have_attribute("aria-current", "true")
    under = page.get_by_role("navigation", name="Words")
    expect(under.get_by_role("link", name="Topics")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineColor")
    assert ring == "rgb(255, 221, 0)"
    page.locator("summary", has_text="manager of the page").click()
    page.get_by_role("link", name="Log").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who did what")
    page.locator("summary", has_text="manager of the page").click()
    axe_finds_nothing(page)


def test_a_call_back_is_worked_on_from_the_list_to_done(served, context):
    app, base = served
    item = left(app)
    page = as_somebody(context, app, base, "adviser")
    page.goto("/office")
    page.get_by_role("link", name="Waiting", exact=True).click()
    page.get_by_role("button", name=f"Take {item.reference}").click()
    expect(page.get_by_role("link", name="07700 900123")).to_be_visible()
    page.get_by_label("We talked").check()
    page.get_by_label("In a few words").fill("Told her about mediation")
    page.get_by_role("button", name="it is done").click()
    expect(page.get_by_role("status")).to_contain_text("is done")
    expect(page.get_by_text("Nothing waits")).to_be_visible()


def test_a_message_is_played_in_the_page(served, context):
    app, base = served
    announcement = next(
        Path(services_of(app, CallServices).audio_dirs[0]).rglob("*.mp3")
    ).read_bytes()
    item = message(app, announcement)
    page = as_somebody(context, app, base, "adviser")
    page.goto("/office/waiting")
    page.get_by_role("button", name=f"Take {item.reference}").click()
    length = page.locator("audio").evaluate(
        "async (it) => { await it.play(); return it.duration; }"
    )
    assert length > 0
    axe_finds_nothing(page)


SOUND = {"name": "a.wav", "mimeType": "audio/wav"}


def test_a_file_that_is_too_large_or_odd_is_told_where_it_was_chosen(served, context, browser):
    app, base = served
    page = as_somebody(context, app, base, "adviser")
    page.goto("/office")
    page.locator("summary", has_text="Add one").click()
    chosen = page.get_by_label("A sound file to play")
    chosen.set_input_files([SOUND | {"buffer": b"RIFF" * 800_000}])
    assert "larger than 3 MB" in chosen.evaluate("it => it.validationMessage")
    chosen.set_input_files([SOUND | {"buffer": b"RIFF" * 500_000}])
    page.get_by_role("button", name="Put it up").click()
    expect(page.get_by_role("alert")).to_contain_text("no sound that can be played")
    bare = browser.new_context(base_url=base, java_script_enabled=False)
    bare.add_cookies(context.cookies())
    page = bare.new_page()
    page.goto("/office")
    page.locator("summary", has_text="Add one").click()
    page.get_by_label("A sound file to play").set_input_files(
        [SOUND | {"buffer": b"RIFF" * 800_000}]
    )
    page.get_by_role("button", name="Put it up").click()
    expect(page.get_by_role("alert")).to_contain_text("larger than 3 MB")
    bare.close()


def test_a_draft_of_a_megabyte_is_sent_up_and_a_larger_one_refused_beside_it(served, context):
    app, base = served
    page = as_somebody(context, app, base, "editor")
    page.goto("/office/draft/file?file=en/says.yaml")
    whole = page.get_by_label("Its text").input_value()
    file = {"name": "says.yaml", "mimeType": "text/plain"}
    chosen = page.get_by_label("Or a file in its place")
    remarks = f"# a remark of somebody's, {'kept as it stands, ' * 10}\n" * 4_300
    chosen.set_input_files([file | {"buffer": (whole + remarks * 2).encode()}])
    assert "larger than 1 MB" in chosen.evaluate("it => it.validationMessage")
    chosen.set_input_files([file | {"buffer": (whole + "a: *b\n").encode()}])
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("a reference (&, *) is not taken")
    axe_finds_nothing(page)
    page.get_by_label("Or a file in its place").set_input_files(
        [file | {"buffer": (whole + remarks).encode()}]
    )
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("status")).to_contain_text("It is kept in the draft")


def test_without_a_script_everything_still_works(served, browser):
    app, base = served
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = as_somebody(context, app, base, "adviser")
    page.goto("/office")
    page.get_by_role("link", name="Close until midnight").click()
    page.get_by_role("button", name="Close until midnight").click()
    expect(page.get_by_role("status")).to_have_text("The line is closed now, until midnight.")
    page.get_by_role("button", name="Usual hours again").click()
    expect(page.get_by_role("status")).to_have_text("The usual hours hold now.")
    page.locator("summary", has_text="adviser of the page").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_what_callers_do_is_seen_read_and_taken_away(served, context):
    app, base = served
    staff_pages = services_of(app, StaffServices)
    months(
        staff_pages.statistics._store,
        staff_pages.line(),
        300,
        datetime(2026, 11, 1, tzinfo=UTC),
        24,
        OPEN,
    )
    staff_pages.statistics.count(datetime(2026, 11, 24, 12, tzinfo=UTC))
    page = as_somebody(context, app, base, "viewer")
    page.goto("/office/callers")
    expect(page.get_by_text("300 calls")).to_be_visible()
    expect(page.get_by_role("img", name="Where callers went")).to_be_visible()
    axe_finds_nothing(page)
    fits(page)
    for link, start in (
        ("CSV", b"period,"),
        ("as PDF", b"%PDF"),
        ("as a page", b"<!doctype html>"),
    ):
        with page.expect_download() as taken:
            page.get_by_role("link", name=link).click()
        assert taken.value.path().read_bytes().startswith(start)
    page.get_by_role("link", name="9 November").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The week from 9 November 2026")


LARGE_PRINT = "/office/print/script.pdf"
"""That it is a PDF, which takes seconds to set, is in test_staff_printing."""


def test_a_poster_and_the_large_print_are_taken_from_the_page(served, context):
    app, base = served
    page = as_somebody(context, app, base, "viewer")
    page.goto("/office/print")
    axe_finds_nothing(page)
    fits(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Poster as PDF").click()
    assert taken.value.path().read_bytes().startswith(b"%PDF")
    large = page.get_by_role("link", name="Large print as PDF")
    expect(large).to_have_attribute("href", LARGE_PRINT)


SCROLLED = """() => [document.documentElement, ...document.querySelectorAll("main *")]
  .filter(it => it.scrollWidth > it.clientWidth && it.clientWidth && !it.closest(".picture, .away, input")
    && (it === document.documentElement || getComputedStyle(it).overflowX !== "visible"))
  .map(it => `${it.tagName} ${it.className}`)"""
FILLED = """() => [...document.querySelectorAll("main button, main .button")]
  .filter(it => it.checkVisibility() && getComputedStyle(it).backgroundColor === "rgb(17, 105, 58)")
  .map(it => it.innerText)"""
EDITED = ("draft", "draft/hours", "draft/contacts", "phrases", "editions", "print", "advisers")


def test_on_a_telephone_nothing_scrolls_sideways_and_one_button_a_page_stands_out(served, context):
    app, base = served
    joined(app, "viewer", "Vi Oak")
    for call, number in (("CA1", "+447700900123"), ("CA2", "+447700900124")):
        left(app, replace(WISH, number=number), call)
    page = as_somebody(context, app, base, "manager")
    page.set_viewport_size({"width": 375, "height": 800})
    for address in (*(f"/office{each}" for each in PAGES), *(f"/office/{each}" for each in EDITED)):
        page.goto(address)
        assert page.evaluate(SCROLLED) == [], address
        filled = page.evaluate(FILLED)
        assert len(filled) <= 1, (address, filled)


def test_a_sentence_is_heard_by_a_button_and_one_at_a_time(served, context, browser):
    app, base = served
    page = as_somebody(context, app, base, "viewer")
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/office/words/complaint")
    hear = page.get_by_role("button", name="Hear: In short")
    slower = page.get_by_role("button", name="Slower: In short")
    assert min(each.bounding_box()["height"] for each in (hear, slower)) >= 44
    hear.click()
    expect(hear).to_have_text("■ Stop")
    slower.click()
    expect(slower).to_have_text("■ Stop")
    playing = "[...document.querySelectorAll('audio')].filter(each => !each.paused).length"
    assert page.evaluate(playing) == 1
    expect(hear).to_have_text("▶ Hear")
    slower.click()
    expect(slower).to_have_text("▶ Slower")
    assert page.evaluate(playing) == 0
    axe_finds_nothing(page)
    bare = browser.new_context(base_url=base, java_script_enabled=False)
    bare.add_cookies(context.cookies())
    page = bare.new_page()
    page.goto("/office/words/complaint")
    expect(page.get_by_label("In short, usual speed")).to_be_visible()
    bare.close()
