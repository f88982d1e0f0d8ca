"""Every answer of every address tells a browser that it may do nothing with it but what it must."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ivr.health.probe import Readiness
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.voice import CallServices
from tests.support.telephone import CALL

STRICT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REFERRERS = {"no-referrer", "same-origin"}
CLOSED = ("camera=()", "microphone=()", "geolocation=()")
INSIDE = re.compile(r"<(?:[^<>]+:)?(\w+)>")
FILLED = {"name": "en", "rest": "anything", "filename": "phone.css"}


def directives(answer: TestResponse) -> dict[str, list[str]]:
    """The policy of an answer: what may be had from where."""
    policy = answer.headers["Content-Security-Policy"]
    parts = (each.split() for each in policy.split(";"))
    return {name: sources for name, *sources in parts}


def wrong(answer: TestResponse) -> list[str]:
    """What is missing from an answer, or too wide."""
    found = [name for name, value in STRICT.items() if answer.headers.get(name) != value]
    if answer.headers.get("Referrer-Policy") not in REFERRERS:
        found.append("Referrer-Policy")
    if any(each not in answer.headers.get("Permissions-Policy", "") for each in CLOSED):
        found.append("Permissions-Policy")
    if "Content-Security-Policy" not in answer.headers:
        return [*found, "Content-Security-Policy"]
    told = directives(answer)
    if told.get("default-src") != ["'none'"] or told.get("frame-ancestors") != ["'none'"]:
        found.append("default-src, frame-ancestors")
    if {"'unsafe-inline'", "'unsafe-eval'", "*"} & {one for each in told.values() for one in each}:
        found.append("something unsafe is let in")
    return found


def every_answer(app: Flask, base_url: str) -> dict[str, TestResponse]:
    """One answer of each address by each method, as a stranger gets it; and of some that are none."""
    client, answers = app.test_client(), {}
    for rule in app.url_map.iter_rules():
        path = INSIDE.sub(lambda found: FILLED.get(found[1], "1"), rule.rule)
        for method in rule.methods or ():
            answers[f"{method} {rule.rule}"] = client.open(path, method=method, base_url=base_url)
    for path in (
        "/",
        "/nowhere",
        "/office/nowhere",
        "/audio/",
        "/phone/static/none",
        "/voice/none",
    ):
        answers[f"GET {path}"] = client.get(path, base_url=base_url)
    answers["PUT /voice"] = client.put("/voice", base_url=base_url)
    answers["too large"] = client.post("/voice", data=b"1" * 70_000, base_url=base_url)
    return answers


@pytest.fixture
def over_https(settings, opens):
    return opens(settings.model_copy(update={"public_base_url": "https://line.example.org"}))


def test_every_answer_has_every_header(app, settings):
    answers = every_answer(app, settings.base_url)
    assert len(answers) > 100 and {each.status_code for each in answers.values()} >= {200, 403, 404}
    assert {name: faults for name, each in answers.items() if (faults := wrong(each))} == {}


def test_over_https_browsers_are_told_to_ask_no_other_way(over_https, app, settings):
    answers = every_answer(over_https, "https://line.example.org")
    lacking = [
        name
        for name, each in answers.items()
        if each.headers.get("Strict-Transport-Security") != "max-age=31536000"
    ]
    assert not lacking
    plain = every_answer(app, settings.base_url)
    assert not any("Strict-Transport-Security" in each.headers for each in plain.values())


def test_what_twilio_alone_reads_carries_nothing_for_browsers(telephone, app):
    answer = telephone.post("/voice", CALL)
    assert answer.status_code == 200 and answer.mimetype == "text/xml"
    assert {name for name, _ in answer.headers} == {"Content-Type", "Content-Length"}


def test_a_step_that_fails_has_them_too(telephone, app):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    join(app, Readiness(checks=None))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 500 and not wrong(answer)


def test_a_recording_has_them_and_may_still_be_kept(app):
    prompt = services_of(app, CallServices).library().prompts[0]
    answer = app.test_client().get(f"/audio/{prompt.file}")
    assert answer.status_code == 200 and not wrong(answer)
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_phone_in_a_page_may_do_what_it_needs_and_no_more(app):
    told = directives(app.test_client().get("/phone"))
    own = {name for name, sources in told.items() if sources == ["'self'"]}
    assert own == {"script-src", "style-src", "media-src", "connect-src"}


def test_a_staff_page_keeps_its_own(app):
    answer = app.test_client().get("/office/sign-in")
    assert answer.headers["Cache-Control"] == "no-store"
    assert directives(answer)["form-action"] == ["'self'"]
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
