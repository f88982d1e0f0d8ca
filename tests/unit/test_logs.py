"""Logs: of the whole program, one event a line, and nobody in them."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from ivr.health.logs import HARMLESS, PERSONAL, Stream, formatter
from ivr.secrets.seal import References
from ivr.store import StoreDownError
from tests.support.machine import free_port
from tests.support.whole import REAL

REFERENCES = References("a secret of these tests")
SID = "CA" + "0123456789abcdef" * 2
ROW = "6f9619ff8b86d011b42d00c04fc964ff"


def line(name: str, message: object, *args: object, error: BaseException | None = None) -> str:
    """What stands in the log, as JSON."""
    caught = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, "here.py", 1, message, args, caught)
    return formatter(REFERENCES.call, json=True).format(record)


def event(name: str, message: object, *args: object) -> str:
    return json.loads(line(name, message, *args))["event"]


@pytest.mark.parametrize(
    "personal",
    [
        "+447700900123",
        "07700 900 123",
        "07700-900123",
        "(020) 7946 0123",
        "%2B447700900123",
        "tel:447700900123",
        "\\n07700900123",
        "ada.lovelace@example.org",
        "ada.lovelace%40example.org",
        "/office/staff?name=Lovelace",
        "Body=Lovelace",
        "{'Body': 'my name is Lovelace'}",
        '{"name": "Ada Lovelace"}',
        "203.0.113.77",
        "2001:db8::1:77",
        "/office/join/q7Lovelace-ZZ_abcdefghijklmnop",
    ],
)
@pytest.mark.parametrize("name", ["ivr.webhooks.voice", "flask.app"])
def test_nobody_is_named_in_a_line(name, personal):
    for shown in (line(name, f"it went wrong: {personal}"), line(name, "wrong: %s", personal)):
        assert not re.search(r"77|0123|900|lovelace", json.loads(shown)["event"], re.IGNORECASE)


@pytest.mark.parametrize(
    "kept",
    [
        f"text {ROW} waits for the database",
        "texts: 80 of a_day is reached, 240 of 300; see ivr texts",
        "content version 3f2a9c01 is in use since 2026-11-24T10:00:12",
        "prompts/en/menus.yaml:12: key 3 leads nowhere",
    ],
)
def test_what_is_of_nobody_stays_as_it_is(kept):
    assert event("ivr.jobs", kept) == kept


def test_a_call_is_named_as_it_is_in_the_journal():
    assert event("ivr.webhooks", "call %s ended", SID) == f"call CA-{REFERENCES.call(SID)} ended"


def test_a_library_tells_figures_and_no_words():
    shown = event("sqlalchemy.engine", "%s took %d rows in %.1f s", "('Ada Lovelace',)", 3, 0.5)
    assert shown == "[…] took 3 rows in 0.5 s"
    assert event("werkzeug", '"%s" %s %d', "GET /Lovelace", "200", 7) == '"[…]" […] 7'
    assert event("gunicorn.error", "%(who)s left", {"who": "Lovelace"}) == "[…] left"
    assert "Lovelace" not in event("gunicorn.error", "Invalid line: 'GET /Ada%20Lovelace'")


def test_an_error_is_shown_by_its_kind_and_its_place():
    try:
        try:
            raise ValueError("Ada Lovelace, 07700 900123")
        except ValueError as error:
            raise StoreDownError(str(error)) from error
    except StoreDownError as error:
        shown = json.loads(line("ivr.store", "it failed: %s", error, error=error))
    assert "Lovelace" not in str(shown) and "900123" not in str(shown)
    assert shown["event"] == "it failed: StoreDownError"
    assert "builtins.ValueError" in shown["exception"] and "test_logs.py" in shown["exception"]


def test_our_own_words_about_an_error_are_told():
    assert event("ivr.outside.mail", "no mail: %s", StoreDownError("the folder is full")).endswith(
        "full"
    )


def test_a_demo_is_logged_in_lines_to_read():
    record = logging.LogRecord(
        "ivr.webhooks", logging.WARNING, "here.py", 1, "no %s", ("mail",), None
    )
    shown = formatter(REFERENCES.call, json=False).format(record)
    assert "no mail" in shown and "{" not in shown


def test_a_log_that_takes_nothing_more_stops_nothing(monkeypatch):
    takes_nothing = io.TextIOWrapper(io.FileIO("/dev/full", "w"), write_through=True)
    monkeypatch.setattr(sys, "stderr", takes_nothing)
    stream = Stream(logging.Formatter())
    stream.handle(logging.LogRecord("ivr", logging.ERROR, "", 0, "a step failed", (), None))
    monkeypatch.undo()
    with suppress(OSError):
        takes_nothing.close()


def serving(tmp_path, **settings: str) -> tuple[subprocess.Popen[bytes], str]:
    """A line of its own, which may still be starting, and its address."""
    port = free_port()
    given = {**os.environ, "PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/line.db"}
    log = (tmp_path / "log").open("wb")
    command = [sys.executable, "-m", "ivr", "serve", "--no-worker", "--processes", "1"]
    process = subprocess.Popen(command, env=given | settings, stderr=log, stdout=subprocess.PIPE)
    return process, f"http://127.0.0.1:{port}"


def ready(process: subprocess.Popen[bytes]) -> None:
    """Wait until it says that it is."""
    assert process.stdout and b"ready" in process.stdout.readline()


def ended(process: subprocess.Popen[bytes], tmp_path) -> str:
    process.terminate()
    process.wait(60)
    return (tmp_path / "log").read_text()


def test_in_production_each_request_is_a_line_of_json_without_its_address(tmp_path):
    process, url = serving(tmp_path, **REAL)
    ready(process)
    form = {"CallSid": SID, "From": "+447400555777", "CallStatus": "ringing"}
    signed = RequestValidator(REAL["TWILIO_AUTH_TOKEN"]).compute_signature
    headers = {"X-Twilio-Signature": signed(REAL["PUBLIC_BASE_URL"] + "/voice", form)}
    assert requests.post(url + "/voice", form, headers=headers, timeout=60).status_code == 200
    asked = "/voice/?" + urlencode(form | {"CallToken": "x" * 7_000})
    headers = {"X-Twilio-Signature": signed(REAL["PUBLIC_BASE_URL"] + asked, {})}
    assert requests.get(url + asked, headers=headers, timeout=60).status_code == 200
    assert requests.get(url + "/Lovelace?name=Ada", timeout=60).status_code == 404
    requests.get(url + "/office/join/q7Lovelace-ZZ_abcdefghijklmnop", timeout=60)
    log = ended(process, tmp_path)
    lines = [json.loads(each) for each in log.splitlines() if each]
    answered = [(each.get("route"), each["status"]) for each in lines if "status" in each]
    assert ("/voice", 200) in answered and ("none", 404) in answered
    assert "/office/join/<token>" in [route for route, _ in answered]
    told = next(each for each in lines if each.get("route") == "/voice" and "call" in each)
    assert told["call"] == f"CA-{References(REAL['SECRET_KEY']).call(SID)}"
    assert not re.search(r"lovelace|5557|127\.0\.0\.1", log, re.IGNORECASE)


def test_who_starts_a_line_that_cannot_start_is_told_why(tmp_path):
    given = {
        "ADVISER_NUMBER": "first=+442079460200",
        "DATABASE_URL": f"sqlite:///{tmp_path}/line.db",
    }
    command = [sys.executable, "-m", "ivr", "serve", "--no-worker", "--port", "0"]
    done = subprocess.run(
        command, env=os.environ | given, capture_output=True, text=True, timeout=60
    )
    assert done.returncode and "has no number for second, who is in line.yaml" in done.stderr


def test_a_demo_is_quiet_and_log_level_makes_it_tell_more(tmp_path):
    started = {}
    for name, settings in {"quiet": {}, "telling": {"LOG_LEVEL": "DEBUG"}}.items():
        (tmp_path / name).mkdir()
        started[name] = serving(tmp_path / name, **settings)
    for process, url in started.values():
        ready(process)
        assert requests.get(url + "/healthz", timeout=60).status_code == 200
    logs = {name: ended(process, tmp_path / name) for name, (process, _) in started.items()}
    assert "answered" not in logs["quiet"]
    assert "answered" in logs["telling"] and "route=/healthz" in logs["telling"]


@pytest.mark.parametrize("made", ["a", "A", "a.", "a-1", "1", "a@", "'x", "From=", "20"])
def test_a_line_made_to_be_slow_is_not(made):
    began = time.thread_time()
    line("flask.app", made * 100_000)
    assert time.thread_time() - began < 0.5, "of the processor: 0.02 s, whatever else it does"


@given(st.from_regex(HARMLESS, fullmatch=True) | st.text("aAfF0 /.-_=:@+%?'", max_size=30))
def test_what_is_not_looked_through_holds_nothing_personal(text):
    assert not HARMLESS.fullmatch(text) or PERSONAL.search(text) is None
