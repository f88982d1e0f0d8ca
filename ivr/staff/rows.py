"""What a message or call-back looks like to staff: in words, with nothing that names anybody.

Owns the words about an item; what only the private key opens is shown by ``waiting``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.line.retention import goes_at
from ivr.store import Item
from ivr.store.callbacks import most_careful

KINDS: Mapping[str, str] = {"message": "Message", "callback": "Ring back"}
BEST: Mapping[str, str] = {
    "": "",
    "any": "any time",
    "morning": "mornings",
    "afternoon": "afternoons",
}
SAYING: Mapping[str, str] = {"line": "the advice line", "friend": "a friend"}
OUTCOMES: Mapping[str, str] = {
    "talked": "We talked",
    "no-answer": "No answer",
    "left-message": "I left a message",
    "wrong-number": "Wrong number",
    "other": "Something else",
}
"""What can come of ringing somebody back."""
STEPS: Mapping[str, str] = {
    **OUTCOMES,
    "handed-over": "Handed over",
    "put-back": "Put back for others",
    "opened": "Opened",
    "taken": "Taken",
    "asked-again": "Asked again from another phone, or a hidden one",
    "asked-once-more": "Asked again from the same phone",
    "withdrawn": "Taken back by text: they do not want to be rung",
    "done": "Done",
}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One line of the list. ``language``: what to speak by name; empty for the first one."""

    item: Item
    kind: str
    about: str
    best: str
    state: str
    holder: str
    goes: datetime
    ago: str
    language: str


@dataclass(frozen=True, slots=True)
class CallbackWish:
    """How a caller wants to be rung back. ``read``: what they asked to have read out; ``said``: the
    numbers and times of their text."""

    number: str
    leave: bool
    saying: str
    read: str
    said: str = ""


def row_of(
    item: Item, names: Mapping[str, str], titles: Mapping[str, str], language: str, now: datetime
) -> WaitingRow:
    """One item as it stands. ``names``: of staff; ``titles``: of topics."""
    holder = names.get(item.taken_by, "somebody" if item.taken_at else "")
    about = titles.get(item.about, item.about)
    goes = goes_at(item.left_at, item.done_at)
    return WaitingRow(
        item, KINDS[item.kind], about, BEST.get(item.best, ""), _state(item), holder, goes,
        ago(item.left_at, now), language,
    )  # fmt: skip


def ago(moment: datetime, now: datetime) -> str:
    """How long ago something was, as people say it."""
    minutes = int((now - moment).total_seconds() // 60)
    hours, days = minutes // 60, minutes // (60 * 24)
    if days:
        return "1 day ago" if days == 1 else f"{days} days ago"
    return f"{hours} h ago" if hours else f"{minutes} min ago" if minutes > 0 else "just now"


def wish_of(opened: Sequence[bytes]) -> CallbackWish:
    """What was sealed with a request to be rung back, and with those beside it."""
    told = most_careful([json.loads(each) for each in opened])
    saying = SAYING.get(str(told.get("saying")), SAYING["line"])
    words = (str(told.get(name, "")) for name in ("read", "said"))
    return CallbackWish(str(told["number"]), bool(told["leave"]), saying, *words)


def _state(item: Item) -> str:
    if item.done_at:
        return "done"
    if not item.sealed:
        return "lost at the telephone company" if item.lost else "still on its way"
    return "taken" if item.taken_at else "waits"
