"""``ivr connect`` against a local Twilio on a real port."""

from __future__ import annotations

import pytest

from ivr.cli import connect as connecting
from ivr.config import DEMO_AUTH_TOKEN
from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.outside.twilio import CarrierError, GoneError
from ivr.outside.twilio.numbers import NumbersApi
from tests.support.commands import ivr
from tests.support.whole import demo, opened, served

LINE, STAFF = "+442079460100", "+442079460300"
BASE = "https://line.example.org"
FALLBACK = "https://handler.example.org/twiml/EH1"


@pytest.fixture
def api_url(tmp_path, monkeypatch):
    """The local Twilio; the command is told of it, and keeps its files in a folder of its own."""
    with opened(demo(tmp_path)) as app, served(app) as port:
        url = f"http://127.0.0.1:{port}/exchange"
        monkeypatch.setenv("TWILIO_API_BASE_URL", url)
        monkeypatch.setenv("PUBLIC_BASE_URL", BASE)
        monkeypatch.setenv("IVR_ENV", "demonstration")
        monkeypatch.setattr(connecting, "KEPT", tmp_path)
        yield url


def run(*arguments: str, answer: str = "") -> tuple[int, str]:
    done = ivr("connect", *arguments, says=answer)
    return done.exit_code, done.output


def stands(api_url: str, number: str = LINE) -> dict[str, str]:
    return dict(NumbersApi(DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, api_url).find(number)[1])


def test_it_shows_first_and_changes_nothing_without_a_yes(api_url):
    before = stands(api_url)
    status, shown = run(answer="n\n")
    assert status == 1 and "nothing was changed" in shown
    assert (
        "When a call comes in:\n  now    nothing\n  then   https://line.example.org/voice#" in shown
    )
    assert stands(api_url) == before


def test_every_address_is_set_with_the_overrides(api_url):
    assert run("--fallback", FALLBACK, answer="y\n")[0] == 0
    assert stands(api_url) == {
        "voice_url": f"{BASE}/voice#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000&tt=13000",
        "voice_method": "POST",
        "voice_fallback_url": FALLBACK,
        "voice_fallback_method": "POST",
        "status_callback": f"{BASE}/voice/status#rc=3&rp=ct,rt,5xx",
        "status_callback_method": "POST",
        "sms_url": f"{BASE}/sms#rc=2&rp=ct,rt,5xx&ct=2000&rt=4000&tt=13000",
        "sms_method": "POST",
    }


def test_connected_twice_says_so_and_without_a_twin_the_fallback_stays(api_url):
    run("--fallback", FALLBACK, "--yes")
    assert "connected already" in run("--yes")[1]
    assert stands(api_url)["voice_fallback_url"] == FALLBACK


def test_it_can_be_put_back_to_what_was_there_at_first(api_url):
    api = NumbersApi(DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, api_url)
    sid, _ = api.find(LINE)
    api.set(sid, {"voice_url": "https://old.example.org/a", "sms_method": "GET"})
    before = stands(api_url)
    run("--yes")
    run("--fallback", FALLBACK, "--yes")
    status, shown = run("--undo", "--yes")
    assert status == 0 and "as it was before" in shown and stands(api_url) == before
    status, shown = run("--undo", "--yes")
    assert status == 0 and "is as it was before already" in shown and stands(api_url) == before


def test_the_staff_number_gets_the_staff_line_alone(api_url):
    assert run("--staff", "--number", STAFF, "--yes")[0] == 0
    assert stands(api_url, STAFF)["voice_url"].startswith(f"{BASE}/staff#")
    assert stands(api_url, STAFF)["sms_url"] == "" and stands(api_url)["voice_url"] == ""


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (("--number", "+442079460999"), {}, "no number +442079460999"),
        (("--undo",), {}, "it was not connected here"),
        ((), {"TWILIO_AUTH_TOKEN": "another"}, "does not know this account"),
        ((), {"TWILIO_API_BASE_URL": "http://127.0.0.1:9"}, "could not be asked"),
        (("--fallback", "not an address"), {}, "Twilio did not take it (21502)"),
    ],
    ids=["no such number", "never connected", "another token", "nobody there", "no address"],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    api_url, monkeypatch, arguments, settings, says
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    status, shown = run(*arguments, "--yes")
    assert status == 1 and says in shown and "Traceback" not in shown


def test_a_change_that_is_wrong_in_one_part_changes_nothing(api_url):
    api = NumbersApi(DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, api_url)
    sid, before = api.find(LINE)
    with pytest.raises(CarrierError):
        api.set(sid, {"voice_url": BASE, "sms_method": "PUT"})
    with pytest.raises(CarrierError):
        api.set("PN" + "0" * 32, {"voice_url": BASE})
    with pytest.raises(GoneError):
        api.find("+44207946")
    assert api.find(LINE) == (sid, before)
