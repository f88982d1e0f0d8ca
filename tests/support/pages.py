"""The staff pages in a real Chromium: a line that is served, somebody signed in, axe, a narrow screen.

Owns what tests of pages share.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ivr.staff.gate import COOKIE
from tests.support import whole
from tests.support.machine import free_port
from tests.support.staff_pages import signed_in
from tests.support.whole import demo, opened

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and not os.environ.get("CI"),
        reason="Chromium is not installed: apt-get install chromium",
    ),
]
TIME_LIMITS = 60
"""Seconds after which what is waited for does not come any more, however slow the machine."""
expect.set_options(timeout=TIME_LIMITS * 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium; what a test opens in it is closed again."""
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def served(url: str, tmp_path: Path) -> Iterator[tuple[Flask, str]]:
    """The line on a real port, on each kind of database."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = demo(tmp_path, DATABASE_URL=url, PUBLIC_BASE_URL=base)
    with opened(settings) as app, whole.served(app, port):
        yield app, base


@pytest.fixture
def context(browser: Browser, served: tuple[Flask, str]) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=served[1], viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(TIME_LIMITS * 1000)
    yield opened
    opened.close()


def as_somebody(context: BrowserContext, app: Flask, base: str, role: str) -> Page:
    """A page in which somebody with this role is signed in."""
    token = signed_in(app, role, f"{role} of the page").get_cookie(COOKIE, path="/office")
    assert token
    cookie = {"name": COOKIE, "value": token.value, "url": f"{base}/office"}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context.new_page()


def axe_finds_nothing(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page) -> None:
    """No sideways scrolling: 320 CSS pixels are 1280 at 400 %, WCAG 1.4.10."""
    page.set_viewport_size({"width": 320, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{page.url} is {wide} wide"
    page.set_viewport_size({"width": 1280, "height": 900})
