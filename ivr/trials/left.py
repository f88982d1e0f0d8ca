"""The stated ends of callers who leave something for a person, and of those who are in danger.

Owns what must have been said, and in which order. Nothing may be promised that was not kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.exchange.events import Recorded
from ivr.trials.ends import FIRST_WAIT, Judge
from ivr.trials.evidence import Evidence

SPOKEN = 20.0
"""Seconds that the caller of a message speaks."""
REFERENCE = 4
"""Digits of a reference."""
NOTED = b"at=noted-message"
"""Where a caller is whose message is kept."""
TO_ADVICE = 10.0
"""Seconds from the third 9 to what to do, by the measure of a person who is asked for (R47)."""


def message_kept(evidence: Evidence) -> Iterator[str]:
    """All of the message was recorded, heard back whole, and then said to be kept."""
    made = _message(evidence)
    if made and not evidence.played_whole(made):
        yield "the message was not heard back to its end"
    yield from kept_and_said(evidence)


def kept_and_said(evidence: Evidence) -> Iterator[str]:
    """All of the message was recorded, and said to be kept; it need not be heard back."""
    if _message(evidence) is None:
        yield f"no message of {SPOKEN:.0f} seconds was recorded"
    elif not evidence.said("message_kept"):
        yield "it was not said that the message was kept"


def kept_at_least(evidence: Evidence) -> Iterator[str]:
    """All of the message was recorded and kept, though a key that came too soon may have cut off
    the words that say so."""
    if _message(evidence) is None:
        yield f"no message of {SPOKEN:.0f} seconds was recorded"
    elif not any(NOTED in event.body for event in evidence.asked):
        yield "the message was not kept"


def _message(evidence: Evidence) -> Recorded | None:
    return next((e for e in evidence.recordings if abs(e.seconds - SPOKEN) < 1), None)


def nothing_promised(evidence: Evidence) -> Iterator[str]:
    """The call ended in the middle of a message: nothing was said to be kept, and nothing broke."""
    if not any(each.key == "hangup" for each in evidence.recordings):
        yield "the caller did not hang up in the middle of a message"
    if evidence.said("message_kept"):
        yield "a message that was broken off was said to be kept"
    answered = [event.body for event in evidence.asked if event.form.get("Digits") == "hangup"]
    if not answered or any(b"<Hangup" not in body or b"<Play" in body for body in answered):
        yield "the line did not end the call of somebody who had hung up"


def called_back(typed: bool) -> Judge:
    """It was asked if that is safe, then said to be noted, with a reference of four digits.

    ``typed``: whether the number had to be asked for.
    """

    def judge(evidence: Evidence) -> Iterator[str]:
        noted = evidence.said("callback_kept")
        if not noted:
            yield "no call back was promised"
            return
        if not any(safe.at < noted[0].at for safe in evidence.said("ask_safe")):
            yield "it was not asked if it is safe to ring there"
        if bool(evidence.said("ask_phone")) != typed:
            yield f"a number was {'not ' if typed else ''}asked for"
        if len(evidence.after("your_reference")) < REFERENCE:
            yield "the reference was not said to its end"

    return judge


def read_out(topic: str) -> Judge:
    """It was said which text a person will read, before that was promised."""

    def judge(evidence: Evidence) -> Iterator[str]:
        said, noted = evidence.said("will_read"), evidence.said("callback_kept")
        title = evidence.line.words(evidence.line.languages[0]).title(topic)
        if not said or not noted or said[0].at > noted[0].at:
            yield "it was not said that a person reads the text out"
        elif title not in [each.words for each in evidence.after("will_read")]:
            yield f"it was not said that it is about {topic}"

    return judge


def danger(evidence: Evidence) -> Iterator[str]:
    """After the third 9 it was said, to the end, what to do; nobody was rung instead.

    While a number is typed the line only knows the keys once the wait has run out (rule 1.1).
    """
    nines = [key.at for key in evidence.keys if key.key == "9"]
    said = evidence.said("danger_now")
    if len(nines) != len("999") or not said:
        yield "9, three times, did not lead to what to do in danger"
        return
    if (late := said[0].at - nines[-1]) > TO_ADVICE + FIRST_WAIT:
        yield f"what to do in danger was said only {late:.1f} seconds later"
    if not said[0].whole or not evidence.said("worried"):
        yield "what to do in danger was not said to its end"
    if evidence.rung is not None:
        yield "a person was rung in place of it"
