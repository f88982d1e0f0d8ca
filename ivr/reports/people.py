"""Reaching a person on paper: key 0, nobody there, a message, being rung back, and danger.

Owns these sections. What the line says there comes from the ear; only the paper's own sentences
around it are written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ivr.line.call import AGAIN, Record, Transfer, Turn
from ivr.line.model import Line
from ivr.reports.ear import EXAMPLE_MOBILE, Reader, as_read, ear, evening_ear, said, withheld_ear
from ivr.reports.paper import Row, Section, head, note

YES, NO = "1", "2"
NOBODY = {
    "busy": "If the adviser is on another call",
    "no-answer": "If the adviser does not answer",
    "failed": "If the adviser cannot be reached",
}
TALKING = "If one does not answer and the others talk"
"""How a transfer can end without a talk, by Twilio's names for it."""
MINUTE = 60
LANDLINE = "02079460123"
JERSEY = "01534440000"
"""One of Ofcom's numbers for drama."""
ASKED = {
    "safe": "If it is safe",
    "leave": "If nobody answers when we ring",
    "saying": "Who we say we are",
    "when": "When we may ring",
    "tongue": "Your language",
}
"""What each question of a call-back is about."""
FIRST_ANSWERS = dict.fromkeys(ASKED, "1")
OTHER_ANSWERS = (
    FIRST_ANSWERS | {"leave": "2", "saying": "2", "when": "2"},
    FIRST_ANSWERS | {"when": "3"},
)
"""Answers that, with the first ones, hold each one that there is."""
REFERENCE = "4821"


def people(line: Line, lang: str) -> tuple[Section, ...]:
    """Every section about reaching a person, in the order of their use."""
    return tuple(make(line, lang) for make in (adviser, nobody, message, callback, danger))


def adviser(line: Line, lang: str) -> Section:
    """Key 0 while an adviser is there: what is asked, the ringing, and after the talk."""
    caller = ear(line, lang)
    ringing = _ringing(caller)
    after = caller.ends(ringing, "completed")
    rows = [
        note("Press 0 at any moment, also while the line speaks."),
        *caller.rows(ringing),
        note(
            "Star works before it rings and while it rings. The other keys wait until it is over."
        ),
        *_stopped(caller, ringing),
        *_next_telephone(caller, ringing),
        *_asked_first(caller),
        head("After your talk"),
        *caller.rows(after, caller.come(line.start)),
        note("You are then where you were when you pressed 0."),
    ]
    return Section("adviser", "Key 0: a person", tuple(rows))


def _ringing(caller: Reader) -> Turn:
    """0 at the start of a call, with a place at the ring group: the first telephone rings."""
    asked = caller.press(caller.ring(), "0")
    wanted = caller.press(asked, NO) if asked.call.at == "tell" else asked
    return caller.ends(wanted, "free")


def _stopped(caller: Reader, ringing: Turn) -> Iterator[Row]:
    """Star while it rings."""
    yield head("If you press star while it rings")
    yield from caller.rows(caller.ends(ringing, "stopped"), caller.come(caller.line.start))


def _next_telephone(caller: Reader, ringing: Turn) -> Iterator[Row]:
    following = _ended(caller, ringing, "no-answer")
    if isinstance(following.then, Transfer):
        yield head("If the first adviser cannot answer")
        yield from caller.rows(following)


def _asked_first(caller: Reader) -> Iterator[Row]:
    """Whether the adviser may be told what was heard."""
    topic = next(iter(caller.line.topics))
    yield head("If you have heard advice before")
    yield note("Then the line asks you first. It also asks if you have used key 8.")
    yield from caller.rows(caller.press(caller.come(topic), "0"))
    yield note(
        "After 1, the adviser hears which advice you heard, which language you speak, and if you "
        "asked for slower speech or more time. After 2, or if you press nothing, they hear only "
        "that a caller is there. Press 0 again, and it rings at once."
    )


def nobody(line: Line, lang: str) -> Section:
    """No adviser: why, when to try again, and the ways on."""
    caller, late = ear(line, lang), evening_ear(line, lang)
    turns = {when: _unanswered(caller, outcome) for outcome, when in NOBODY.items()}
    following = caller.ends(_ringing(caller), "no-answer")
    if following.effect:
        turns[TALKING] = caller.ends(following, "talking")
    turns["When no adviser is there"] = late.press(late.ring(), "0")
    rows = [note("You are still on the line. It tells you why, and what you can do.")]
    for when, turn in turns.items():
        reasons = [row for row in caller.rows(turn) if row.kind == "said"]
        rows += [head(when), *reasons]
    rows += [note("That is for a Tuesday evening."), head("What you can do then")]
    choices = (row for turn in turns.values() for row in caller.rows(turn) if row.kind == "choice")
    return Section("nobody", "If no adviser can answer", (*rows, *dict.fromkeys(choices)))


def _unanswered(caller: Reader, outcome: str) -> Turn:
    """Every telephone has rung, and each ended so."""
    turn = _ringing(caller)
    while isinstance(turn.then, Transfer):
        turn = _ended(caller, turn, outcome)
    return turn


def _ended(caller: Reader, ringing: Turn, outcome: str) -> Turn:
    """Ringing has ended so, and whoever is rung next is free."""
    turn = caller.ends(ringing, outcome)
    return caller.ends(turn, "free") if turn.effect else turn


def message(line: Line, lang: str) -> Section:
    """Leaving a message: how, what it is to become, and what is then said."""
    caller = evening_ear(line, lang)
    nobody = caller.press(caller.ring(), "0")
    asked = caller.press(nobody, "1")
    recording = caller.press(asked, "1")
    spoken = caller.speaks(recording)
    keep = caller.ends(spoken, "kept")
    silent = caller.wait(caller.wait(keep))
    rows = [
        *caller.rows(asked),
        head("When you press 1"),
        *caller.rows(recording),
        *_tone(recording),
        head("If you say nothing"),
        *caller.rows(caller.speaks(recording, 0), asked),
        head("When you have finished"),
        *caller.rows(keep),
        head("If you press nothing for a while"),
        *caller.rows(silent, keep),
        head("If you hear it before it is ready"),
        said(caller.words.say("not_ready"), line.voices[lang].tag),
        head("If it cannot be kept"),
        *caller.rows(caller.ends(spoken, "failed"), asked),
        *caller.rows(caller.ends(spoken, "full"), nobody),
        *caller.rows(caller.ends(spoken, "gone"), asked),
        head("If you end it with 0 while an adviser is there"),
        *_ended_with_0(ear(line, lang)),
        *_kept(caller, keep),
    ]
    return _section(Section("message", "Leave a message", tuple(rows)))


def _tone(recording: Turn) -> Iterator[Row]:
    if isinstance(recording.then, Record):
        most, silence = recording.then.most // MINUTE, recording.then.silence
        yield note(
            f"You hear a tone. Then speak, for up to {most} minutes. You can hang up when you have "
            f"finished: your message is kept. Any key ends it, and so does silence of {silence} "
            "seconds; it is kept then too. 0 also leads to a person."
        )


def _ended_with_0(caller: Reader) -> Iterator[Row]:
    asked = caller.come("message")
    asked = asked._replace(call=asked.call.stay(tell="no"))
    spoken = caller.speaks(caller.press(asked, "1"), key="0")
    for outcome in ("kept", "failed"):
        yield from caller.rows(caller.ends(caller.ends(spoken, outcome), "free"))


def _kept(caller: Reader, keep: Turn) -> Iterator[Row]:
    """What each key comes to once there is a message."""
    deleting = caller.press(keep, "4")
    yield head("When you leave it as it is")
    yield from caller.rows(caller.press(keep, "1"))
    yield head("When you delete it")
    yield from caller.rows(caller.ends(deleting, "deleted"), caller.come(caller.line.start))
    yield head("If it cannot be deleted")
    yield from caller.rows(caller.ends(deleting, "failed"), keep)


def callback(line: Line, lang: str) -> Section:
    """Being rung back: which number, each question, and all of it heard back."""
    caller, hidden = evening_ear(line, lang), withheld_ear(line, lang)
    offered = caller.press(_unanswered_at_night(caller), "2")
    typed = hidden.press(_unanswered(hidden, "busy"), "2")
    rows = [
        *caller.rows(offered),
        head("On another phone, or from a hidden number"),
        *_other_phone(hidden, typed, offered),
        *_questions(caller, caller.press(offered, "1")),
        *_heard_back(caller, caller.press(offered, "1")),
    ]
    return _section(Section("callback", "Have us ring you back", tuple(rows)))


def _unanswered_at_night(caller: Reader) -> Turn:
    return caller.press(caller.ring(), "0")


def _other_phone(caller: Reader, asked: Turn, offered: Turn) -> Iterator[Row]:
    """Typing a number: how, what may be odd about it, and how it is read back."""
    yield from caller.rows(asked, offered)
    yield note("While you enter a number, 0 and 8 are digits. For a person, press 0, then hash.")
    yield head("If you press nothing for a while")
    yield from caller.rows(caller.wait(caller.wait(asked)), asked)
    yield head("If it is no UK number")
    yield from caller.rows(caller.press(asked, LANDLINE[:-2]), caller.press(asked, "7*"))
    yield head("If we cannot ring that number")
    yield from caller.rows(caller.press(asked, JERSEY), caller.press(asked, "7*"))
    yield head("When you have entered a number")
    yield from (as_read(row) for row in caller.rows(caller.press(asked, LANDLINE)))
    yield note("That number is an example. After 2 you enter it again.")


def _questions(caller: Reader, turn: Turn) -> Iterator[Row]:
    """One after another, with their keys; and what follows where it is not safe."""
    first = turn
    while turn.call.at in ASKED:
        yield head(ASKED[turn.call.at])
        yield from caller.rows(turn)
        if turn is first:
            yield from _not_safe(caller, turn)
        turn = caller.press(turn, FIRST_ANSWERS[turn.call.at])


def _not_safe(caller: Reader, asked: Turn) -> Iterator[Row]:
    unsafe = caller.press(asked, NO)
    yield note("If you press 2, the line forgets that number at once. It says:")
    yield from caller.rows(unsafe, caller.press(unsafe, "7*"))


def _heard_back(caller: Reader, turn: Turn) -> Iterator[Row]:
    """All that was answered, other answers, and what is said in the end."""
    confirm = _answered(caller, turn, FIRST_ANSWERS)
    others = [caller.rows(_answered(caller, turn, each), confirm) for each in OTHER_ANSWERS]
    yield head("All of it once more")
    yield note(f"The line tells you all that you chose. For example, with {EXAMPLE_MOBILE}:")
    yield from (as_read(row) for row in caller.rows(confirm))
    yield head("With other answers")
    yield from dict.fromkeys(row for rows in others for row in rows)
    yield head("If we are to read a text to you")
    asked = caller.press(caller.press(caller.press(caller.hear_out(), "2"), "3"), "1")
    yield from caller.rows(_answered(caller, asked, FIRST_ANSWERS), confirm)
    yield from _taken_down(caller, confirm)


def _taken_down(caller: Reader, confirm: Turn) -> Iterator[Row]:
    wanted, again = caller.press(confirm, YES), caller.press(confirm, NO)
    yield head("When it is taken down")
    yield from (as_read(row) for row in caller.rows(caller.ends(wanted, REFERENCE)))
    yield note("Those digits are an example.")
    yield head("If you wait to be rung already")
    kept_again = caller.rows(caller.ends(wanted, AGAIN + REFERENCE), caller.ends(wanted, REFERENCE))
    yield from (as_read(row) for row in kept_again)
    yield head("If many calls are taken down already")
    yield from caller.rows(caller.ends(wanted, "full"), _message_asked(caller))
    yield head("If it cannot be taken down")
    yield from caller.rows(caller.ends(wanted, "failed"), confirm)
    yield head("If something is not right")
    yield from caller.rows(again, caller.press(again, "#"))


def _message_asked(caller: Reader) -> Turn:
    return caller.press(_unanswered_at_night(caller), "1")


def _answered(caller: Reader, turn: Turn, answers: Mapping[str, str]) -> Turn:
    """Where these answers lead: all of them heard back."""
    while turn.call.at in answers:
        turn = caller.press(turn, answers[turn.call.at])
    return turn


def danger(line: Line, lang: str) -> Section:
    """9, three times."""
    caller = ear(line, lang)
    turn = caller.come(line.start)
    for _ in range(3):
        turn = caller.press(turn, "9")
    rows = (
        note("Press 9 three times, at any moment. The line does not ring 999 for you. It says:"),
        *(as_read(row) for row in caller.rows(turn)),
        note("While you enter a number, press 9 three times, and then hash."),
    )
    return Section("danger", "If you or a child are in danger", rows)


def _section(section: Section) -> Section:
    """A section whose keys do not name the section itself."""
    rows = (replace(row, to="") if row.to == section.name else row for row in section.rows)
    return replace(section, rows=tuple(rows))
