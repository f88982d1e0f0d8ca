"""Rules about time (R31-R40): long waits, silence that ends nothing, speech that can be stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.content.checks.evidence import Evidence
from ivr.content.checks.finding import Finding, Findings, about, at
from ivr.content.checks.graph import Step, wrong_at
from ivr.content.checks.reading import grade
from ivr.line.call import End, KeyPressed, Listen, NoInput, Pause
from ivr.line.wording import BETWEEN_CHOICES

LEAST_WAIT = 10
WAITS = (10, 15, 20)
ALL_WAITS = 100
LAST_WAIT = 20
UNSTOPPABLE = 3.0
HOLD = 300
MOST_SLIPS = 4
BEFORE_PRESS, NEAR = 0.25, 0.25
"""Seconds of quiet that must be found before "press", and how far from its place, of the prompt."""
LONGEST_EDGE = 0.2
"""Seconds of quiet at an end of a recording. An MP3 begins with 0.07; a word takes time to die."""
CHOICE = re.compile(r"To [^.]+, press [1-7]\.")


def r31_long_waits(e: Evidence) -> Findings:
    """After the last word the line waits at least 10 seconds for an answer.

    The pause between two parts of a topic is no wait for an answer: the next part comes by itself.

    Source: IBM timing guide; ISO/IEC 13714; Twilio, whose own wait is 5 s unless it is set.
    Right: <Gather timeout="10" …>
    Wrong: <Gather …> without a timeout
    """
    for step in (step for step in e.graph.arrivals() if step.listens):
        gather = e.written(step).find("Gather")
        wait = int(gather.get("timeout", "5")) if gather is not None else 0
        if wait < LEAST_WAIT and not _between_parts(e, step):
            do = f"Wait {LEAST_WAIT} seconds or more: set the timeout."
            yield at("R31", e, step, f"waits {wait} s for an answer", do)


def r32_longer_each_time(e: Evidence) -> Findings:
    """Each wait is longer than the one before: 10, 15, 20 seconds or more, 100 in all.

    Source: WCAG 2.2.1; Irish NDA guidelines 2.1.
    Right: 10, 20, 30 and 40 seconds
    Wrong: three times five seconds
    """
    for step in _fresh(e):
        then = [each.turn.then for each in _ladder(e, step)]
        waits = [each.seconds for each in then if isinstance(each, Listen)]
        if len(waits) < len(WAITS) or _between_parts(e, step) or waits[0] >= HOLD:
            continue
        short = [wait for wait, least in zip(waits, WAITS, strict=False) if wait < least]
        if short or sum(waits) < ALL_WAITS or waits != sorted(set(waits)):
            what = f"waits {', '.join(map(str, waits))} s, {sum(waits)} in all"
            yield at("R32", e, step, what, f"Let waits grow, to {ALL_WAITS} s in all.")


def r33_never_cut_off(e: Evidence) -> Findings:
    """The line ends a call only after a spoken warning and 20 seconds in which any key goes on.

    Source: WCAG 2.2.1; 36 CFR 1194.23(d); gethuman standard.
    Right: To stay on the line, press any key. … - and then 20 seconds
    Wrong: a Hangup after the third silence; a document that just ends
    """
    for step in e.graph.steps:
        if isinstance(step.turn.then, End) and not _warned(e, step):
            do = "Warn first, and wait 20 seconds for any key."
            yield at("R33", e, step, "ends the call without a warning", do)
    for step in e.graph.arrivals():
        last = e.written(step)[-1]
        if last.tag not in ("Redirect", "Hangup") and not (
            last.tag == "Dial" and last.get("action")
        ):
            yield at("R33", e, step, "falls off the end", "End with a Redirect, or an action.")


def r34_slips_lead_to_a_person(e: Evidence) -> Findings:
    """After slips comes a person: the choices are presented twice, four slips in a call at most.

    Source: Irish toolkit; Avaya; W3C COGA.
    Right: Key 7 is not used here. … (again) I will ring a person now.
    Wrong: the same message for ever
    """
    for step in _fresh(e):
        slipped, number = step, 0
        wrong = wrong_at(step.turn.call.at)[0]
        while number < MOST_SLIPS and (after := e.graph.after(slipped, wrong)):
            slipped, number = after, number + 1
            if _elsewhere(after, step):
                break
        if number > 1 and not _elsewhere(slipped, step) and "nobody" not in step.turn.call.at:
            what = f"{number} slips lead to nobody"
            yield at("R34", e, step, what, "Lead to a person after the second slip.")


def r35_each_retry_helps_more(e: Evidence) -> Findings:
    """The reminders differ, and the second is simpler or holds an example.

    Source: W3C COGA; AcIxD.
    Right: You can hear about five things. For example, … For that, press 1.
    Wrong: the same sentence three times
    """
    for step in _fresh(e):
        said = [each.said for each in _ladder(e, step)[1:4]]
        if len(set(said)) < len(said):
            yield at("R35", e, step, "two reminders are the same", "Say it another way.")
    for piece in e.kind("help"):
        menu = e.line.words(piece.lang).menus[piece.name]
        simpler = grade(piece.text) < grade(menu.question or menu.label)
        if not (simpler or re.search(r"\b(for example|for that|if)\b", piece.text.lower())):
            what = "the help is neither simpler nor an example"
            yield about("R35", e, piece, what, "Write shorter words, or give an example.")


def r36_a_key_stops_speech(e: Evidence) -> Findings:
    """A key interrupts all speech, errors too; only the last words before connecting or ending.

    Those are at most 3 seconds. Before a number is typed, half a second of quiet stands alone.

    Source: gethuman standard; Avaya allows the start of an error as an exception, we do not.
    Right: every Play inside a Gather
    Wrong: half a minute of Play, and only then a Gather
    """
    for step in e.graph.arrivals():
        loose = [verb.tag for verb in e.written(step) if verb.tag in ("Say", "Play", "Pause")]
        words = tuple(unit for unit in step.turn.say if not isinstance(unit, Pause))
        seconds = e.seconds(words, step.turn.call.lang)
        typing = isinstance(step.turn.then, Listen) and step.turn.then.many
        if loose[typing:] and (step.listens or seconds > UNSTOPPABLE):
            what = f"{seconds:.1f} s that no key can stop"
            yield at("R36", e, step, what, "Put the words inside the Gather, or shorten them.")


def r37_hear_it_again(e: Evidence) -> Findings:
    """Hash says it again, as often as one likes, at the same node.

    Source: W3C COGA; ATIS IVR checklist.
    Right: hash in part 2 says part 2 again
    Wrong: hash leads on, or counts as a slip
    """
    for step in e.graph.arrivals():
        again = e.graph.after(step, KeyPressed("#"))
        if again is None or (isinstance(step.turn.then, Listen) and step.turn.then.many):
            continue
        here, there = step.turn.call, again.turn.call
        silent = again.turn.effect is None and not again.said
        if (there.at, there.part) == (here.at, here.part) and silent:
            yield at("R37", e, step, "hash says nothing", "Say again what was said.")
        if there.slips > here.slips:
            yield at("R37", e, step, "hash counts as a slip", "Let hash say it again.")


def r38_slower(e: Evidence) -> Findings:
    """The caller can make it slower, from everywhere, and it stays so for the whole call.

    8 is named in the opening and after a slip; every sentence has a slower recording.

    Source: W3C COGA; a guide to voice messages of California (summary).
    Right: To hear this another way, press 8.
    Wrong: a sentence recorded only at the usual speed
    """
    for step in e.graph.steps:
        if step.before.at != "hearing" and step.turn.call.speed != step.before.speed:
            yield at("R38", e, step, "the speed is lost", "Keep the speed for the whole call.")
    for lang in e.line.languages:
        for unit in e.line.units(lang):
            if (lang, "normal", unit) in e.prompts and (lang, "slow", unit) not in e.prompts:
                piece = e.origins(lang).of(unit)
                line = e.where(piece.file, *piece.path, near=unit)
                what = f"no slower recording of “{unit[:60]}”"
                yield Finding(piece.file, line, "R38", what, "Run: make record")


def r39_wait_for_me(e: Evidence) -> Findings:
    """The caller, or a relay assistant, can make the line wait 5 minutes after every part.

    Any key goes on, from the start of the part that was playing.

    Source: AS/NZS 4263:2003 (scope).
    Right: I will wait for you. To go on, press 1.
    Wrong: a wait that runs out after ten seconds
    """
    for step in e.graph.arrivals():
        call, then = step.turn.call, step.turn.then
        held = call.at == "hold" or (call.wait and _between_parts(e, step))
        short = isinstance(then, Listen) and then.seconds < HOLD
        if held and short and not call.silences and not call.slips:
            what = "does not wait for a caller who asked it to"
            yield at("R39", e, step, what, f"Wait {HOLD} seconds.")
        on = e.graph.after(step, KeyPressed("1"))
        if call.at == "hold" and on and on.turn.call.at == "hold":
            yield at("R39", e, step, "no key goes on", "Let any key go on.")


def r40_pauses(e: Evidence) -> Findings:
    """Pauses stand where a listener needs them: between choices, before "press", at the ends.

    750 ms between choices, about 300 ms before "press", nothing after the last choice but the
    wait, and no long quiet at the ends of a recording.

    Source: IBM timing guide; AcIxD; Le Bigot (abstract); the first two figures are our own.
    Right: To make a complaint (300 ms) press 2. (750 ms) To appeal …
    Wrong: choices run together; two seconds of quiet inside a sentence
    """
    for step in e.graph.arrivals():
        units = step.turn.say
        if units and isinstance(units[-1], Pause):
            yield at("R40", e, step, "ends with a pause", "End with the last word.")
        for before, pause, after in zip(units, units[1:], units[2:], strict=False):
            choices = _is_choice(before) and _is_choice(after)
            if choices and pause not in (BETWEEN_CHOICES,):
                do = f"Put {BETWEEN_CHOICES.ms} ms between two choices."
                yield at("R40", e, step, "two choices run together", do)
    yield from _prompt_pauses(e)


def _prompt_pauses(e: Evidence) -> Findings:
    """Quiet at the ends of prompts, and before "press"."""
    for lang in e.line.languages:
        for unit in e.line.units(lang):
            prompt = e.prompts.get((lang, "normal", unit))
            if prompt is None:
                continue
            piece = e.origins(lang).of(unit)
            line = e.where(piece.file, *piece.path, near=unit)
            if max(prompt.lead, prompt.tail) > LONGEST_EDGE:
                what = f"{max(prompt.lead, prompt.tail):.2f} s of quiet at an end of “{unit[:50]}”"
                yield Finding(piece.file, line, "R40", what, "Record it anew: make record")
            if _is_choice(unit) and not _rests_before_press(
                unit, prompt.gaps, prompt.span, prompt.lead
            ):
                what = f"no pause before “press” in “{unit[:50]}”"
                yield Finding(
                    piece.file, line, "R40", what, "Record it anew: make record", "should"
                )


def _rests_before_press(
    unit: str, gaps: tuple[tuple[float, float], ...], span: float, lead: float
) -> bool:
    """Whether a pause of 250 ms stands about where "press" begins."""
    words = unit.split()
    at = words.index("press") / len(words) if "press" in words else 0.0
    return any(
        length >= BEFORE_PRESS and abs((start + length / 2 - lead) / span - at) <= NEAR
        for start, length in gaps
    )


def _is_choice(unit: object) -> bool:
    return isinstance(unit, str) and CHOICE.fullmatch(unit) is not None


def _fresh(e: Evidence) -> Iterator[Step]:
    """Every node where a key is waited for, before anything was counted there."""
    for step in e.graph.arrivals():
        call = step.turn.call
        if step.listens and not (call.silences or call.slips or call.offered):
            yield step


def _between_parts(e: Evidence, step: Step) -> bool:
    """Whether something is being told in parts, and this is not its end."""
    call = step.turn.call
    if call.at == "short":
        return True
    if not (call.at in e.line.topics or call.at == "answer") or call.silences:
        return False
    words = e.line.words(call.lang)
    return words.choice(words.says["text_this"], "2") not in step.turn.say


def _ladder(e: Evidence, step: Step) -> list[Step]:
    """The step and what follows it while nothing is pressed at this node."""
    rungs, here = [step], step
    while (after := e.graph.after(here, NoInput())) and not _elsewhere(after, step):
        if after.turn.call.offered != step.turn.call.offered:
            break
        rungs.append(after)
        here = after
    return rungs


def _elsewhere(step: Step, other: Step) -> bool:
    here, there = step.turn.call, other.turn.call
    return (here.at, here.part) != (there.at, there.part)


def _warned(e: Evidence, step: Step) -> bool:
    """Whether the step before an end warned, and waited long enough for any key."""
    words = e.line.words(step.before.lang)
    for warning in e.graph.arrivals():
        then = warning.turn.then
        if warning.turn.call == step.before and isinstance(then, Listen):
            return words.say("will_end") in warning.turn.say and then.seconds >= LAST_WAIT
    return False
