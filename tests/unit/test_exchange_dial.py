"""The simulator rings advisers as Twilio documents Dial and Number."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.simulator import events
from ivr.simulator.events import Callee, Event, Talk
from ivr.simulator.people import Advisers, Decided, Live, LiveCallee, Scripted
from ivr.simulator.verbs import VerbError, parse
from tests.support import exchange
from tests.support.exchange import BASE, CALLER, TOKEN, each

DESK, OTHER = "+442079460201", "+442079460202"
WHISPER = (
    '<Gather action="/pressed" numDigits="1" timeout="8"><Say>A call. Press one to take it.</Say>'
    "</Gather><Hangup/>"
)


class Line(exchange.Line):
    """A made-up line that rings these numbers, and asks each adviser to press 1."""

    def __init__(self, *numbers: str, dial: str = 'timeout="25"', whisper: str = WHISPER) -> None:
        nouns = "".join(
            f'<Number url="/whisper">{number}</Number>' if whisper else f"<Number>{number}</Number>"
            for number in numbers
        )
        super().__init__(
            {
                "/voice": f'<Dial action="/after" {dial}>{nouns}</Dial>',
                "/whisper": whisper,
                "/after": "<Say>After.</Say>",
            }
        )

    def document(self, path: str, form: MultiDict[str, str]) -> str | None:
        if path == "/pressed":
            return "" if form["Digits"] == "1" else "<Hangup/>"
        return super().document(path, form)

    def ring(self, callee: Callee, keys: Sequence[str] = (), **more: object) -> list[Event]:
        return self.call(Scripted(keys), callee, **more)

    def told(self) -> tuple[str, str]:
        (form,) = self.forms("/after")
        return form["DialCallStatus"], form["DialBridged"]


# --- one adviser -----------------------------------------------------------------------------


def test_an_adviser_who_presses_1_is_put_through():
    line = Line(DESK)
    happened = line.ring(Decided(talks=90))
    assert [event.number for event in each(events.Bridged, happened)] == [DESK]
    assert line.told() == ("completed", "true")
    assert line.forms("/after")[0]["DialCallDuration"] == "90"


def test_what_the_adviser_hears_and_presses_takes_its_time():
    happened = Line(DESK).ring(Decided())
    (heard,), (bridged,) = each(events.AdviserHears, happened), each(events.Bridged, happened)
    assert heard.words == "A call. Press one to take it." and heard.number == DESK
    assert bridged.at == pytest.approx(7 / 2.5 + 0.6)
    assert not each(events.Said, happened[: happened.index(bridged)])


@pytest.mark.parametrize("adviser", ["refuse", "machine"])
def test_a_call_that_nobody_takes_is_completed_but_not_bridged(adviser):
    line = Line(DESK)
    happened = line.ring(Decided(adviser))
    assert line.told() == ("completed", "false")
    assert "DialCallDuration" not in line.forms("/after")[0]
    assert not each(events.Bridged, happened)
    assert [event.outcome for event in each(events.DialEnded, happened)] == ["completed"]


def test_a_machine_is_listened_to_until_the_whisper_gives_up():
    happened = Line(DESK).ring(Decided("machine"))
    assert each(events.DialEnded, happened)[0].at == pytest.approx(7 / 2.5 + 8)


def test_a_whisper_that_ends_by_itself_puts_even_a_machine_through():
    assert each(events.Bridged, Line(DESK, whisper="<Say>A call.</Say>").ring(Decided("machine")))


@pytest.mark.parametrize("outcome", ["busy", "failed", "no-answer", "canceled"])
def test_a_telephone_that_is_not_answered_says_so(outcome):
    line = Line(DESK)
    happened = line.ring(Decided(outcome))
    assert line.told() == (outcome, "false") and not line.forms("/whisper")
    rang = 25 if outcome == "no-answer" else 0
    assert each(events.DialEnded, happened)[0].at == pytest.approx(rang)


def test_without_an_address_to_ask_whoever_answers_is_put_through_at_once():
    happened = Line(DESK, whisper="").ring(Decided())
    assert each(events.Bridged, happened)[0].at == 0


def test_the_advisers_end_is_a_call_of_its_own_with_a_signature():
    line = Line(DESK, dial='callerId="+442079460100"')
    line.ring(Decided())
    (form,), (after,) = line.forms("/whisper"), line.forms("/after")
    assert form["CallSid"] == after["DialCallSid"] != after["CallSid"] == form["ParentCallSid"]
    assert (form["From"], form["To"]) == ("+442079460100", DESK)
    assert (form["CallStatus"], form["Direction"]) == ("in-progress", "outbound-dial")
    asked = next(asked for asked in line.asked if asked.path == "/whisper")
    assert RequestValidator(TOKEN).validate(BASE + asked.path, asked.form, asked.signature)


def test_without_a_caller_id_the_adviser_sees_the_caller():
    line = Line(DESK)
    assert each(events.Dialling, line.ring(Decided()))[0].caller_id == CALLER
    assert line.forms("/whisper")[0]["From"] == CALLER


@pytest.mark.parametrize("verb", ["<Dial>+442079460299</Dial>", "<Record/>", "<Say/>"])
def test_a_whisper_that_twilio_would_not_perform_loses_the_call(verb):
    line = Line(DESK, whisper=verb)
    happened = line.ring(Decided())
    assert each(events.Failed, happened) and line.told() == ("completed", "false")


def test_dial_and_record_have_no_place_in_a_whisper():
    happened = Line(DESK, whisper="<Record/>").ring(Decided())
    assert "13201" in each(events.Failed, happened)[0].words


def test_a_whisper_may_lead_to_another_document():
    line = Line(DESK, whisper="<Redirect>/more</Redirect>")
    line.documents["/more"] = "<Hangup/>"
    line.ring(Decided())
    assert len(line.forms("/more")) == 1 and line.told() == ("completed", "false")


# --- several ---------------------------------------------------------------------------------

SEVERAL = {
    "all busy": ("busy", "busy", "busy", None),
    "all failed": ("failed", "failed", "failed", None),
    "busy and failed": ("busy", "failed", "no-answer", None),
    "busy and unanswered": ("busy", "no-answer", "no-answer", None),
    "one refuses, one is busy": ("refuse", "busy", "completed", None),
    "one refuses, one takes it": ("refuse", "answer", "completed", OTHER),
    "a machine, and one who takes it": ("machine", "answer", "completed", OTHER),
    "both would take it": ("answer", "answer", "completed", DESK),
    "both are off": ("off", "off", "no-answer", None),
    "unanswered, and one who takes it": ("no-answer", "answer", "completed", OTHER),
}


@pytest.mark.parametrize(("one", "two", "status", "taken"), SEVERAL.values(), ids=SEVERAL)
def test_of_several_telephones_the_first_that_takes_the_call_has_it(one, two, status, taken):
    line = Line(DESK, OTHER)
    happened = line.ring(Advisers({DESK: one, OTHER: two}))
    assert line.told() == (status, str(taken is not None).lower())
    assert [event.number for event in each(events.Dialling, happened)] == [DESK, OTHER]
    assert [event.number for event in each(events.Bridged, happened)] == [taken] * bool(taken)


def test_telephones_ring_at_once_and_not_one_after_another():
    happened = Line(DESK, OTHER).ring(Advisers({}))
    assert each(events.DialEnded, happened)[0].at == pytest.approx(25)


def test_a_telephone_without_a_behaviour_of_its_own_does_as_the_others():
    assert each(events.Bridged, Line(DESK).ring(Advisers({}, otherwise="answer", talks=5)))


@pytest.mark.parametrize("numbers", [0, 11])
def test_a_dial_rings_one_to_ten_telephones(numbers):
    nouns = "<Number>+442079460201</Number>" * numbers
    with pytest.raises(VerbError):
        parse(f"<Response><Dial>{nouns}</Dial></Response>".encode(), "text/xml")


@pytest.mark.parametrize(("tone", "good"), [("uk", True), ("UK", False), ("ringing", False)])
def test_a_ring_tone_is_a_country(tone, good):
    document = f'<Response><Dial ringTone="{tone}">+442079460201</Dial></Response>'.encode()
    if good:
        assert parse(document, "text/xml")[0]["ringTone"] == tone
    else:
        with pytest.raises(VerbError):
            parse(document, "text/xml")


# --- the caller meanwhile --------------------------------------------------------------------


@pytest.mark.parametrize("adviser", ["no-answer", "answer"], ids=["ringing", "whisper"])
def test_a_caller_who_hangs_up_meanwhile_cancels_every_telephone(adviser):
    line = Line(DESK, OTHER)
    happened = line.ring(Decided(adviser), [">bye"])
    assert [event.outcome for event in each(events.DialEnded, happened)] == ["canceled"]
    assert happened[-1].by == "caller" and not line.forms("/after")


def test_keys_that_the_caller_presses_meanwhile_change_nothing():
    line = Line(DESK)
    happened = line.ring(Decided(), [">5"])
    assert [event.key for event in each(events.KeySent, happened)] == ["5"]
    assert line.told() == ("completed", "true")


# --- star ------------------------------------------------------------------------------------

STAR = 'timeout="25" hangupOnStar="true"'


@pytest.mark.parametrize("adviser", ["no-answer", "answer"], ids=["ringing", "whisper"])
def test_star_stops_the_ringing_and_the_call_goes_on(adviser):
    line = Line(DESK, OTHER, dial=STAR)
    happened = line.ring(Decided(adviser), [">5", ">*", "-"])
    (over,) = each(events.DialEnded, happened)
    assert over.at < 5 and not each(events.Bridged, happened)
    assert line.told() == ("completed", "false") and "DialCallDuration" not in line.forms("/after")
    assert [event.words for event in each(events.Said, happened)] == ["After."]


@pytest.mark.parametrize("told", ["completed", "no-answer", "canceled"])
def test_what_is_told_of_star_can_be_set_as_twilio_does_not_say(told):
    line = Line(DESK, dial=STAR)
    line.ring(Decided("no-answer"), [">*"], star=told)
    assert line.told() == (told, "false")


def test_star_is_lost_where_the_dial_does_not_ask_for_it():
    line = Line(DESK)
    happened = line.ring(Decided("no-answer"), [">*"])
    assert each(events.DialEnded, happened)[0].at == pytest.approx(25)
    assert line.told() == ("no-answer", "false")


class Starring(Decided):
    """Talks in which the caller presses star after ten seconds, of twenty."""

    def talk(self, person, seconds):
        first = seconds > 3590
        return Talk(min(10.0, seconds), caller_gone=False, star=first)


@pytest.mark.parametrize(("dial", "talked"), [(STAR, "10"), ('timeout="25"', "20")])
def test_star_ends_a_talk_only_where_the_dial_asks_for_it(dial, talked):
    line = Line(DESK, dial=f'{dial} timeLimit="3600"')
    line.ring(Starring())
    assert line.told() == ("completed", "true")
    assert line.forms("/after")[0]["DialCallDuration"] == talked


def test_a_live_caller_ends_a_talk_with_star():
    line = Line(DESK, dial=STAR, whisper="")
    person, adviser = Live(), LiveCallee()

    def hear(event: Event) -> None:
        if isinstance(event, events.Dialling):
            adviser.do("answer")
        if isinstance(event, events.Bridged):
            person.press("*")
        if isinstance(event, events.DialEnded):
            person.hang_up()

    line.call(person, adviser, hear)
    assert line.told() == ("completed", "true")


# --- how long it rings -----------------------------------------------------------------------


def test_a_telephone_that_is_off_is_unanswered_without_having_rung():
    line = Line(DESK)
    happened = line.ring(Decided("off"))
    assert line.told() == ("no-answer", "false")
    assert each(events.DialEnded, happened)[0].at == 0


def test_a_live_adviser_who_does_not_answer_lets_it_ring_by_the_clock_of_the_call():
    line = Line(DESK, dial='timeout="120"')
    happened = live(line, "no-answer")
    assert each(events.DialEnded, happened)[0].at == pytest.approx(120)


# --- a live adviser --------------------------------------------------------------------------


def live(line: Line, *does: str) -> list[Event]:
    """A live call in which the adviser does these things once it rings. It is over soon."""
    adviser, person = LiveCallee(), Live()
    adviser.do("answer")

    def hear(event: Event) -> None:
        if isinstance(event, events.Dialling):
            for what in does:
                adviser.do(what) if what != "bye" else person.hang_up()

    return line.call(person, adviser, hear)


@pytest.mark.parametrize(("does", "bridged"), [("accept", "true"), ("refuse", "false")])
def test_a_live_adviser_takes_the_call_or_does_not(does, bridged):
    line = Line(DESK, dial='timeout="120" timeLimit="1"')
    happened = live(line, "answer", does)
    assert line.told() == ("completed", bridged)
    assert bool(each(events.Bridged, happened)) == (bridged == "true")


def test_a_live_adviser_may_hang_up_instead_of_pressing():
    line = Line(DESK)
    live(line, "answer", "hangup")
    assert line.told() == ("completed", "false")


@pytest.mark.parametrize("does", ["busy", "no-answer"])
def test_a_live_adviser_need_not_let_it_ring_to_the_end(does):
    line = Line(DESK, dial='timeout="120"')
    live(line, does)
    assert line.told() == (does, "false")


def test_a_live_caller_may_hang_up_while_it_rings():
    line = Line(DESK, dial='timeout="120"')
    happened = live(line, "bye")
    assert happened[-1].by == "caller" and not line.forms("/after")


def test_what_a_live_adviser_did_before_it_rang_does_not_count():
    line = Line(DESK, dial='timeout="1"')
    live(line)
    assert line.told() == ("no-answer", "false")


# --- the number that was rung ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("called", "to"), [("", "+442079460100"), ("+442079460199", "+442079460199")]
)
def test_a_call_says_which_of_the_numbers_was_rung(called, to):
    line = Line(DESK)
    line.ring(Decided("busy"), called=called)
    (form,) = line.forms("/voice")
    assert form["To"] == form["Called"] == to
