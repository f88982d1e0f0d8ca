"""Changing what callers hear, in a real browser: as a new editor would, from invitation to phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from ivr.jobs.services import publish_job
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.handset import press, ring, skip_to
from tests.support.pages import as_somebody, axe_finds_nothing, fits, in_a_browser
from tests.support.staff_pages import PASSWORD, invite

pytestmark = in_a_browser
NEW = "You can complain in writing. Keep a copy. Ask for an answer by a day that you name."
CHECKED = 240
"""Seconds that asking every rule of everything takes at most, on however busy a machine."""
VALUE = "/office/draft/value?file=en/topics/complaint.yaml&at=summary"


@contextmanager
def worker(app: Flask) -> Iterator[None]:
    """Publishes what is handed in, as the worker does, a moment later."""
    staff_pages, done = services_of(app, StaffServices), threading.Event()
    job = publish_job(services_of(app, StoreServices), staff_pages.folders)

    def work() -> None:
        while not done.wait(0.05):
            for row, _ in job.due(staff_pages.now(), 5):
                job.attempt(row)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    done.set()
    thread.join()


@pytest.mark.timeout(600)
def test_from_an_invitation_to_a_changed_sentence_heard_on_the_phone_page(served, context):
    app, _ = served
    email, link = invite(app, "editor", "Eve Elm")
    page = context.new_page()
    page.set_default_timeout(CHECKED * 1000)
    page.goto(link)
    page.get_by_label("A new password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Words", exact=True).click()
    page.get_by_role("link", name="making a complaint").click()
    short = page.locator("#summary")
    short.locator("summary", has_text="Change").click()
    words = short.get_by_role("textbox", name="Words")
    words.fill("It is easy.")
    expect(short.locator(".check")).to_contain_text("Says “easy”")
    words.fill(NEW)
    expect(short.locator(".check")).to_contain_text("Nothing speaks against these words")
    short.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("status")).to_contain_text("kept in the draft")
    expect(short).to_contain_text("Changed, not published")
    page.get_by_role("navigation", name="Words").get_by_role("link", name="Changes").click()
    page.get_by_role("button", name="Check everything").click()
    expect(page.get_by_text("Nothing stands in the way of publishing.")).to_be_visible()
    page.get_by_role("button", name="Ring the draft").click()
    expect(page.get_by_text("You ring the draft")).to_be_visible()
    hear(page, NEW)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("What is changed").fill("Says to keep a copy")
    with worker(app):
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("It is published.")).to_be_visible(timeout=CHECKED * 1000)
    axe_finds_nothing(page)
    services_of(app, CallServices).content_store.look()
    page.goto("/phone")
    hear(page, NEW)


def hear(page: Page, words: str) -> None:
    """Ring for the advice on complaints, and hear these words in its short version."""
    ring(page)
    press(page, "2")
    skip_to(page, words)
    page.get_by_role("button", name="End", exact=True).click()


TRAVEL = {
    "Its name": "getting to school",
    "Its choice": "ask about buses and taxis",
    "The name of the new menu": "complaints and travel",
    "The choice of the new menu": "complain or ask about travel",
    "Part 1": "The council may have to take your child to school. You do not have to pay for it.",
    "In short": "The council may have to take your child to school. Write and ask for it.",
    "The text message": "Advice line, about your call: the council may have to take your child to "
    "school. Write and ask for it.",
    "A word that people can text": "travel",
    "Sources": "Education Act 1996, section 508B",
    "The day it was read": "2026-11-20",
    "Who sees that it is read again": "the service manager",
}


@pytest.mark.timeout(600)
def test_a_new_topic_by_form_is_put_first_and_reached_on_the_phone_page(served, context):
    app, base = served
    page = as_somebody(context, app, base, "editor")
    page.set_default_timeout(CHECKED * 1000)
    page.goto("/office/words")
    page.get_by_role("link", name="New topic").click()
    expect(page.get_by_text("Every menu is full: make a new one")).to_be_visible()
    page.get_by_role("button", name="Keep in the draft").click()
    page.get_by_role("link", name="Give a name.").click()
    expect(page.get_by_label("Its name")).to_be_focused()
    axe_finds_nothing(page)
    fits(page)
    for label, words in TRAVEL.items():
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("heading", name="Getting to school")).to_be_visible()
    axe_finds_nothing(page)
    page.get_by_role("link", name="complaints and travel").click()
    page.get_by_role("link", name="Order, add or take out choices").click()
    page.get_by_role("button", name="Up : To ask about buses and taxis").click()
    expect(page.get_by_role("listitem").filter(has_text="buses")).to_contain_text("press 1.")
    axe_finds_nothing(page)
    fits(page)
    page.get_by_role("link", name="Review and publish").click()
    page.get_by_role("button", name="Check everything").click()
    expect(page.get_by_text("Nothing stands in the way of publishing.")).to_be_visible()
    page.get_by_role("button", name="Ring the draft").click()
    expect(page.get_by_text("You ring the draft")).to_be_visible()
    ring(page)
    press(page, "2")
    press(page, "1")
    skip_to(page, "The council may have to take your child to school.")


PAGES = (
    *("", "/value?file=en/topics/complaint.yaml&at=summary", "/hours", "/contacts"),
    *("/file?file=line.yaml", "/value?file=en/topics/complaint.yaml&at=reviewed", "/throw-away"),
)
OTHERS = ("/office/phrases", "/office/editions", "/office/words/complaint", "/office/words/letter")


def test_axe_finds_nothing_on_the_editor_pages_and_each_fits_a_narrow_screen(served, context):
    app, base = served
    staff_pages = services_of(app, StaffServices)
    page = as_somebody(context, app, base, "editor")
    was = staff_pages.line().words("en").topics["complaint"].summary
    staff_pages.drafting.change(
        "en/topics/complaint.yaml", ("summary",), was, NEW, "Eve", staff_pages.now()
    )
    for address in (*(f"/office/draft{each}" for each in PAGES), *OTHERS):
        page.goto(address)
        axe_finds_nothing(page)
        fits(page)


def test_hours_and_closures_are_kept_by_keyboard(served, context):
    app, base = served
    page = as_somebody(context, app, base, "editor")
    page.goto("/office/draft/hours")
    page.get_by_label("Friday").fill("nine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Friday: write times like 09:00-17:00")
    expect(page.get_by_label("Friday")).to_have_value("nine")
    page.get_by_label("Friday").fill("9:00 to 13:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("kept in the draft")
    expect(page.get_by_label("Friday")).to_have_value("09:00-13:00")
    page.get_by_label("First day").fill("2026-12-24")
    page.get_by_label("Why").fill("the office is shut")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="24 December 2026")).to_contain_text("closed")
    axe_finds_nothing(page)


def test_two_editors_see_both_words(served, context, browser):
    app, base = served
    page = as_somebody(context, app, base, "editor")
    page.goto(VALUE)
    staff_pages = services_of(app, StaffServices)
    was = staff_pages.line().words("en").topics["complaint"].summary
    staff_pages.drafting.change(
        "en/topics/complaint.yaml", ("summary",), was, "Theirs.", "Bea", staff_pages.now()
    )
    page.get_by_role("textbox", name="Words").fill(NEW)
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Bea has changed this meanwhile")
    expect(page.get_by_role("region", name="What stands there now")).to_contain_text("Theirs.")
    expect(page.get_by_role("textbox", name="Words")).to_have_value(NEW)
    axe_finds_nothing(page)
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("status")).to_contain_text("kept in the draft")


def test_words_are_checked_and_kept_without_a_script(served, browser):
    app, base = served
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = as_somebody(context, app, base, "editor")
    page.goto(VALUE)
    page.get_by_role("textbox", name="Words").fill("It is easy.")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".check")).to_contain_text("Says “easy”")
    page.get_by_role("textbox", name="Words").fill(NEW)
    page.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("status")).to_contain_text("kept in the draft")
    context.close()
