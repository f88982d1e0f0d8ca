"""The phone in a page, in a real browser: ring, press, hear, be put through, leave a message."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from ivr.app import from_environment
from ivr.simulator.mail import Mailbox
from ivr.webhooks.extension import Lifetime, services_of
from tests.proof.hosts import Host
from tests.support.handset import (
    SECOND,
    adviser,
    caption,
    press,
    ring,
    skip_to,
    skip_until,
    telephone,
    unfold,
)
from tests.support.pages import TIME_LIMITS, axe_finds_nothing, in_a_browser

PLAYING = """() => {
  const sound = document.querySelector("#sound");
  return !sound.paused && sound.currentTime > 0;
}"""
pytestmark = in_a_browser


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole line by `ivr serve`, worker, mailbox and all, on a Tuesday morning."""
    database = f"sqlite:///{tmp_path_factory.mktemp('line')}/line.db"
    with Host(database, processes=0, worker=True, PUBLIC_BASE_URL="") as host:
        yield f"http://127.0.0.1:{host.port}"


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.set_default_timeout(TIME_LIMITS * 1000)
    yield opened
    opened.close()


@pytest.fixture
def page(tab: Page, line: str) -> Iterator[Page]:
    """The page, anew, with every error in it counted."""
    errors: list[str] = []

    def log(said: ConsoleMessage) -> None:
        if said.type == "error":
            errors.append(said.text)

    def fails(error: Error) -> None:
        errors.append(str(error))

    tab.on("pageerror", fails)
    tab.on("console", log)
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{line}/phone")
    yield tab
    tab.goto("about:blank")
    tab.remove_listener("pageerror", fails)
    tab.remove_listener("console", log)
    assert errors == []


def test_a_call_is_heard_in_recordings_and_read_in_captions(page):
    ring(page)
    expect(page.locator("#sound")).to_have_attribute("src", re.compile(r"^/audio/\w{16}\.mp3$"))
    page.wait_for_function(PLAYING)
    press(page, "2")
    caption(page, "Making a complaint.")
    page.locator("#end").click()
    caption(page, "The call has ended (caller).")
    expect(page.locator("#ring")).to_be_enabled()


def test_the_adviser_hears_who_rings_takes_the_call_and_hangs_up_and_the_caller_is_back(page):
    ring(page)
    press(page, "2")
    caption(page, "Making a complaint.")
    press(page, "0")
    caption(page, "Shall I tell the adviser what you have heard here?")
    press(page, "1")
    skip_until(page, telephone(page).is_visible, "an adviser's telephone rings")
    buttons = telephone(page).get_by_role("button")
    expect(buttons).to_have_text(["Answer", "Busy", "Let it ring"])
    buttons.first.focus()
    page.keyboard.press("Space")
    expect(telephone(page)).to_contain_text("A caller from the advice line.")
    expect(buttons).to_have_text(["Take the call (1)", "Refuse (2)", "Hang up"])
    expect(buttons.first).to_be_focused()
    heard = "They have heard about this. Making a complaint."
    skip_until(page, lambda: heard in telephone(page).inner_text(), heard)
    expect(page.locator("#captions")).not_to_contain_text("A caller from the advice line.")
    adviser(page, "accept")
    skip_to(page, "The adviser has taken the call.")
    adviser(page, "hangup")
    caption(page, "The talk with the adviser has ended.")


def test_the_right_arrow_skips_what_is_said_and_leaves_the_choice_of_a_telephone_alone(page):
    ring(page)
    press(page, "2")
    skip_to(page, "To have it all read to you, wait, or press 1.")
    expect(page.locator("#status")).to_have_text(re.compile("^Connected"))
    unfold(page)
    page.get_by_label("A mobile").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("A landline")).to_be_checked()


def test_nine_three_times_tells_to_ring_999(page):
    ring(page)
    press(page, "9", "9", "9")
    caption(page, "end this call now. Then ring 999.")


def test_the_staff_line_is_rung_and_asks_for_a_number_and_a_pin(page):
    unfold(page)
    page.get_by_label("The staff line").check()
    expect(page.locator("#chosen")).to_have_text("Ring the staff line from a mobile")
    expect(page.locator("#staff-hint")).to_contain_text("ivr staff add NAME")
    expect(page.locator("#status")).to_have_text("Ready to ring 020 7946 0300")
    page.locator("#ring").click()
    caption(page, "This is the staff line of the advice line.")
    press(page, "1", "#")
    caption(page, "Enter your PIN.")


def test_where_the_port_for_mail_is_taken_the_line_starts_all_the_same(
    monkeypatch, tmp_path, caplog
):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/line.db")
    with Mailbox() as other:
        monkeypatch.setenv("SMTP_PORT", str(other.port))
        app = from_environment()
        services_of(app, Lifetime).begin()
        assert f"another program has port {other.port}" in caplog.text.lower()
        assert app.test_client().get("/phone/mails").json == []
    services_of(app, Lifetime).close()


def test_every_control_has_a_name_and_the_keys_are_in_reading_order(page):
    names = page.locator("button").evaluate_all(
        "all => all.map(b => b.getAttribute('aria-label') || b.textContent.trim())"
    )
    assert all(names)
    keys = page.locator("[data-key]").evaluate_all("all => all.map(b => b.dataset.key)")
    assert "".join(keys) == "123456789*0#"


def test_on_a_small_telephone_a_call_is_made_without_scrolling(page):
    page.set_viewport_size({"width": 375, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    axe_finds_nothing(page)
    on_screen = "it => { const box = it.getBoundingClientRect(); return box.top >= 0 && box.bottom <= 740; }"
    page.get_by_role("button", name="Ring", exact=True).click()
    for what in ("#status", "#now", '[data-key="2"]', '[data-key="#"]', "#end"):
        assert page.locator(what).evaluate(on_screen), what
    press(page, "2")
    expect(page.locator("#now")).to_contain_text("Making a complaint.")
    press(page, "0", "1")
    skip_until(page, telephone(page).is_visible, "an adviser's telephone rings")
    expect(telephone(page).get_by_role("heading")).to_have_text("020 7946 0200")
    assert telephone(page).get_by_role("button", name="Answer").evaluate(on_screen)


def test_a_topic_is_texted_and_the_text_arrives_on_the_little_screen(page):
    ring(page)
    press(page, "1", "1")
    caption(page, "Talking to the school.")
    press(page, "2")
    caption(page, "I can send this as a text message.")
    press(page, "1")
    caption(page, "I am sending it now.")
    text = page.locator("#texts article").last
    expect(text).to_contain_text("Text to 07700 900123")
    expect(text).to_contain_text("Advice line, about your call: talk first")


def test_a_landline_types_a_number_on_the_keyboard(page):
    ring(page, "landline")
    press(page, "1", "1", "1", "1", "1", "1", "2")
    caption(page, "I can send this as a text message.")
    press(page, "1")
    caption(page, "Please enter a UK mobile number.")
    page.locator("h1").click()
    for key in "07700900456#":
        page.keyboard.press(key)
    caption(page, "You entered")
    page.keyboard.press("1")
    caption(page, "I am sending it now.")
    expect(page.locator("#texts")).to_contain_text("07700 900456")


def test_where_no_adviser_comes_a_message_is_left_heard_and_kept_and_staff_get_a_mail(page):
    ring(page)
    press(page, "0")
    adviser(page, "answer")
    adviser(page, "refuse")
    caption(page, "No adviser takes the call.")
    caption(page, "I am trying another person now.")
    adviser(page, "busy", SECOND)
    caption(page, "The adviser is talking to another caller just now.")
    press(page, "1", "1")
    skip_to(page, "You are recorded.")
    expect(page.locator("#status")).to_have_text(
        "You are recorded. Hang up or press # when you finish."
    )
    page.wait_for_timeout(2_500)  # the caller speaks
    press(page, "#")
    caption(page, "Recorded: ")
    press(page, "2")
    recording = re.compile(r"^/audio/heard/CA\w{32}/[\w-]+$")
    expect(page.locator("#sound")).to_have_attribute("src", recording)
    page.wait_for_function(PLAYING)
    press(page, "1")
    caption(page, "I have kept your message")
    page.locator("#end").click()
    expect(page.locator("#mails")).to_contain_text("a message waits")


def test_an_answering_machine_does_not_swallow_the_caller_who_asks_to_be_rung_back(page):
    ring(page)
    press(page, "0")
    adviser(page, "answer")
    skip_to(page, "No adviser takes the call.")
    adviser(page, "answer", SECOND)
    skip_to(page, "The adviser could not come to the phone just now.")
    press(page, "2", "1", "1", "1", "2", "2")
    caption(page, "We will ring you on")
    press(page, "1")
    caption(page, "An adviser will ring you back.")
    expect(page.locator("#mails")).to_contain_text("waits")


def test_keys_arrive_in_the_order_in_which_they_are_pressed(page):
    """One request at a time: two on their way at once may overtake one another."""
    ring(page, "landline")
    on_the_way, most = [], []
    page.on("request", lambda asked: asked.url.endswith("/key") and on_the_way.append(asked))
    page.on("request", lambda _: most.append(len(on_the_way)))
    page.on("requestfinished", lambda asked: asked in on_the_way and on_the_way.remove(asked))
    page.locator("h1").click()
    for key in "8*8*8*8*":
        page.keyboard.press(key)
    for n in range(8):
        expect(page.locator("#captions .key").nth(n)).to_have_text(f"You pressed {'8*'[n % 2]}")
    assert max(most) == 1
