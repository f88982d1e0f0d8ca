"""A poster with the number and the keys: one sheet of A4 to pin up where parents are.

Owns what stands on it. The words are the line's own; nothing personal, nothing that changes often.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.line.model import Line
from ivr.line.numbers import printed
from ivr.reports.front import cost_of, weekly
from ivr.reports.pages import rendered

STEERING: Mapping[str, str] = {
    "0": "a person",
    "#": "hear it again",
    "*": "go back",
    "8": "slower",
}
"""Keys that work everywhere in a call."""
FRAME = "en-GB"
"""The language of the poster's own sentences."""


def html(line: Line, lang: str, number: str) -> str:
    """The poster as one HTML file that needs nothing else. ``number``: the line's, in E.164."""
    wording = line.words(lang)
    keys = line.menus[line.start].keys
    cost = cost_of(number)
    return rendered(
        "poster.html",
        frame=FRAME,
        lang=line.voices[lang].tag,
        name=line.name,
        number=printed(number),
        cost=wording.say(cost) if cost else "",
        choices=[(key, wording.node(to).label) for key, to in keys.items()],
        steering=STEERING,
        hours=list(weekly(line.hours)),
        reviewed=line.reviewed(lang),
    )
