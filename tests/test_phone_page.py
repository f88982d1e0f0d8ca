"""The phone in a page, in a real browser: ring, press, hear, be put through, leave a message."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from ivr.app import begin, from_environment
from ivr.exchange.mail import Mailbox

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
FIRST, SECOND = "+442079460200", "+442079460201"
"""The advisers' telephones, in the order in which they ring."""
PLAYING = """() => {
  const sound = document.querySelector("#sound");
  return !sound.paused && sound.currentTime > 0;
}"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and not os.environ.get("CI"),
        reason="Chromium is not installed: apt-get install chromium",
    ),
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole line by `ivr serve`, worker, mailbox and all, on a Tuesday morning."""
    port, mail_port = free_ports()
    folder = tmp_path_factory.mktemp("line")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/line.db",
        "LINE_CLOCK": "2026-11-24T10:00",
        "SMTP_PORT": str(mail_port),
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


def free_ports() -> tuple[int, int]:
    """Two ports that nobody uses."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser, line: str) -> Iterator[Page]:
    """The page, with every error in it counted."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{line}/phone")
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def page(browser: Browser, line: str) -> Iterator[Page]:
    with opened(browser, line) as page:
        yield page


@pytest.fixture(scope="module", autouse=True)
def alone(browser: Browser, line: str) -> Iterator[dict[str, Page]]:
    """Calls that no adviser takes. They go on beside the other tests, as they take their time."""
    with opened(browser, line) as machine, opened(browser, line) as refused:
        meets(machine, {FIRST: ["answer"], SECOND: ["answer"]})
        meets(refused, {FIRST: ["answer", "refuse"], SECOND: ["busy"]})
        yield {"machine": machine, "refused": refused}


def meets(page: Page, advisers: dict[str, list[str]]) -> None:
    """Ask for a person; each telephone does these things as soon as it can."""
    chosen = [
        f'[data-number="{number}"] [data-adviser="{does}"]:not([hidden])'
        for number, doings in advisers.items()
        for does in doings
    ]
    page.evaluate(
        """(chosen) => setInterval(
            () => chosen.forEach((each) => document.querySelector(each)?.click()), 200)""",
        chosen,
    )
    ring(page)
    press(page, "0")


def caption(page: Page, words: str, timeout: float = 15_000) -> None:
    expect(page.locator("#captions")).to_contain_text(words, timeout=timeout)


def press(page: Page, *keys: str) -> None:
    """Press keys as a hurried caller does: as soon as each thing begins.

    The line takes one key twice within half a second for one press (R16), and a busy machine
    hears of a press late, so the second waits until the line has answered the first.
    """
    last = page.locator("#captions > li").last
    before = ""
    for key in keys:
        if key == before:
            expect(last).not_to_contain_text("You pressed", timeout=15_000)
        page.wait_for_timeout(600 if before else 0)
        page.locator(f'[data-key="{key}"]').click()
        caption(page, f"You pressed {key}")
        before = key


def telephone(page: Page, number: str = FIRST) -> Locator:
    """An adviser's telephone, as the page shows it."""
    return page.get_by_role("group", name=number)


def adviser(page: Page, does: str, number: str = FIRST) -> None:
    """Do something at an adviser's telephone, once it can be done."""
    telephone(page, number).locator(f'[data-adviser="{does}"]').click()


def ring(page: Page, phone: str = "mobile") -> None:
    page.locator(f'input[value="{phone}"]').check()
    page.locator("#ring").click()
    caption(page, "Special needs advice")


def test_a_call_is_heard_in_recordings_and_read_in_captions(page):
    ring(page)
    expect(page.locator("#sound")).to_have_attribute("src", re.compile(r"^/audio/\w{16}\.mp3$"))
    page.wait_for_function(PLAYING)
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


def test_a_landline_types_a_number_on_the_keyboard(page):
    ring(page, "landline")
    press(page, "1", "1", "1", "1", "1", "2")
    caption(page, "I can send this as a text message.")
    press(page, "1")
    caption(page, "Please enter a UK mobile number.")
    page.locator("h1").click()
    for key in "07700900456#":
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    caption(page, "You entered")
    page.keyboard.press("1")
    caption(page, "I am sending it now.")
    expect(page.locator("#texts")).to_contain_text("+447700900456", timeout=20_000)


def test_where_no_adviser_comes_a_message_is_left_heard_and_kept_and_staff_get_a_mail(alone):
    page = alone["refused"]
    caption(page, "No adviser takes the call.")
    caption(page, "I am trying another person now.")
    caption(page, "The adviser is talking to another caller just now.")
    press(page, "1", "1")
    expect(page.locator("#status")).to_have_text("You are recorded. Press # when you finish.")
    page.wait_for_timeout(2_000)
    press(page, "#")
    caption(page, "Recorded: ")
    press(page, "2")
    recording = re.compile(r"^/exchange/2010-04-01/Accounts/\w+/Recordings/RE\w{32}\.mp3$")
    expect(page.locator("#sound")).to_have_attribute("src", recording)
    page.wait_for_function(PLAYING)
    press(page, "1")
    caption(page, "I have kept your message")
    expect(page.locator("#mails")).to_contain_text("a message waits", timeout=10_000)


def test_the_adviser_hears_who_rings_takes_the_call_and_hangs_up_and_the_caller_is_back(page):
    ring(page)
    press(page, "2")
    caption(page, "Making a complaint.")
    press(page, "0")
    caption(page, "Shall I tell the adviser what you have heard here?")
    press(page, "1")
    buttons = telephone(page).get_by_role("button")
    expect(buttons).to_have_text(["Answer", "Busy", "Let it ring"])
    buttons.first.focus()
    page.keyboard.press("Space")
    expect(telephone(page)).to_contain_text("A caller from the advice line.")
    expect(buttons).to_have_text(["Take the call (1)", "Refuse (2)", "Hang up"])
    expect(buttons.first).to_be_focused()
    heard = "They have heard about this. Making a complaint."
    expect(telephone(page)).to_contain_text(heard, timeout=15_000)
    if picture := os.environ.get("PICTURE"):  # the README's picture is taken here
        page.screenshot(path=picture)
    expect(page.locator("#captions")).not_to_contain_text("A caller from the advice line.")
    adviser(page, "accept")
    caption(page, "The adviser has taken the call.")
    adviser(page, "hangup")
    caption(page, "The talk with the adviser has ended.")


def test_nine_three_times_tells_to_ring_999(page):
    ring(page)
    press(page, "9", "9", "9")
    caption(page, "end this call now. Then ring 999.")


def test_the_staff_line_is_rung_and_asks_for_a_number_and_a_pin(page):
    page.get_by_label("The staff line").check()
    expect(page.locator("#staff-hint")).to_contain_text("ivr staff add NAME")
    expect(page.locator("#status")).to_have_text("Ready to ring +442079460300")
    page.locator("#ring").click()
    caption(page, "This is the staff line of the advice line.")
    press(page, "1", "#")
    caption(page, "Enter your PIN.")


def test_an_answering_machine_does_not_swallow_the_caller_who_asks_to_be_rung_back(alone):
    page = alone["machine"]
    caption(page, "No adviser takes the call.", timeout=40_000)
    caption(page, "The adviser could not come to the phone just now.", timeout=40_000)
    press(page, "2", "1", "1", "1", "2", "2")
    caption(page, "We will ring you on")
    press(page, "1")
    caption(page, "An adviser will ring you back.")
    expect(page.locator("#mails")).to_contain_text("to be rung back waits", timeout=10_000)


def test_where_the_port_for_mail_is_taken_the_line_starts_all_the_same(
    monkeypatch, tmp_path, caplog
):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/line.db")
    with Mailbox() as other:
        monkeypatch.setenv("SMTP_PORT", str(other.port))
        app = from_environment()
        begin(app)
        assert f"port {other.port} is taken" in caplog.text
        assert app.test_client().get("/phone/mails").json == []
    app.extensions["close"]()


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
