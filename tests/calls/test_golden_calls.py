"""Golden calls: whole calls, as they are heard. A missing one fails."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from ivr.content import load
from ivr.content.checks.facts import missing
from ivr.simulator import golden_calls
from ivr.simulator.delivery import Delivery
from tests.support.paths import ROOT
from tests.support.proxies import given_out, unharmed
from tests.support.whole import demo, opened

CONTENT = ROOT / "prompts"
LINE = load(CONTENT)
GOLDEN_CALLS = {walk.name: walk for walk in golden_calls.golden_calls(CONTENT)}
NEEDED = {
    *(f"en/topic-{topic}" for topic in LINE.topics),
    *(f"en/person-{end}" for end in ("talk", "busy", "no-answer", "failed", "closed")),
    *(
        f"en/text-{phone}"
        for phone in ("mobile", "landline", "withheld", "foreign", "other-phone", "read-out")
    ),
    *("en/silence-open", "en/silence-closed", "en/slips", "en/hangs-up", "en/slower"),
    *(f"en/deadline-{case}" for case in ("in-time", "certificate", "placement-only", "not-sure")),
    *(f"en/deadline-{case}" for case in ("august", "christmas", "adviser-today", "late")),
    *(f"en/deadline-{case}" for case in ("safe-day-passed", "too-old", "odd-dates", "slips")),
    *(f"en/deadline-{case}" for case in ("placement-certificate", "plain-day", "certificate-late")),
    *(f"en/deadline-{case}" for case in ("old-certificate", "too-old-certificate")),
    *("en/wait-for-me", "en/again-and-back", "en/choose-no-letter", "en/choose-letter-plan"),
    "en/choose-draft",
}


def heard(name: str) -> str:
    return golden_calls.golden(CONTENT, GOLDEN_CALLS[name]).read_text()


def test_there_is_a_walk_for_every_topic_and_every_way_a_call_can_end():
    assert set(GOLDEN_CALLS) >= NEEDED


def answered(app: Flask) -> list[bytes]:
    """What the line answers from now on, document by document."""
    plain, bodies = app.wsgi_app, []

    def overheard(environ, start):
        answer = Response.from_app(plain, environ, buffered=True)
        if answer.mimetype == "text/xml":
            bodies.append(answer.get_data())
        return answer(environ, start)

    app.wsgi_app = overheard
    return bodies


ALIKE = re.compile("en/(topic|deadline|choose)-")
"""Calls that differ in their keys alone from others of their kind, and ask for nothing outside."""


def some_of_each_kind() -> list[str]:
    """Of calls that are alike in all but their keys, the one with most; every other one."""
    longest: dict[str, str] = {}
    for name, walk in sorted(GOLDEN_CALLS.items(), key=lambda each: len(each[1].keys)):
        kind = ALIKE.match(name)
        longest[f"{kind[1]} {replace(walk, name='', about='', keys=())}" if kind else name] = name
    return [*longest.values()]


LOST = "each answer is lost twice, and of callbacks the first"
DELIVERED = [("as usual", name) for name in GOLDEN_CALLS]
DELIVERED += [(LOST, name) for name in some_of_each_kind()]


@pytest.mark.parametrize(("arrives", "name"), DELIVERED)
def test_a_walk_is_heard_as_it_is_kept(arrives, name, tmp_path):
    delivery = Delivery(("lost", "late"), 1) if arrives == LOST else Delivery()
    walk = GOLDEN_CALLS[name]
    settings = demo(tmp_path, LINE_CLOCK=walk.at)
    with opened(settings) as app:
        answers = answered(app)
        call = golden_calls.make(app, settings, walk, delivery)
    given = [each for body in answers for each in given_out(body, settings.base_url)]
    assert given and not [each for each in given if not unharmed(each)]
    kept = golden_calls.golden(CONTENT, walk)
    assert kept.is_file(), "not walked yet: run ivr golden-calls"
    assert call.transcript == kept.read_text().splitlines(), (
        "changed: if meant, run ivr golden-calls"
    )
    assert call.ended_by in ("caller", "line")


def test_signed_with_a_shared_key_a_call_is_heard_the_same(opens, tmp_path):
    walk = GOLDEN_CALLS["en/text-other-phone"]
    key = "a shared key of some length,an older one of it"
    settings = demo(tmp_path, LINE_CLOCK=walk.at, TWILIO_WEBHOOK_KEY=key)
    app = opens(settings)
    signed, plain = [], app.wsgi_app

    def overheard(environ, start):
        if environ["PATH_INFO"].startswith(("/voice", "/desk", "/sms")):
            signed.append("HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS" in environ)
        return plain(environ, start)

    app.wsgi_app = overheard
    call = golden_calls.make(app, settings, walk)
    assert call.transcript == heard(walk.name).splitlines()
    assert len(signed) > 5 and all(signed)


@pytest.mark.parametrize("fact", LINE.facts)
def test_a_walk_speaks_each_of_the_facts(fact):
    """Some golden call speaks one part that holds every proving word of the fact."""
    spoken = [
        row for name in GOLDEN_CALLS for row in heard(name).splitlines() if row.startswith("Line")
    ]
    assert any(not missing(LINE.facts[fact], row, LINE.words("en")) for row in spoken), LINE.facts[
        fact
    ].says


@pytest.mark.parametrize("name", GOLDEN_CALLS)
def test_no_walk_ends_unwarned_or_in_an_error(name):
    rows = heard(name).splitlines()
    assert "failed:" not in heard(name)
    if rows[-1] == "(the call is ended by the line)":
        assert any("any key" in row for row in rows[-4:])


@pytest.mark.parametrize("name", GOLDEN_CALLS)
def test_the_whole_line_speaks_with_its_recorded_voice(name):
    assert "Twilio's voice" not in heard(name)
