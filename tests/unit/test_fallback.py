"""The fallback document: what callers hear while nothing of ours answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, Response

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.content import load
from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.wire import Http, Wire
from ivr.twiml.fallback import fallback_document, same
from tests.support.commands import ivr
from tests.support.paths import ROOT
from tests.support.whole import served

LINE = load(ROOT / "prompts")
NUMBER, ADVISER = "+442079460100", "+442079460200"
FALLBACK = fallback_document(LINE, NUMBER, ADVISER)
TOKEN = "a-token"


@pytest.fixture
def bin_address() -> Iterator[str]:
    """Where a document lies that answers by itself, as a TwiML Bin does."""
    app = Flask("bin")
    app.add_url_rule(
        "/bin",
        view_func=lambda: Response(FALLBACK, content_type="text/xml"),
        methods=["GET", "POST"],
    )
    with served(app) as port:
        yield f"http://127.0.0.1:{port}/bin"


def rung(fallback: str, *keys: str, adviser: str = "answer") -> list[events.Event]:
    """A call to a line whose own address does not answer."""
    happened: list[events.Event] = []
    nobody = "http://127.0.0.1:9/voice"
    performance = Performance(
        SimulatedAccount(DEMO_ACCOUNT_SID, TOKEN, NUMBER),
        Wire(Http(), TOKEN),
        WebhookAddresses(nobody, fallback),
        Scripted(keys),
        Decided(adviser),
        "+447700900123",
        happened.append,
    )
    performance.run()
    return happened


def said(happened: list[events.Event]) -> str:
    return " ".join(event.words for event in happened if isinstance(event, events.Said))


def test_with_the_line_away_a_person_is_rung_and_then_every_topic_told_in_short(bin_address):
    happened = rung(bin_address, "-", "-", adviser="no-answer")
    words = LINE.words("en")
    assert [event.number for event in happened if isinstance(event, events.Dialling)] == [ADVISER]
    assert said(happened).startswith(words.say("twin_away"))
    assert all(words.topics[name].summary in said(happened) for name in LINE.topics)
    assert said(happened).index(words.say("will_end")) < said(happened).index(words.say("goodbye"))


def test_any_key_brings_it_from_the_start(bin_address):
    again = said(rung(bin_address, "1", adviser="busy"))
    assert again.count(LINE.words("en").say("twin_away")) == 2


def test_the_person_takes_the_call(bin_address):
    assert any(isinstance(event, events.Bridged) for event in rung(bin_address))


def test_without_an_adviser_the_advice_comes_at_once():
    alone = fallback_document(LINE, NUMBER, "").decode()
    assert "<Dial" not in alone and LINE.words("en").say("putting_through") not in alone


def test_it_needs_nothing_of_ours_and_is_small_enough_for_a_bin():
    assert b"http" not in FALLBACK and b"action" not in FALLBACK and b"<Play" not in FALLBACK
    assert len(FALLBACK) < 60_000


def test_one_that_twilio_would_not_read_is_refused():
    words = LINE.words("en")
    long = {name: replace(each, summary="word " * 2_000) for name, each in words.topics.items()}
    swollen = replace(LINE, wordings={"en": replace(words, topics=long)})
    with pytest.raises(ValueError, match="at most 60000"):
        fallback_document(swollen, NUMBER, ADVISER)


def test_how_it_is_set_out_makes_no_difference_but_a_word_does():
    assert same(FALLBACK.replace(b"\n  ", b"\n      "), FALLBACK)
    assert not same(FALLBACK.replace(b"short", b"brief"), FALLBACK)


def run(*arguments: str) -> tuple[int, str]:
    done = ivr("fallback", *arguments)
    return done.exit_code, done.output


def test_it_is_written_and_compared_by_one_command(tmp_path, bin_address):
    file = tmp_path / "fallback.xml"
    assert run("--out", str(file)) == (0, f"Written: {file} ({len(FALLBACK):,} bytes).\n")
    assert file.read_bytes() == FALLBACK
    assert run("--check", str(file))[0] == 0 and run("--check", bin_address)[0] == 0


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (FALLBACK.replace(b"judge", b"court"), "is not what it should be"),
        (b"<Response>", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (None, "cannot be read"),
    ],
    ids=["other words", "no document", "no text", "nothing there"],
)
def test_one_that_differs_is_named_with_what_to_do(tmp_path, kept, says):
    file = tmp_path / "fallback.xml"
    if kept is not None:
        file.write_bytes(kept)
    status, output = run("--check", str(file))
    assert status == 1 and says in output
