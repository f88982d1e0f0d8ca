"""The stated ends of callers who leave something for a person, and of those who are in danger.

Owns what must have been said, and in which order. Nothing may be promised that was not kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.simulator.events import Recorded
from ivr.simulator.judged.ends import FIRST_WAIT, Judge
from ivr.simulator.judged.evidence import CallEvidence

SPOKEN = 20.0
"""Seconds that the caller of a message speaks."""
REFERENCE = 4
"""Digits of a reference."""
KEPT = b"at=keep"
"""Where a caller is who hears that a message is kept."""
TO_ADVICE = 10.0
"""Seconds from the third 9 to what to do, by the measure of a person who is asked for (R47)."""


def message_kept(evidence: CallEvidence) -> Iterator[str]:
    """All of the message was recorded, heard back whole, and then said to be kept."""
    made = _message(evidence)
    if made and not evidence.played_whole(made):
        yield "the message was not heard back to its end"
    yield from kept_and_said(evidence)


def kept_and_said(evidence: CallEvidence) -> Iterator[str]:
    """All of the message was recorded, and said to be kept; it need not be heard back."""
    if _message(evidence) is None:
        yield f"no message of {SPOKEN:.0f} seconds was recorded"
    elif not evidence.said("message_kept"):
        yield "it was not said that the message was kept"


def kept_at_least(evidence: CallEvidence) -> Iterator[str]:
    """All of the message was recorded and kept, though a key that came too soon may have cut off
    the words that say so."""
    if _message(evidence) is None:
        yield f"no message of {SPOKEN:.0f} seconds was recorded"
    elif not any(KEPT in event.body for event in evidence.asked):
        yield "the message was not kept"


def _message(evidence: CallEvidence) -> Recorded | None:
    return next((e for e in evidence.recordings if abs(e.seconds - SPOKEN) < 1), None)


def hung_up(evidence: CallEvidence) -> Iterator[str]:
    """The message was ended by hanging up, which was told beforehand; then nothing more was said.

    That it is there is for the advisers to see, not for somebody who has gone.
    """
    if not any(each.key == "hangup" for each in evidence.recordings):
        yield "the caller did not hang up in the middle of a message"
    if not evidence.said("message_end"):
        yield "it was not said before that one can just hang up"
    answered = [event.body for event in evidence.asked if event.form.get("Digits") == "hangup"]
    # Where that request was lost on its way there is no answer.
    if any(b"<Hangup" not in body or b"<Play" in body for body in answered):
        yield "the line did not end the call of somebody who had hung up"


def said_to_be_kept(evidence: CallEvidence) -> Iterator[str]:
    """Right after the message it was said to be kept, before anything else was asked."""
    made = [each.at for each in evidence.recordings if each.key == "#"]
    said = [spoken for spoken in evidence.said("kept_hang_up") if spoken.whole]
    if not made:
        yield "no message was recorded"
    elif not said or any(made[0] < each.at < said[0].at for each in evidence.spoken):
        yield "it was not said at once that the message is kept"


def nothing_to_keep(evidence: CallEvidence) -> Iterator[str]:
    """Next to nothing was said after the tone: that is told, and nothing is said to be kept."""
    if not evidence.said("nothing_recorded"):
        yield "it was not said that nothing was heard"
    if evidence.said("kept_hang_up") or evidence.said("message_kept"):
        yield "nothing was said after the tone, and it was said to be kept"


def called_back(typed: bool) -> Judge:
    """It was asked if that is safe, then said to be noted, with a reference of four digits.

    ``typed``: whether the number had to be asked for.
    """

    def judge(evidence: CallEvidence) -> Iterator[str]:
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

    def judge(evidence: CallEvidence) -> Iterator[str]:
        said, noted = evidence.said("will_read"), evidence.said("callback_kept")
        title = evidence.line.words(evidence.line.languages[0]).title(topic)
        if not said or not noted or said[0].at > noted[0].at:
            yield "it was not said that a person reads the text out"
        elif title not in [each.words for each in evidence.after("will_read")]:
            yield f"it was not said that it is about {topic}"

    return judge


def danger(evidence: CallEvidence) -> Iterator[str]:
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
