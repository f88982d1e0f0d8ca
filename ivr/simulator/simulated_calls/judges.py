"""What each simulated call must come to, and what is said where it fell short of that.

Owns the figures: which rule asks for how many seconds. Each judge looks at what happened in the
call alone, and yields one plain sentence for each thing that was not as it should be. Nothing may
be promised that was not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from ivr.simulator import events
from ivr.simulator.simulated_calls.evidence import CallEvidence

Judge = Callable[[CallEvidence], Iterator[str]]

FIRST_CHOICE = 12.0
"""Seconds from the answer to the first choice, for who hears it all (R21)."""
TO_TOPIC = 45.0
"""Seconds from the answer to a topic, for who hears every choice (figure 3)."""
TO_RINGING = 10.0
"""Seconds of speech between asking for a person and the ring (R47)."""
NOBODY = ("closed", "busy")
"""What is said where no telephone can ring."""
TYPED = (
    *("ask_number", "ask_phone"),
    *("ask_day_letter", "ask_day_certificate", "ask_month", "ask_year"),
)
"""The phrases that ask for digits."""
FIRST_WAIT = 10.0
"""Seconds of the shortest wait for an answer (R31)."""
STAYS = 10
"""How often at least any key goes on after a warning (R33)."""
SPOKEN = 20.0
"""Seconds that the caller of a message speaks."""
REFERENCE = 4
"""Digits of a reference."""
KEPT = b"at=keep"
"""Where a caller is who hears that a message is kept."""
TO_ADVICE = 10.0
"""Seconds from the third 9 to what to do, by the measure of a person who is asked for (R47)."""


def sound(evidence: CallEvidence) -> Iterator[str]:
    """What must hold in every call: no error, no apology, no end without a warning (R33)."""
    for event in evidence.each(events.Failed):
        yield f"failed after {event.at:.0f} seconds: {event.words}"
    if evidence.said("apology"):
        yield "the line had to apologise: something broke"
    if evidence.ended_by == "line" and not evidence.warned:
        yield "the line ended the call without a warning and time to stay"


TO_ANSWER, TO_ANSWER_HEARING_ALL = 60.0, 85.0
"""Seconds from the answer to the end of a topic's short version: for who presses as soon as the
choice is said, and for who hears every menu out (1.3)."""


def heard_topic(evidence: CallEvidence) -> Iterator[str]:
    """The topic was heard to its end, every word of it."""
    if missing := evidence.missing():
        yield f"the topic {evidence.topic} was not heard to its end: {', '.join(missing)}"


def in_time(evidence: CallEvidence) -> Iterator[str]:
    """A caller who hears every choice is at the first, and at the topic, in time.

    Offers of other languages are left out of both (R21); the time to the topic is that of the
    voice alone, because figure 3 leaves out the breaks of R40.
    """
    lang, first = evidence.lang, evidence.first_choice
    if first is not None:
        yield from _late(
            "the first choice", first - evidence.offers_before(first, lang), FIRST_CHOICE
        )
    came = evidence.began(evidence.title)
    if came is not None:
        voice = evidence.voice_before(came, lang)
        yield from _late("the topic, its breaks left out,", voice, TO_TOPIC)


def answer_in_time(evidence: CallEvidence, most: float) -> Iterator[str]:
    """The short version of the topic is heard within so many seconds of the answer (1.3).

    What is said of danger before it is left out, as no second may be saved on that; and offers of
    other languages are (R21).
    """
    if (came := evidence.answered) is not None:
        danger = sum(each.heard for each in evidence.said("danger") if each.at < came)
        own = came - danger - evidence.offers_before(came, evidence.lang)
        yield from _late("the end of the short version", own, most)


def _late(what: str, came: float, most: float) -> Iterator[str]:
    if came > most:
        yield f"{what} came after {came:.1f} seconds, not within {most:.0f}"


def person(evidence: CallEvidence) -> Iterator[str]:
    """A person's telephone rang, soon after being asked for (R10, R47)."""
    if evidence.to_person is None:
        yield "no person was rung"
    elif evidence.to_person > TO_RINGING:
        yield f"a person was rung only {evidence.to_person:.1f} seconds later"


def came_back(evidence: CallEvidence) -> Iterator[str]:
    """Star stopped the ringing: nobody else was rung, and nobody was talked with (R11)."""
    rung = [event.at for event in evidence.each(events.Dialling)]
    star = evidence.first(key.at for key in evidence.keys if key.key == "*")
    if star is None or not rung or star < rung[0]:
        yield "star was not pressed while a telephone rang"
    elif any(at > star for at in rung):
        yield "somebody else was rung after star"
    if evidence.each(events.Bridged):
        yield "the caller was put through all the same"


def adviser_told(evidence: CallEvidence) -> Iterator[str]:
    """Whoever took the call had heard which topic the caller has heard (R49)."""
    if evidence.title not in evidence.told:
        yield f"the adviser was not told that the caller has heard about {evidence.topic}"
    if not evidence.each(events.Bridged):
        yield "the caller was never put through"


def panicked(evidence: CallEvidence) -> Iterator[str]:
    """The one press of 0 led to a person (R10)."""
    zero = evidence.first(key.at for key in evidence.keys if key.key == "0")
    if zero is None:
        yield "0 was never pressed"
    else:
        yield from answered(evidence, zero)


def answered(evidence: CallEvidence, zero: float) -> Iterator[str]:
    """0, pressed at this moment, led to a person, or to hearing that nobody is there (R48).

    It may first be asked what they may be told; the ring then follows the answer or wait (R49).
    While a number is typed the line only knows a lone 0 once the wait has run out (rule 1.1).
    """
    reached = [spoken.at for phrase in NOBODY for spoken in evidence.said(phrase)]
    reached += [event.at for event in evidence.each(events.Dialling)]
    person = evidence.first(reached, zero)
    asked = evidence.first((spoken.at for spoken in evidence.said("may_tell")), zero)
    if person is None:
        yield "0 led to no person, and nothing was said of it"
    elif asked is None or person < asked:
        yield from _too_late(evidence, zero, person)
    else:
        yield from _too_late(evidence, zero, asked)
        if (late := evidence.since_asked(person)) > TO_RINGING:
            yield f"a person was rung only {late:.1f} seconds after the answer"


def _too_late(evidence: CallEvidence, zero: float, came: float) -> Iterator[str]:
    asked = (spoken for phrase in TYPED for spoken in evidence.said(phrase))
    typing = any(spoken.at <= zero for spoken in asked)
    most = TO_RINGING + (max(FIRST_WAIT, evidence.waiting(zero)) if typing else 0)
    if came - zero > most:
        yield f"0 led to a person only {came - zero:.1f} seconds later"


def told(evidence: CallEvidence, why: str) -> Iterator[str]:
    """Nobody could answer: it was said why, and another way was offered and taken (R48)."""
    if not evidence.said(why):
        yield f"it was not said why nobody answered ({why})"
    if not evidence.began(evidence.words.says["resume_label"]):
        yield "no other way was offered"
    if evidence.ended_by != "caller":
        yield "the call was dropped where nobody answered"


def announced_end(evidence: CallEvidence) -> Iterator[str]:
    """The line ended the call itself, after a warning (judged in ``sound``)."""
    if evidence.ended_by != "line":
        yield f"the call did not come to an announced end: ended by the {evidence.ended_by}"


def said(evidence: CallEvidence, *, names: Sequence[str]) -> Iterator[str]:
    """Each of these phrases was begun at least (R33, R48)."""
    for name in names:
        if evidence.began(evidence.words.says[name]) is None:
            yield f"“{name}” was never said"


def advised(evidence: CallEvidence) -> Iterator[str]:
    """The short version of every way on was heard to its end (1.4)."""
    words = evidence.words
    for name in evidence.line.in_short:
        if not evidence.heard_whole(words.topics[name].summary):
            yield f"the advice in short was not heard to its end: {name}"


def no_key(evidence: CallEvidence) -> Iterator[str]:
    """No key came to the line in this call."""
    if evidence.keys:
        yield "a key came to the line"


def stayed(evidence: CallEvidence) -> Iterator[str]:
    """Any key went on after each warning (R33: ten times at least)."""
    warnings = len(evidence.said("will_end"))
    if warnings != STAYS + 1:
        yield f"a key after the warning went on {max(0, warnings - 1)} times, not {STAYS}"


def second_presentation(evidence: CallEvidence) -> Iterator[str]:
    """After two keys that are not offered, and no more, a person was rung (R34).

    9 is none of them: pressed three times, it means 999.
    """
    keys = [key for key in evidence.keys if key.key != "9"]
    before = [key for key in keys if evidence.rung is None or key.at < evidence.rung]
    if len(before) > 2:
        yield f"it took {len(before)} keys that are not offered to reach a person"


def slow_to_the_end(evidence: CallEvidence) -> Iterator[str]:
    """Once slower speech was asked for, everything was said slowly (R38)."""
    began = evidence.first(spoken.at for spoken in evidence.said("slower_on"))
    if began is None:
        yield "slower speech was never granted"
        return
    usual = (each for each in evidence.spoken if each.at > began and each.speed == "normal")
    yield from (f"said at the usual speed: {each.words[:60]}" for each in islice(usual, 1))


def text_sent(evidence: CallEvidence, typed: bool) -> Iterator[str]:
    """A text was promised; a number was asked for once where it had to be typed (R41, R60)."""
    if not evidence.said("sending"):
        yield "no text was promised"
    asked = len(evidence.said("ask_number"))
    if asked == 0 and typed:
        yield "no number was asked for, though this telephone cannot take a text"
    if asked and not typed:
        yield "a number was asked for, though this telephone can take a text"


def read_back(evidence: CallEvidence, number: str) -> Iterator[str]:
    """A typed number was read back just as it was typed (R43)."""
    words = evidence.words
    digits = [unit for unit in words.phone(number) if isinstance(unit, str)]
    said = [spoken.words for spoken in evidence.spoken]
    if not any(said[n : n + len(digits)] == digits for n in range(len(said))):
        yield "the number was not read back as it was typed"


def only_in_its_language(evidence: CallEvidence) -> Iterator[str]:
    """Nothing but what this language lacks was said in another once this was chosen (R50)."""
    chosen = evidence.first(key.at for key in evidence.keys)
    if chosen is None:
        yield "no language was chosen"
        return
    borrowed = evidence.line.borrowed(evidence.lang)
    after = (each for each in evidence.spoken if each.at > chosen and each.words not in borrowed)
    other = (each for each in after if each.lang != evidence.lang)
    yield from (f"said in another language: {each.words[:60]}" for each in islice(other, 1))


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
    elif not any(KEPT in event.body for event in evidence.each(events.Asked)):
        yield "the message was not kept"


def _message(evidence: CallEvidence) -> events.Recorded | None:
    recorded = evidence.each(events.Recorded)
    return next((each for each in recorded if abs(each.seconds - SPOKEN) < 1), None)


def hung_up(evidence: CallEvidence) -> Iterator[str]:
    """The message was ended by hanging up, which was told beforehand; then nothing more was said.

    That it is there is for the advisers to see, not for somebody who has gone.
    """
    if not any(each.key == "hangup" for each in evidence.each(events.Recorded)):
        yield "the caller did not hang up in the middle of a message"
    if not evidence.said("message_end"):
        yield "it was not said before that one can just hang up"
    asked = evidence.each(events.Asked)
    answered = [event.body for event in asked if event.form.get("Digits") == "hangup"]
    # Where that request was lost on its way there is no answer.
    if any(b"<Hangup" not in body or b"<Play" in body for body in answered):
        yield "the line did not end the call of somebody who had hung up"


def said_to_be_kept(evidence: CallEvidence) -> Iterator[str]:
    """Right after the message it was said to be kept, before anything else was asked."""
    made = [each.at for each in evidence.each(events.Recorded) if each.key == "#"]
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


def called_back(evidence: CallEvidence, typed: bool) -> Iterator[str]:
    """It was asked if that is safe, then said to be noted, with a reference of four digits.

    ``typed``: whether the number had to be asked for.
    """
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


def read_out(evidence: CallEvidence) -> Iterator[str]:
    """It was said which text a person will read, before that was promised."""
    said, noted = evidence.said("will_read"), evidence.said("callback_kept")
    if not said or not noted or said[0].at > noted[0].at:
        yield "it was not said that a person reads the text out"
    elif evidence.title not in [each.words for each in evidence.after("will_read")]:
        yield f"it was not said that it is about {evidence.topic}"


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
