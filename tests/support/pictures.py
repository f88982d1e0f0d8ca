"""``make pictures``: the pages as they look, wide and on a telephone, into docs/pictures.

Owns what is drawn and how it is made ready, as a new user would: a demo line on a Tuesday morning
with its month of made-up callers, two advisers, and one changed sentence.
"""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ivr.simulator import samples
from ivr.staff import StaffServices
from ivr.store.services import StoreServices
from ivr.webhooks.extension import services_of
from tests.support.commands import ivr
from tests.support.handset import caption, press, ring, skip_until, telephone
from tests.support.machine import free_port
from tests.support.pages import ARGUMENTS, CHROMIUM
from tests.support.paths import ROOT
from tests.support.whole import demo, opened, served

PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = 1280, 375
HIGHEST = {WIDE: 1400, NARROW: 1600}
"""Pixels of a page that are drawn; the rest of a long one is more of the same."""
COLOURS = 64
CHANGED = ("en/topics/complaint.yaml", ("summary",))
WORDS = "It is easy. You can complain in writing. Keep a copy of what you send."
HEARS = "They have heard about this. Making a complaint."
TOPIC = "/office/words/complaint"
STAFF = {
    "today": "/office",
    "waiting": "/office/waiting",
    "callers": "/office/callers",
    "texts": "/office/texts",
    "advisers": "/office/advisers",
    "adviser": "/office/advisers/new",
    "words": "/office/words",
    "topic": TOPIC,
    "changes": "/office/draft",
    "history": "/office/editions",
    "hours": "/office/draft/hours",
    "contacts": "/office/draft/contacts",
    "phrases": "/office/phrases",
    "print": "/office/print",
    "staff": "/office/staff",
    "account": "/office/account",
}
"""Pages of staff that are one address."""


def draw() -> None:
    """Draw everything anew."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        port = free_port()
        settings = demo(Path(folder), PUBLIC_BASE_URL=f"http://127.0.0.1:{port}")
        with opened(settings) as app, served(app, port):
            _prepare(app)
            _line(browser, settings.base_url)
        _paper(browser, Path(folder))
        browser.close()


def _prepare(app: Flask) -> None:
    """A month of callers, and a sentence that an editor has changed."""
    staff = services_of(app, StaffServices)
    samples.add(services_of(app, StoreServices), staff.line(), datetime.now(UTC))
    was = staff.line().words("en").topics["complaint"].summary
    staff.drafting.change(*CHANGED, was, WORDS, "Eve Elm", staff.now())


def _line(browser: Browser, base: str) -> None:
    """Every page of the running line, at both widths."""
    tabs = {
        width: browser.new_page(base_url=base, viewport={"width": width, "height": 900})
        for width in HIGHEST
    }
    for width, tab in tabs.items():
        tab.goto("/")
        _keep(tab, "start", width)
        _phone(tab, width)
        tab.goto("/office")
        tab.get_by_role("button", name="Sign in as a made-up manager").click()
    _enter_advisers(tabs[WIDE])
    for width, tab in tabs.items():
        for name, address in STAFF.items():
            tab.goto(address)
            _keep(tab, name, width)
        _editor(tab, width)
        _item(tab, width)


def _phone(tab: Page, width: int) -> None:
    """A call in which an adviser hears who rings."""
    tab.goto("/phone")
    ring(tab)
    press(tab, "2")
    caption(tab, "Making a complaint.")
    press(tab, "0")
    caption(tab, "Shall I tell the adviser what you have heard here?")
    press(tab, "1")
    skip_until(tab, telephone(tab).is_visible, "an adviser's telephone rings")
    telephone(tab).get_by_role("button").first.click()
    skip_until(tab, lambda: HEARS in telephone(tab).inner_text(), HEARS)
    tab.evaluate("scrollTo(0, 0)")
    _keep(tab, "phone", width, full=False)


def _enter_advisers(tab: Page) -> None:
    for name, number, wednesday in (
        ("Anna Ash", "020 7946 0155", "09:00-17:00"),
        ("Ben Birch", "07700 900166", ""),
    ):
        tab.goto("/office/advisers/new")
        tab.get_by_label("Name").fill(name)
        tab.get_by_label("Telephone number").fill(number)
        tab.get_by_label("At these times").check()
        for day in ("Monday", "Tuesday", "Thursday", "Friday"):
            tab.get_by_label(day).fill("09:00-17:00")
        tab.get_by_label("Wednesday").fill(wednesday)
        tab.get_by_role("button", name="Add", exact=True).click()


def _editor(tab: Page, width: int) -> None:
    """A sentence of a topic that is being changed."""
    tab.goto(TOPIC)
    short = tab.locator("#summary")
    short.locator("summary", has_text="Change").click()
    short.scroll_into_view_if_needed()
    tab.evaluate("document.querySelector('#summary').scrollIntoView()")
    _keep(tab, "editor", width, full=False)


def _item(tab: Page, width: int) -> None:
    """A caller to be rung back, taken."""
    tab.goto("/office/waiting")
    tab.get_by_role("button", name="Take").first.click()
    _keep(tab, "ring-back", width)
    tab.get_by_role("button", name="Hand over").click()


def _paper(browser: Browser, folder: Path) -> None:
    """What is made of the line for paper, and the picture of the calls."""
    ivr("check", "--files", "--html", str(folder / "scorecard.html"))
    ivr("script", "--files", "--large-print", "--out", str(folder))
    tab = browser.new_page(viewport={"width": WIDE, "height": 1000})
    for name in ("scorecard", "script"):
        tab.goto(f"file://{folder}/{name}.html")
        _keep(tab, name, WIDE, full=False)
    tab.close()


def _keep(tab: Page, name: str, width: int, full: bool = True) -> None:
    """Keep a picture, in few colours, as a small file."""
    tall = tab.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, HIGHEST[width])}
    shot = tab.screenshot(full_page=True, clip=clip) if full else tab.screenshot()
    small = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{name}{'' if width == WIDE else '-375'}.png", optimize=True)


if __name__ == "__main__":
    draw()
