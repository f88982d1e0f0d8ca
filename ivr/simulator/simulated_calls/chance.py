"""Thousands of calls by chance, each from its seed, so that any of them can be made again.

Owns what differs from call to call, what each must come to, and the sharing of the work between
two processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from ivr.config import Settings
from ivr.line.call import (
    DeleteVoicemail,
    Effect,
    HoldRingGroup,
    KeepCallback,
    KeepVoicemail,
    SendText,
)
from ivr.simulator.callers.chance import RandomCaller
from ivr.simulator.golden_calls import Create, Listener
from ivr.simulator.people import Decided
from ivr.simulator.simulated_calls import judges
from ivr.simulator.simulated_calls.evidence import CallEvidence
from ivr.simulator.simulated_calls.rig import CLOSED_AT, OPEN_AT, WELL, Rig, Straight, straight
from ivr.simulator.simulated_calls.table import PHONES

PROCESSES = 2
BATCH = 1_250
"""Calls that one process makes before it says how they went: each batch sets up a line anew."""
ADVISERS = ("answer", "busy", "no-answer", "failed", "refuse", "machine")
TEXTS = ("queued", "already", "failed")
FULL, FAILS = 5, 4
"""Of so many calls one finds no place at the ring group, and in one nothing can be kept."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A call by chance that fell short: its seed, and why."""

    seed: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """How many calls were made, and those of them that fell short."""

    calls: int
    falls: tuple[Fall, ...]


def ring_by_chance(
    settings: Settings, create: Create, seeds: Sequence[int], processes: int
) -> Iterator[Batch]:
    """Make a call for each seed, in so many processes (1: in this one), batch by batch."""
    batches = [seeds[n : n + BATCH] for n in range(0, len(seeds), BATCH)]
    make = partial(batch, settings, create)
    if processes == 1:
        yield from map(make, batches)
        return
    # Spawned, not forked: the threads of a line in this process must not be copied half-way.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from pool.map(make, batches)


def batch(settings: Settings, create: Create, seeds: Sequence[int]) -> Batch:
    """The calls of these seeds, in this process."""
    with straight(settings, create) as (rig, step):
        falls = (Fall(seed, ring(rig, step, seed)) for seed in seeds)
        return Batch(len(seeds), tuple(fall for fall in falls if fall.faults))


def outcomes(seed: int) -> Mapping[type[Effect], str]:
    """How each effect of this seed's call goes."""
    fails, full = seed // 7 % FAILS == 0, seed // 4 % FULL == 0
    return {
        SendText: TEXTS[seed // 3 % len(TEXTS)],
        HoldRingGroup: "full" if full else WELL[HoldRingGroup],
        KeepVoicemail: "failed" if fails else WELL[KeepVoicemail],
        DeleteVoicemail: "failed" if fails else WELL[DeleteVoicemail],
        KeepCallback: "failed" if fails else WELL[KeepCallback],
    }


def ring(
    rig: Rig, step: Straight, seed: int, listener: Listener = lambda event: None
) -> tuple[str, ...]:
    """Make the call of one seed; what fell short in it. The seed settles all that may differ."""
    phones = tuple(PHONES.values())
    step.now = CLOSED_AT if seed % 3 == 0 else OPEN_AT
    step.outcomes = outcomes(seed)
    adviser = ADVISERS[seed // 9 % len(ADVISERS)]
    person, way = RandomCaller(seed=seed), rig.trunks["open"]
    call = way.ring(person, Decided(adviser), phones[seed // 36 % len(phones)], listener)
    evidence = CallEvidence(call.events, rig.line, way.library)
    return tuple(judged(evidence, person.way_out))


def judged(evidence: CallEvidence, way_out: str) -> Iterator[str]:
    """After keys at random, the way out led somewhere: no dead end (R08, R33).

    A line that has ended the call before, with a warning, owes nothing more.
    """
    yield from judges.sound(evidence)
    if evidence.ended_by != "line" and way_out in WAYS_OUT:
        yield from WAYS_OUT[way_out](evidence)


def _to_person(evidence: CallEvidence) -> Iterator[str]:
    """The last key pressed was 0, and it led to a person."""
    yield from judges.answered(evidence, evidence.keys[-1].at)


def _to_main_menu(evidence: CallEvidence) -> Iterator[str]:
    """After many stars, the choices of the main menu were heard."""
    last = evidence.keys[-1].at
    menus = {
        evidence.line.words(lang).title(evidence.line.start) for lang in evidence.line.languages
    }
    if not any(spoken.at >= last and spoken.words in menus for spoken in evidence.spoken):
        yield "star did not lead back to the main menu"


WAYS_OUT = {
    "zero": _to_person,
    "star": _to_main_menu,
    "silence": judges.announced_end,
}
"""What each way out of a call by chance must come to; who hangs up is owed nothing."""
