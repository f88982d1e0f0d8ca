"""The phone in a page, in a real browser: ring, press, hear, read the text, be put through."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

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
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and not os.environ.get("CI"),
        reason="Chromium is not installed: apt-get install chromium",
    ),
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole line by `ivr serve`, worker and all, on a Tuesday morning."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("line")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/line.db",
        "LINE_CLOCK": "2026-11-24T10:00",
    }
    command = [sys.executable, "-m", "ivr", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment)
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            requests.get(f"{address}/healthz", timeout=1)
            break
        except requests.RequestException:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(30)


@pytest.fixture
def page(line: str) -> Iterator[Page]:
    """The page, with every error in it counted."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on(
            "console", lambda said: errors.append(said.text) if said.type == "error" else None
        )
        opened.goto(f"{line}/phone")
        yield opened
        assert errors == []
        browser.close()


def caption(page: Page, words: str, timeout: float = 15_000) -> None:
    expect(page.locator("#captions")).to_contain_text(words, timeout=timeout)


def press(page: Page, *keys: str) -> None:
    """Press keys as a hurried caller does: as soon as each thing begins."""
    for key in keys:
        page.locator(f'[data-key="{key}"]').click()
        caption(page, f"You pressed {key}")
        page.wait_for_timeout(500)


def ring(page: Page, phone: str = "mobile") -> None:
    page.locator(f'input[value="{phone}"]').check()
    page.locator("#ring").click()
    caption(page, "Special needs advice")


def test_a_call_is_heard_in_recordings_and_read_in_captions(page):
    ring(page)
    playing = "() => !document.querySelector('#sound').paused && document.querySelector('#sound').currentTime > 0"
    page.wait_for_function(playing)
    source = page.locator("#sound").get_attribute("src")
    assert re.fullmatch(r"/audio/[0-9a-f]{16}\.mp3", source)
    press(page, "2")
    caption(page, "Making a complaint.")
    page.locator("#end").click()
    caption(page, "The call has ended (caller).")
    expect(page.locator("#ring")).to_be_enabled()


def test_a_topic_is_texted_and_the_text_arrives_on_the_little_screen(page):
    ring(page)
    press(page, "1", "1", "1", "1", "1")
    caption(page, "In short.")
    press(page, "2")
    caption(page, "I can send this as a text message.")
    page.locator('[data-key="1"]').click()
    caption(page, "I am sending it now.")
    text = page.locator("#texts article").last
    expect(text).to_contain_text("Text to +447700900123", timeout=20_000)
    expect(text).to_contain_text("Advice line, about your call: talk first")
    if picture := os.environ.get("PICTURE"):  # the README's picture is taken here
        page.screenshot(path=picture)


def test_a_landline_types_a_number_on_the_keyboard(page):
    ring(page, "landline")
    press(page, "1", "1", "1", "1", "1", "2")
    caption(page, "Please enter a UK mobile number.")
    page.locator("h1").click()
    for key in "07700900456#":
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    caption(page, "You entered")
    caption(page, "Is that the right number?", timeout=40_000)
    page.keyboard.press("1")
    caption(page, "I am sending it now.")
    expect(page.locator("#texts")).to_contain_text("+447700900456", timeout=20_000)


def test_the_adviser_answers_and_hangs_up_and_the_caller_is_back(page):
    ring(page)
    press(page, "0")
    adviser = page.locator('[data-adviser="answer"]')
    expect(adviser).to_be_enabled(timeout=10_000)
    adviser.click()
    caption(page, "The adviser has answered.")
    page.locator('[data-adviser="hangup"]').click()
    caption(page, "The talk with the adviser has ended.")


def test_a_busy_adviser_leads_to_words_and_a_next_step(page):
    ring(page, "withheld")
    press(page, "0")
    busy = page.locator('[data-adviser="busy"]')
    expect(busy).to_be_enabled(timeout=10_000)
    busy.click()
    caption(page, "The adviser is talking to another caller just now.")
    caption(page, "To go back to where you were, press 1.", timeout=30_000)


def test_every_control_has_a_name_and_the_keys_are_in_reading_order(page):
    names = page.locator("button").evaluate_all(
        "all => all.map(b => b.getAttribute('aria-label') || b.textContent.trim())"
    )
    assert all(names)
    keys = page.locator("[data-key]").evaluate_all("all => all.map(b => b.dataset.key)")
    assert "".join(keys) == "123456789*0#"


def test_the_page_fits_a_small_telephone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
