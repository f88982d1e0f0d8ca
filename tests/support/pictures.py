"""``make pictures``: the pages as they look, wide and on a telephone, into docs/pictures.

Owns what is drawn, and how it is made ready as a new user would: by the pages of a demo line on a
Tuesday morning, with its month of made-up callers, two advisers, and one changed sentence.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.proof.hosts import Host
from tests.support.commands import ivr
from tests.support.handset import caption, press, ring, skip_until, telephone
from tests.support.pages import ARGUMENTS, CHROMIUM
from tests.support.paths import ROOT

PICTURES = ROOT / "docs" / "pictures"
WIDE, NARROW = 1280, 375
HIGHEST = {WIDE: 1400, NARROW: 1600}
"""Pixels of a page that are drawn; the rest of a long one is more of the same."""
COLOURS = 256
HEARS = "They have heard about this. Making a complaint."
WORDS = (
    "It is easy. You can complain in writing, and you have to keep a copy of everything that you "
    "send, for it may be needed again."
)
TOPIC = "/office/words/complaint"
STAFF = {
    "today": "/office",
    "waiting": "/office/waiting",
    "callers": "/office/callers",
    "texts": "/office/texts",
    "advisers": "/office/advisers",
    "hours": "/office/draft/hours",
    "words": "/office/words",
    "topic": TOPIC,
    "changes": "/office/draft",
    "staff": "/office/staff",
}
"""Pages of staff that are one address each."""


def draw() -> None:
    """Draw everything anew."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with Host(
            f"sqlite:///{folder}/line.db", processes=0, worker=True, PUBLIC_BASE_URL=""
        ) as line:
            _line(browser, f"http://127.0.0.1:{line.port}")
        _paper(browser, Path(folder))
        browser.close()


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
    _prepare(tabs[WIDE])
    for width, tab in tabs.items():
        for name, address in STAFF.items():
            tab.goto(address)
            _keep(tab, name, width)
        _item(tab, width)
    _flow(tabs[WIDE])


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
    _keep(tab, "phone", width)
    tab.get_by_role("button", name="End", exact=True).click()


def _prepare(tab: Page) -> None:
    """Callers, advisers, and a sentence that is being changed."""
    tab.goto("/")
    tab.get_by_role("button", name="Add a month").click()
    for name, number, wednesday in (
        ("Anna Ash", "020 7946 0155", "09:00-12:00"),
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
    tab.goto(TOPIC)
    short = tab.locator("#summary")
    short.locator("summary", has_text="Change").click()
    short.get_by_role("textbox", name="Words").fill(WORDS)
    expect(short.locator(".check")).to_contain_text("words, at most 20")
    tab.evaluate("document.querySelector('#summary').scrollIntoView()")
    _keep(tab, "editor", WIDE, full=False)
    short.get_by_role("button", name="Keep in the draft").click()


def _item(tab: Page, width: int) -> None:
    """A caller to be rung back, taken."""
    tab.goto("/office/waiting")
    tab.get_by_role("button", name="Take").first.click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Ring back")
    _keep(tab, "ring-back", width)
    tab.get_by_role("button", name="Hand over").click()


def _paper(browser: Browser, folder: Path) -> None:
    """What is made of the line for paper."""
    ivr("check", "--files", "--html", str(folder / "scorecard.html"))
    ivr("script", "--files", "--large-print", "--out", str(folder))
    tab = browser.new_page(viewport={"width": WIDE, "height": 1000})
    for name in ("scorecard", "script"):
        tab.goto(f"file://{folder}/{name}.html")
        if name == "script":
            start = tab.get_by_role("heading", name="The start of a call")
            start.evaluate("it => it.scrollIntoView()")
        _keep(tab, name, WIDE, full=False)


def _flow(tab: Page) -> None:
    """The picture of the calls alone."""
    tab.set_viewport_size({"width": 1640, "height": 900})
    tab.goto("/office/callers")
    tab.locator("main").evaluate("it => { it.style.maxWidth = 'none'; }")
    _save(tab.locator(".picture svg").screenshot(), "flow")


def _keep(tab: Page, name: str, width: int, full: bool = True) -> None:
    """Keep a picture, in few colours, as a small file."""
    tall = tab.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, HIGHEST[width])}
    shot = tab.screenshot(full_page=True, clip=clip) if full else tab.screenshot()
    _save(shot, name if width == WIDE else f"{name}-{width}")


def _save(shot: bytes, name: str) -> None:
    small = (
        Image.open(io.BytesIO(shot))
        .convert("RGB")
        .quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    small.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    draw()
