"""A month of made-up callers, so that the pictures of a demo are not empty; and away with them.

Owns who they are and what they do: calls on the line's own flow, texts, requests to be rung back.
Never beside a real account, whose figures they would spoil.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from ivr.config import LONDON
from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    Event,
    Facts,
    HoldRingGroup,
    KeepCallback,
    KeyPressed,
    NoInput,
    Note,
    Transfer,
    Turn,
    free,
)
from ivr.line.hours import DAY, is_open
from ivr.line.model import Line
from ivr.simulator.account import RealAccountError
from ivr.store.journal import JournalEntry
from ivr.store.services import StoreServices
from ivr.webhooks.effects import Effects

CALLS, DAYS = 400, 30
AT_ONCE = 50
"""Calls that are deleted at once: all of them can outlast the second that a statement may take."""
WALKS = 100
"""Ways through the line: each is gone by several, as to go it takes a moment."""
MOST_STEPS = 24
NUMBER = "+4477009006{:02}"
"""Whom they ring from: of Ofcom's numbers for drama, and of none that the page rings from."""
LATELY = 4
"""The last of them, who wait to be rung back."""
TEXTED, RUNG_BACK = 8, 40
"""Of so many calls one ends with a text, and one with a request to be rung back."""
HOURS = (8, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 16, 17, 19, 20)
WEEKEND = (5, 6)
HANDLED_AFTER = timedelta(hours=2)


def there(kept: StoreServices) -> bool:
    """Whether they have rung."""
    return kept.erasing.knows_call(_sid(0))


def add(kept: StoreServices, line: Line, now: datetime) -> None:
    """Let them have rung in the month before ``now``. Raises RealAccountError, StoreDownError."""
    remove(kept, now)
    chance = random.Random(7)  # noqa: S311 - no secret
    moments, calls = list(_moments(chance, now)), []
    walks = [_call(line, chance, at) for at in moments[:WALKS]]
    for number, at in enumerate(moments):
        notes = list(walks[number % WALKS])
        topic = next((note.node for note in notes if note.event == "heard-out"), "")
        if topic in line.topics and number % TEXTED == 0:
            notes.append(_text(kept, line, number, topic, at))
        if number < LATELY or number % RUNG_BACK == 0:
            notes.append(_ring_back(kept, line, number, topic, at))
        calls.append(JournalEntry(_sid(number), tuple(notes), at))
    kept.journal.keep(calls)
    kept.statistics.recount(min(call.at for call in calls), now)


def remove(kept: StoreServices, now: datetime) -> None:
    """Delete all that they did. Raises RealAccountError, StoreDownError."""
    if not kept.settings.demo_account:
        raise RealAccountError("made-up callers never ring beside a real account")
    calls = [_sid(number) for number in range(CALLS)]
    starts = range(0, CALLS, AT_ONCE)
    began = [kept.erasing.erase_calls(calls[start : start + AT_ONCE]) for start in starts]
    if days := [first for first in began if first]:
        kept.statistics.recount(min(days), now)


def _sid(number: int) -> str:
    """The id of a made-up call, by which it is found again."""
    return "CA" + hashlib.sha256(f"made up {number}".encode()).hexdigest()[:32]


def _moments(chance: random.Random, now: datetime) -> Iterator[datetime]:
    """When each call begins: the last ones within hours, the others on most days of a month."""
    for number in range(CALLS):
        day = now.astimezone(LONDON).date() - chance.randrange(1, DAYS) * DAY
        if day.weekday() in WEEKEND and chance.random() < 0.7:
            day -= 2 * DAY
        at = time(chance.choice(HOURS), chance.randrange(60))
        lately = now - (number + 1) * HANDLED_AFTER
        yield lately if number < LATELY else datetime.combine(day, at, LONDON)


def _call(line: Line, chance: random.Random, at: datetime) -> list[Note]:
    """The notes of one caller, who listens more often than not."""
    facts = Facts(at.astimezone(LONDON), is_open(line.hours, at.astimezone(LONDON)), None, "mobile")
    call, notes = Call(lang=line.languages[0], version=line.version), list[Note]()
    event: Event = CallStarted()
    for _ in range(chance.randint(3, MOST_STEPS)):
        turn = step(line, call, event, facts)
        call, event = turn.call, _next(line, turn, chance)
        notes += turn.notes
    return notes


def _next(line: Line, turn: Turn, chance: random.Random) -> Event:
    """What a caller, or whoever they ask for, does then."""
    at = turn.call.at
    if isinstance(turn.effect, HoldRingGroup):
        return EffectDone(turn.effect, free(("first",)))
    if turn.effect:
        return EffectDone(turn.effect, "failed")
    if isinstance(turn.then, Transfer):
        return EffectDone(turn.then, chance.choice(("completed", "completed", "no-answer")))
    if at in line.topics:
        return NoInput() if chance.random() < 0.75 else KeyPressed(chance.choice("11111220"))
    keys = [*line.keys().get(at, "1"), *("0" if chance.random() < 0.15 else "")]
    return KeyPressed(chance.choice(keys))


def _text(kept: StoreServices, line: Line, number: int, topic: str, at: datetime) -> Note:
    """A text that was delivered when it was asked for: none is sent now."""
    lang, to = line.languages[0], NUMBER.format(number % 100)
    words = line.words(lang).topics[topic].text
    kept.outbox.queue(_sid(number), topic, lang, to, words, at, delivered=True)
    return Note("text", topic, "queued")


def _ring_back(kept: StoreServices, line: Line, number: int, topic: str, at: datetime) -> Note:
    """A request to be rung back; all but the last have been dealt with."""
    best = ("any", "morning", "afternoon")[number % 3]
    wish = KeepCallback(
        NUMBER.format(number % 100), number % 2 == 0, "line", best, line.languages[0], topic
    )
    does = Effects(
        kept.outbox, kept.inbox, kept.recordings, kept.talks, kept.settings.public_key,
        now=lambda: at,
    )  # fmt: skip
    reference = does.do(_sid(number), wish, line)
    if number >= LATELY:
        for item in kept.inbox.items():
            if item.reference == reference:
                kept.inbox.done(item, at + HANDLED_AFTER)
    return Note("callback", topic, "kept")
