"""The phone in a page, as tests use it: ring, press, let time pass, and read what is said."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.support.pages import TIME_LIMITS

FIRST, SECOND = "+442079460200", "+442079460201"
"""The advisers' telephones, in the order in which they ring."""
JUST_PRESSED = "#captions > .key:last-child"


def ring(page: Page, phone: str = "mobile") -> None:
    """Ring the advice line from a telephone of this kind."""
    unfold(page)
    page.locator(f'input[value="{phone}"]').check()
    page.get_by_role("button", name="Ring", exact=True).click()
    caption(page, "Special needs advice")


def unfold(page: Page) -> None:
    """Show which line is rung, and from which telephone."""
    if page.locator("details.choice:not([open])").count():
        page.locator("#chosen").click()


def caption(page: Page, words: str) -> None:
    """These words are said, or have been."""
    expect(page.locator("#captions")).to_contain_text(words)


def press(page: Page, *keys: str) -> None:
    """Press keys as a hurried caller does: each as soon as the answer to the last one begins.

    The line takes one key twice within half a second for one press (R16). An answer begins with a
    pause that is longer, and that is skipped here: in the call it has passed all the same.
    """
    pressed, before = page.locator("#captions > .key"), ""
    for key in keys:
        if key == before:
            answered(page)
        count = pressed.count()
        page.locator(f'[data-key="{key}"]').click()
        expect(pressed).to_have_count(count + 1)
        expect(pressed.last).to_have_text(f"You pressed {key}")
        page.keyboard.press("ArrowRight")
        before = key


def answered(page: Page) -> None:
    """The line has begun to say something since the last key."""
    expect(page.locator(JUST_PRESSED)).to_have_count(0)


def skip_until(page: Page, true: Callable[[], bool], what: str) -> None:
    """Skip what is said, and shorten the ringing, until this is so."""
    deadline = time.monotonic() + TIME_LIMITS
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {TIME_LIMITS} seconds"
        page.keyboard.press("ArrowRight")


def skip_to(page: Page, words: str) -> None:
    """Skip until these words are said."""
    said = page.locator("#captions")
    skip_until(page, lambda: words in said.inner_text(), words)


def telephone(page: Page, number: str = FIRST) -> Locator:
    """An adviser's telephone, as the page shows it."""
    return page.locator(f'.telephone[data-number="{number}"]')


def adviser(page: Page, does: str, number: str = FIRST) -> None:
    """Do something at an adviser's telephone, once it can be done; the caller skips until then."""
    button = telephone(page, number).locator(f'[data-adviser="{does}"]')
    skip_until(page, button.is_visible, f"{does} at {number}")
    button.click()
