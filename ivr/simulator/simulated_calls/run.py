"""One call, or all of them: it is made, and what fell short is said.

Owns an outcome's figures. What each caller must come to is said in ``table``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from ivr.line.model import Line
from ivr.simulator.callers.meaning import Meaning
from ivr.simulator.callers.people import Texter
from ivr.simulator.golden_calls import Listener, Trunk
from ivr.simulator.mailroom import Mailroom
from ivr.simulator.people import Decided
from ivr.simulator.simulated_calls import judges
from ivr.simulator.simulated_calls.evidence import CallEvidence
from ivr.simulator.simulated_calls.rig import Rig
from ivr.simulator.simulated_calls.table import MOBILE, SimulatedCall, plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call went. Times are seconds from the answer (``to_person``: from the asking).

    ``topic`` is what was to be heard (empty: none); ``faults`` say what fell short; ``replay``
    names the call for ``ivr call --replay`` (empty: there was none).
    """

    caller: str
    law: str
    replay: str
    topic: str
    faults: tuple[str, ...]
    first_choice: float | None = None
    to_topic: float | None = None
    to_person: float | None = None


def run(rig: Rig, names: Collection[str] = (), seed: int = 0) -> list[Callable[[], Outcome]]:
    """The calls that can be made to this line, each ready to be made; all, or these callers'."""
    ready: list[Callable[[], Outcome]] = [
        partial(play, rig, call, way)
        for call in plan(rig.line, seed)
        if (not names or call.caller in names) and (way := rig.trunk(call.hours))
    ]
    if (not names or Texter.name in names) and (way := rig.trunk("any")):
        ready.append(partial(text_all, rig, way))
    return ready


def names(line: Line) -> list[str]:
    """Every caller of this line, in the order of the table."""
    return [*dict.fromkeys(call.caller for call in plan(line)), Texter.name]


def play(
    rig: Rig, call: SimulatedCall, way: Trunk, listener: Listener = lambda event: None
) -> Outcome:
    """Make one call and judge it."""
    person = call.person()
    person.ears.meaning = Meaning(rig.line.words(call.lang)).of
    made = way.ring(person, Decided(call.adviser), call.phone, listener)
    evidence = CallEvidence(made.events, rig.line, way.library, call.topic, call.lang)
    heard = judges.heard_topic in call.judges and call.case == call.topic
    return Outcome(
        caller=call.caller,
        law=person.law,
        replay=call.name,
        topic=call.topic if heard else "",
        faults=tuple(f for judge in (judges.sound, *call.judges) for f in judge(evidence)),
        first_choice=evidence.first_choice,
        to_topic=evidence.began(evidence.title) if heard else None,
        to_person=evidence.to_person,
    )


def text_all(rig: Rig, way: Trunk) -> Outcome:
    """Text every word that the line lists: each brings the text of a topic, and none is missing."""
    mailroom = Mailroom(way.account, way.wire)
    texter = Texter(lambda body: mailroom.text_in(f"{way.base_url}/sms", MOBILE, body))
    words = rig.line.words(rig.line.languages[0])
    came = " ".join(texter.answers().values())
    # A text that answers a text speaks of no call in its opening.
    advice = {name: topic.text.partition(": ")[2] for name, topic in words.topics.items()}
    missing = [name for name, said in advice.items() if said not in came]
    faults = tuple(f"no word brings the text of {name}" for name in missing)
    return Outcome(texter.name, texter.law, "", "", faults)
