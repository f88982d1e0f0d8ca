"""Turns become exact TwiML, and nothing that Twilio would refuse leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import twiml
from ivr.line.call import Call, End, Listen, Pause, Playback, Record, Transfer, Turn
from tests.support.renderer import RENDERER

HEAD = "<?xml version='1.0' encoding='utf-8'?>\n<Response>"
KEY, QUIET = "/voice?at=main&amp;on=key", "/voice?at=main&amp;on=silence"
SLOW = Call(speed="slow")

TABLE = {
    "a menu": (
        Turn(Call(), (Pause(500), "Hello."), Listen(10)),
        '<Gather input="dtmf" timeout="10" finishOnKey="" numDigits="1" '
        f'action="{KEY}" method="POST"><Play>/audio/cccc.mp3</Play><Play>/audio/aaaa.mp3</Play>'
        f'</Gather><Redirect method="POST">{QUIET}</Redirect>',
    ),
    "a number": (
        Turn(Call(), ("Hello.",), Listen(10, many=True)),
        '<Gather input="dtmf" timeout="10" finishOnKey="#" '
        f'action="{KEY}" method="POST"><Play>/audio/aaaa.mp3</Play>'
        f'</Gather><Redirect method="POST">{QUIET}</Redirect>',
    ),
    "slower": (
        Turn(SLOW, ("Hello.",), End()),
        "<Play>/audio/bbbb.mp3</Play><Hangup />",
    ),
    "a recording that is missing": (
        Turn(Call(), ("Tom & <Jerry>",), End()),
        '<Say voice="Polly.Amy" language="en-GB">Tom &amp; &lt;Jerry&gt;</Say><Hangup />',
    ),
    "a pause that is missing": (
        Turn(Call(), (Pause(123), "Hello."), End()),
        '<Pause length="1" /><Play>/audio/aaaa.mp3</Play><Hangup />',
    ),
    "a person": (
        Turn(Call(), ("Hello.",), Transfer(ring=25)),
        '<Gather input="dtmf" timeout="1" finishOnKey="" numDigits="1" '
        f'action="{KEY}" method="POST"><Play>/audio/aaaa.mp3</Play></Gather>'
        '<Dial action="/voice?at=main&amp;on=transfer" method="POST" '
        'timeout="25" timeLimit="3600" answerOnBridge="true" ringTone="uk" hangupOnStar="true" '
        'callerId="+442079460100"><Number url="/desk" method="POST">+442079460200</Number></Dial>',
    ),
    "the next of a desk's telephones, two at once": (
        Turn(Call(), (), Transfer(who=("second", "third"))),
        '<Dial action="/voice?at=main&amp;on=transfer" method="POST" '
        'timeout="25" timeLimit="3600" answerOnBridge="true" ringTone="uk" hangupOnStar="true" '
        'callerId="+442079460100"><Number url="/desk" method="POST">+442079460201</Number>'
        '<Number url="/desk" method="POST">+442079460202</Number></Dial>',
    ),
    "a message": (
        Turn(Call(), ("Hello.",), Record(180, 10)),
        '<Play>/audio/aaaa.mp3</Play><Record action="/voice?at=main&amp;on=recorded" method="POST" '
        'maxLength="180" timeout="10" finishOnKey="0123456789*#" playBeep="true" '
        'recordingStatusCallback="/voice?at=main&amp;on=complete" />'
        '<Redirect method="POST">/voice?at=main&amp;on=unheard</Redirect>',
    ),
    "a message heard back": (
        Turn(Call(), (Playback("RE1"), "Hello."), Listen(10)),
        '<Gather input="dtmf" timeout="10" finishOnKey="" numDigits="1" '
        'action="/voice?at=main&amp;on=key" method="POST"><Play>/recordings/en/RE1</Play>'
        "<Play>/audio/aaaa.mp3</Play></Gather>"
        '<Redirect method="POST">/voice?at=main&amp;on=silence</Redirect>',
    ),
}


@pytest.mark.parametrize(("turn", "written"), TABLE.values(), ids=TABLE)
def test_a_turn_becomes_exactly_this(turn, written):
    assert twiml.write(turn, RENDERER).decode() == f"{HEAD}{written}</Response>"


@given(st.text(max_size=60))
def test_any_words_are_written_whole_or_refused(words):
    turn = Turn(Call(), (words,), Listen(10))
    try:
        document = twiml.write(turn, RENDERER)
    except twiml.TwimlError:
        return
    twiml.check(document)


def test_a_number_outside_the_settings_can_never_be_rung():
    with pytest.raises(KeyError):
        twiml.write(Turn(Call(), (), Transfer(who=("+33142685300",))), RENDERER)


GATHER = '<Gather input="dtmf" timeout="10" finishOnKey="" action="/" method="POST">'
BAD = {
    "not well formed": "<Response><Say>",
    "a control character": '<Response><Say voice="a" language="b">\x01</Say><Hangup/></Response>',
    "no verbs": "<Response></Response>",
    "another root": "<Html/>",
    "falls off the end": f"<Response>{GATHER}</Gather></Response>",
    "a Gather without a timeout": '<Response><Gather input="dtmf" action="/"/><Hangup/></Response>',
    "a Dial without an action": "<Response><Dial><Number>1</Number></Dial></Response>",
    "a Say without a voice": "<Response><Say>Hello</Say><Hangup/></Response>",
    "an empty Say": '<Response><Say voice="a" language="b"> </Say><Hangup/></Response>',
    "an overlong Say": f'<Response><Say voice="a" language="b">{"x" * 3000}</Say><Hangup/></Response>',
    "a verb nested wrongly": f"<Response>{GATHER}<Hangup/></Gather><Hangup/></Response>",
    "an unknown verb": "<Response><Sing>la</Sing><Hangup/></Response>",
    "too large": "<Response>" + "<Pause/>" * 8000 + "<Hangup/></Response>",
}


@pytest.mark.parametrize("document", BAD.values(), ids=BAD)
def test_the_guard_refuses(document):
    with pytest.raises(twiml.TwimlError):
        twiml.check(document.encode())


def test_the_last_words_ring_the_desk_or_begin_anew():
    services = twiml.LastDesk("+442079460200", "+442079460100", "/desk")
    rings = twiml.last_words("Sorry.", "Polly.Amy", "en-GB", "/voice", services)
    assert b'<Number url="/desk" method="POST">+442079460200</Number>' in rings
    assert b'action="/voice"' in rings and b'callerId="+442079460100"' in rings
    waits = twiml.last_words("Sorry.", "Polly.Amy", "en-GB", "/voice", None)
    assert b"<Redirect" in waits
