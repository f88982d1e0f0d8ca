"""What was made quick answers exactly as before: signatures, fields, sessions, TwiML, notes, hours."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from flask import session
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from twilio.request_validator import HMAC_SHA256, RequestValidator, get_signature_algorithm
from werkzeug.datastructures import MultiDict

from ivr import twiml
from ivr.config import LONDON, ROOT
from ivr.content import load
from ivr.line.call import Call, End, Listen, Note, Pause, Playback, Record, Transfer, Turn
from ivr.line.hours import is_open
from ivr.line.roster import Roster
from ivr.secrets.seal import References
from ivr.store import Journal
from ivr.store.tables import journal
from ivr.webhooks import fields
from ivr.webhooks.duty import Duties
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import OVERRIDES, Guard
from ivr.webhooks.voice import CallServices
from tests.support.machine import until
from tests.support.renderer import RENDER_SETTINGS, RENDERER
from tests.support.telephone import CALL

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMS = st.lists(st.tuples(st.sampled_from(["a", "ab", "Digits", ""]) | TEXT, TEXT), max_size=6)
BASES = ["https://line.example.org", "https://line.example.org:8443", "http://127.0.0.1:8000"]
TOKEN = "a token"
KEY = "a shared key of some length"


@given(FORMS, st.sampled_from(BASES), st.sampled_from(["", OVERRIDES]), st.booleans())
def test_every_signature_that_the_library_takes_is_taken(form, base, overrides, port):
    given_port = base + ":443" if port and base.endswith("org") else base
    address = f"{given_port}/voice?at=main&on=key{overrides}"
    signature = RequestValidator(TOKEN).compute_signature(address, MultiDict(form))
    assert Guard((TOKEN,), base).genuine("/voice?at=main&on=key", form, signature)


@given(FORMS, st.sampled_from(BASES), st.sampled_from(["", OVERRIDES]), st.booleans())
def test_every_signature_by_a_shared_key_that_the_library_takes_is_taken(
    form, base, overrides, port
):
    given_port = base + ":443" if port and base.endswith("org") else base
    address = f"{given_port}/voice?at=main&on=key{overrides}"
    signature = RequestValidator(KEY).compute_signature(address, MultiDict(form), HMAC_SHA256)
    told = f"key=webhooks_sharedkey_1,algorithm={HMAC_SHA256}"
    assert get_signature_algorithm(told) == HMAC_SHA256
    guard, path = Guard((TOKEN,), base, [KEY]), "/voice?at=main&on=key"
    assert guard.genuine(path, form, signature, told)
    assert not guard.genuine(path, form, signature)
    assert not guard.genuine(path, [*form, ("x", "y")], signature, told)


@given(FORMS, FORMS, st.sampled_from(BASES))
def test_no_signature_that_the_library_refuses_is_taken(signed, form, base):
    url = f"{base}/voice"
    signature = RequestValidator(TOKEN).compute_signature(url, MultiDict(signed))
    fits = RequestValidator(TOKEN).validate(url, MultiDict(form), signature)
    assert Guard((TOKEN,), base).genuine("/voice", form, signature) == fits


@given(st.text("ab1=&;+%2Ffé\x00 ", max_size=40))
def test_fields_are_read_as_flask_reads_them(text):
    expected = parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote")
    assert fields.read(text) == expected


def test_a_webhook_opens_no_session_and_a_staff_page_does(app, telephone):
    with app.test_request_context("/voice"), pytest.raises(RuntimeError):
        session["kept"] = "something"
    assert "Set-Cookie" not in telephone.post("/voice").headers
    assert "office_form" in app.test_client().get("/office/sign-in").headers["Set-Cookie"]


def test_the_second_time_a_turn_is_written_it_is_the_same_and_fits_its_own_call():
    turn = Turn(Call(), ("Hello.", "Not recorded & <odd>"), Listen(10))
    first, other = twiml.write(turn, RENDERER), Turn(Call(at="a&b"), turn.say, turn.then)
    assert twiml.write(turn, RENDERER) == first
    assert b"at=a&amp;b&amp;on=key" in twiml.write(other, RENDERER)
    assert b'timeout="20"' in twiml.write(Turn(Call(), turn.say, Listen(20)), RENDERER)


@pytest.mark.parametrize("then", [Listen(10, many=True), Record(), End()])
def test_whatever_is_waited_for_the_second_time_is_written_as_the_first(then):
    turn = Turn(Call(), (Pause(500), "Hello."), then)
    first, elsewhere = twiml.write(turn, RENDERER), turn._replace(call=Call(at="menu"))
    assert twiml.write(turn, RENDERER) == first
    assert twiml.write(elsewhere, RENDERER) == first.replace(b"at=main", b"at=menu")


def test_the_figures_that_are_never_kept_are_those_a_number_is_read_back_with():
    words = load(ROOT / "prompts").words("en")
    read = {unit for unit in words.phone("+447700900123") if isinstance(unit, str)}
    assert read | {words.date(date(2026, 6, 15))[-1]} <= set(words.pieces.figures())


def test_what_is_refused_is_refused_every_time_and_the_next_turn_is_well():
    turn = Turn(Call(), ("\x01",), Listen(10))
    for _ in range(2):
        with pytest.raises(twiml.TwimlError):
            twiml.write(turn, RENDERER)
    twiml.write(Turn(Call(), ("Hello.",), Listen(10)), RENDERER)


def test_nothing_of_a_callers_own_is_kept():
    render_settings = twiml.RenderSettings(
        RENDER_SETTINGS.library,
        RENDER_SETTINGS.say_voice,
        RENDER_SETTINGS.tags,
        RENDER_SETTINGS.audio,
        RENDER_SETTINGS.numbers,
        figures=frozenset({"seven"}),
    )
    renderer = twiml.Renderer(render_settings, RENDERER.address)
    for said in ((Playback("RE1"), "Hello."), ("You typed.", "seven")):
        twiml.write(Turn(Call(form="other|2026-06-15"), said, Listen(10)), renderer)
    twiml.write(Turn(Call(), ("Hello.",), Transfer(who=("first",))), renderer)
    assert not render_settings.kept
    twiml.write(Turn(Call(form="other|2026-06-15"), ("Hello.",), Listen(10)), renderer)
    assert len(render_settings.kept) == 1
    assert "2026-06-15" not in str(render_settings.kept) and "at=main" not in str(
        render_settings.kept
    )


def test_words_of_two_languages_and_speeds_are_never_mixed(telephone):
    version = services_of(telephone.app, CallServices).content_store.line("").version
    call = f"/voice?at=main&on=key&lang=en&v={version}"
    plain, slow = (
        telephone.post(f"{call}&speed={speed}", CALL | {"Digits": "#"}).data
        for speed in ("normal", "slow")
    )
    again = telephone.post(f"{call}&speed=normal", CALL | {"Digits": "#"}).data
    plays = [each.count(b"<Play>") for each in (plain, slow, again)]
    assert plays[0] == plays[1] == plays[2] > 3
    played = [
        sorted(part.split(b"</Play>")[0] for part in each.split(b"<Play>")[1:])
        for each in (plain, slow, again)
    ]
    assert played[0] == played[2] != played[1]


def count(store):
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(journal)).scalar_one()


def test_a_burst_of_notes_is_written_whole_and_soon(store):
    kept = Journal(store, References("a secret"))
    for number in range(2_000):
        kept.note(f"CA{number}", (Note("rang", "main"), Note("went", "complaint")))
    until(lambda: count(store) == 4_000, "all are written")
    kept.close()
    assert (count(store), kept.dropped) == (4_000, 0)


def test_within_a_minute_and_over_its_edges_duty_is_what_the_hours_say():
    line, chance = load(ROOT / "prompts"), random.Random(4)
    roster = Roster(settings={"first": "", "second": ""})
    duties, now = Duties(lambda: roster), datetime(2026, 10, 23, tzinfo=LONDON)
    for _ in range(3_000):
        now += timedelta(seconds=chance.choice((0.4, 20, 59, 60, 3_600)))
        duty = duties.at(line, now, None)
        services = line.ring_groups["adviser"]
        assert duty.open == (bool(services.rings(now)) and is_open(line.hours, now))
        assert duty.opens == services.answered(line.hours, now)
