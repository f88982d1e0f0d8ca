"""One trial, or all of them: the call is made, and what fell short is said.

Owns an outcome's figures. What each caller must come to is said in ``ends``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from ivr.line.model import Line
from ivr.simulator.callers import Texter
from ivr.simulator.golden_calls import Listener, Trunk
from ivr.simulator.judged.evidence import CallEvidence
from ivr.simulator.judged.plan import MOBILE, SimulatedCall, plan
from ivr.simulator.judged.rig import Rig
from ivr.simulator.messages import Mailroom
from ivr.simulator.people import Decided


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one trial went. Times are seconds from the answer (``to_person``: from the asking).

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
    """The trials that this line can be put to, each ready to be made; all, or these callers'."""
    ready: list[Callable[[], Outcome]] = [
        partial(play, rig, simulated_call, way)
        for simulated_call in plan(rig.line, seed)
        if (not names or simulated_call.caller in names)
        and (way := rig.trunk(simulated_call.hours))
    ]
    if (not names or Texter.name in names) and (way := rig.trunk("any")):
        ready.append(partial(text_all, rig, way))
    return ready


def names(line: Line) -> list[str]:
    """Every caller of this line's trials, in the order of the table."""
    return [*dict.fromkeys(simulated_call.caller for simulated_call in plan(line)), Texter.name]


def play(
    rig: Rig, simulated_call: SimulatedCall, way: Trunk, listener: Listener = lambda event: None
) -> Outcome:
    """Make the call of one trial and judge it."""
    person = simulated_call.person()
    call = way.ring(person, Decided(simulated_call.adviser), simulated_call.phone, listener)
    evidence = CallEvidence(call.events, rig.line, way.library)
    title = (
        rig.line.words(simulated_call.lang).title(simulated_call.topic)
        if simulated_call.topic
        else ""
    )
    return Outcome(
        caller=simulated_call.caller,
        law=person.law,
        replay=simulated_call.name,
        topic=simulated_call.topic,
        faults=tuple(simulated_call.judge(evidence)),
        first_choice=evidence.began("press 1"),
        to_topic=evidence.began(title) if title else None,
        to_person=evidence.to_person,
    )


def text_all(rig: Rig, way: Trunk) -> Outcome:
    """Text every word that the line lists: each brings the text of a topic, and none is missing."""
    mailroom = Mailroom(way.account, way.wire)
    texter = Texter(lambda body: mailroom.text_in(f"{way.base_url}/sms", MOBILE, body))
    words = rig.line.words(rig.line.languages[0])
    came = set(texter.answers().values())
    missing = [name for name, topic in words.topics.items() if topic.text not in came]
    faults = tuple(f"no word brings the text of {name}" for name in missing)
    return Outcome(texter.name, texter.law, "", "", faults)
