"""Every way in which reaching a person can end, rung on the simulator; and the table of it.

Run as ``python -m tests.support.reaching`` it writes the table into docs/reaching-a-person.md.
"""

from __future__ import annotations

import math
import tempfile

from flask import Flask

from ivr.app import create_app
from ivr.config import Settings, read
from ivr.simulator import golden_calls
from ivr.simulator.events import (
    Bridged,
    DialEnded,
    Dialling,
    Event,
    HangUp,
    KeySent,
    Listening,
    Press,
)
from ivr.simulator.people import Decided, Scripted
from ivr.simulator.phone import PHONES
from ivr.webhooks.extension import Lifetime, services_of
from tests.support.paths import ROOT

DOC = ROOT / "docs" / "reaching-a-person.md"
BEGIN, END = (
    "<!-- the table: python -m tests.support.reaching -->\n",
    "<!-- the end of the table -->\n",
)
ADVISERS = {
    "completed": "answer",
    "busy": "busy",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "canceled",
    "refused": "refuse",
    "machine": "machine",
}
"""What each adviser's telephone does, by how it is told of."""
MOMENTS = {
    "open": "2026-11-24T10:00",
    "closed": "2026-11-22T10:00",
    "bank holiday": "2026-12-25T10:00",
    "first minute": "2026-11-24T09:00",
    "last minute": "2026-11-24T16:59",
    "closing minute": "2026-11-24T17:00",
}
COLUMNS = {
    "open, from the first minute to the last": ("open", "first minute", "last minute"),
    "closed, a bank holiday, the closing minute": ("closed", "bank holiday", "closing minute"),
}
"""The moments as the page has them: in each of a column a call ends in the same way."""
CALLERS = ("there", "star", "gone")
"""A caller who hears what there is to hear; one who presses star while it rings, and again should
it go on; and one who hangs up while it rings.
"""
RINGS = 3.0
"""Seconds of ringing after which the caller who leaves hangs up, or presses star."""
TALKED, TOLD, BACK, GONE = "talked", "told", "back", "gone"
"""How a call may end; the page says what each word means."""
DEAD_END = "DEAD END"


class Leaving(Scripted):
    """Presses 0, and hangs up while a telephone rings, or at the first wait where none does."""

    ringing = False

    def follow(self, event: Event) -> None:
        """Notice the ringing."""
        self.ringing = self.ringing or isinstance(event, Dialling)

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person."""
        return HangUp(min(RINGS, seconds)) if self.ringing else super().wait(seconds, speaking)


class Starring(Scripted):
    """Presses 0, then star while a telephone rings, and whenever it is offered once more."""

    ringing = told = False

    def follow(self, event: Event) -> None:
        """Notice the ringing, and that it has stopped."""
        if isinstance(event, Dialling | DialEnded):
            self.ringing = isinstance(event, Dialling)

    def hears(self, words: str, seconds: float) -> None:
        """See Person."""
        self.told = self.told or "trying another" in words

    def wait(self, seconds: float, speaking: bool) -> Press | HangUp | None:
        """See Person."""
        if self.ringing or self.told:
            self.ringing = self.told = False
            return Press("*", min(RINGS, seconds))
        return super().wait(seconds, speaking)


WAYS = {"there": ["0", "-"], "star": ["0", "-"], "gone": ["0"]}
KINDS = {"there": Scripted, "star": Starring, "gone": Leaving}


def ring(app: Flask, settings: Settings, caller: str, adviser: str) -> golden_calls.MadeCall:
    """One call of a caller who is there, presses star, or is gone."""
    person = KINDS[caller](WAYS[caller])
    follow = person.follow if isinstance(person, Leaving | Starring) else lambda event: None
    number = PHONES["mobile"][1]
    return golden_calls.trunk_to(app, settings).ring(person, Decided(adviser), number, follow)


def ends() -> dict[tuple[str, str, str], str]:
    """How each of them ends."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for moment, at in MOMENTS.items():
            database = f"sqlite:///{folder}/{moment.replace(' ', '-')}.db"
            settings = read({"DATABASE_URL": database, "LINE_CLOCK": at})
            app = create_app(settings)
            for adviser, does in ADVISERS.items():
                for caller in CALLERS:
                    call = ring(app, settings, caller, does)
                    found[adviser, moment, caller] = end_of(call, caller)
            services_of(app, Lifetime).close()
    return found


def end_of(call: golden_calls.MadeCall, caller: str) -> str:
    """How a call ended, by what happened in it."""
    rung = [event for event in call.events if isinstance(event, Dialling)]
    ended = [event for event in call.events if isinstance(event, DialEnded)]
    if call.ended_by != "caller" or len({event.at for event in rung}) > len(ended):
        return DEAD_END
    if caller == "gone":
        return GONE if not rung or ended[-1].outcome != "no-answer" else DEAD_END
    talked = any(isinstance(event, Bridged) for event in call.events)
    waits = [event for event in call.events if isinstance(event, Listening)]
    words = " ".join(call.transcript)
    star = max((event.at for event in call.events if is_star(event)), default=math.inf)
    if star < math.inf or "The ringing has stopped. You are back" in words:
        on = any(event.at > star for event in rung) or talked or waits[-1].at < rung[-1].at
        return DEAD_END if on else BACK
    if talked and "The talk with the adviser has ended." in words:
        return TALKED
    if "To leave a message, press 1." in words and len(waits) > 1:
        return TOLD
    return DEAD_END


def is_star(event: Event) -> bool:
    """Whether the caller pressed star."""
    return isinstance(event, KeySent) and event.key == "*"


def table() -> str:
    """The table as Markdown."""
    found = ends()
    head = "| what the advisers do | the caller is | " + " | ".join(COLUMNS) + " |\n"
    rule = "|---" * (2 + len(COLUMNS)) + "|\n"
    rows = [
        f"| {adviser} | {caller} | " + " | ".join(cells(found, adviser, caller)) + " |\n"
        for adviser in ADVISERS
        for caller in CALLERS
    ]
    return head + rule + "".join(rows)


def cells(found: dict[tuple[str, str, str], str], adviser: str, caller: str) -> list[str]:
    """How it ends in each column; more than one way where its moments differ."""
    return [
        " or ".join(dict.fromkeys(found[adviser, moment, caller] for moment in moments))
        for moments in COLUMNS.values()
    ]


def main() -> None:
    """Write the table into its page."""
    before, _, rest = DOC.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOC.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
