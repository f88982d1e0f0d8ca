"""Rules about calls and TwiML, on lines whose flow or writer was broken in one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest

from ivr import twiml
from ivr.content import Content
from ivr.content.checks import RULES, check, inspection
from ivr.flow import step
from ivr.line.call import (
    Call,
    CallStarted,
    EffectDone,
    End,
    KeyPressed,
    Listen,
    NoInput,
    Pause,
    Transfer,
    Turn,
)
from tests.support import broken
from tests.support.lines import TWO_LANGUAGES
from tests.unit import test_checks

LINE = broken.shipped().line
WORDS = LINE.words("en")
PERSON = WORDS.says["for_person"]

Change = Callable[[Turn, Call, object], Turn]


def flow(change: Change):
    """The line's own step, with what it answers changed."""
    return lambda line, call, heard, facts: change(step(line, call, heard, facts), call, heard)


def said(turn: Turn, *units) -> Turn:
    return turn._replace(say=units)


def without(turn: Turn, *words) -> Turn:
    return turn._replace(say=tuple(unit for unit in turn.say if unit not in words))


def star_is_deaf(turn, call, heard):
    stays = heard == KeyPressed("*") and call.at != "main"
    return turn._replace(call=call.stay(slips=1), then=Listen(10)) if stays else turn


def zero_is_deaf(turn, call, heard):
    if heard != KeyPressed("0") or call.at not in LINE.menus:
        return turn
    return Turn(call.stay(slips=1), (Pause(500), WORDS.say("not_used", key_name="0")))


def hash_counts(turn, call, heard):
    counts = heard == KeyPressed("#") and turn.call.at == "hearing"
    return turn._replace(call=turn.call.stay(slips=turn.call.slips + 1)) if counts else turn


def eight_leads_home(turn, call, heard):
    lost = heard == KeyPressed("8") and call.at in LINE.topics
    return turn._replace(call=call.stay(at="main", part=0)) if lost else turn


def recites(turn, call, heard):
    chosen = heard == KeyPressed("4") and call.at == "main" and turn.call.at == "appeal"
    return said(turn, *turn.say[:2], PERSON, *turn.say[2:]) if chosen else turn


def unnamed(turn, call, heard):
    return without(turn, WORDS.title("agree")) if turn.call.at == "agree" else turn


def no_summary(turn, call, heard):
    return without(turn, WORDS.topics["ways"].summary) if turn.call.at == "ways" else turn


def silence_like_slip(turn, call, heard):
    if heard != KeyPressed("7") or call.at != "hearing" or turn.call.at != "hearing":
        return turn
    other = step(LINE, call, NoInput(), broken.OPEN)
    return turn._replace(say=other.say)


def short_waits(turn, call, heard):
    climbing = isinstance(turn.then, Listen) and turn.call.silences and not turn.then.many
    return turn._replace(then=Listen(10)) if climbing else turn


def hangs_up(turn, call, heard):
    third = heard == NoInput() and call.silences == 3 and call.at == "choose"
    return turn._replace(then=End()) if third else turn


def never_a_person(turn, call, heard):
    slipped = heard == KeyPressed("7") and call.at == "agree"
    return turn._replace(call=call.stay(slips=1), then=Listen(10)) if slipped else turn


def same_reminder(turn, call, heard):
    second = heard == NoInput() and call.silences == 1 and call.at == "appeal"
    return (
        turn._replace(say=step(LINE, call.stay(silences=0), heard, broken.OPEN).say)
        if second
        else turn
    )


def loses_speed(turn, call, heard):
    lost = call.at == "adviser" and isinstance(heard, EffectDone)
    return turn._replace(call=turn.call.stay(speed="normal")) if lost else turn


def hold_ends(turn, call, heard):
    return (
        turn._replace(then=Listen(10))
        if turn.call.at == "hold" and not turn.call.silences
        else turn
    )


def run_together(turn, call, heard):
    if turn.call.at != "choose" or not isinstance(heard, KeyPressed):
        return turn
    return said(turn, *(Pause(300) if unit == Pause(750) else unit for unit in turn.say))


def asks_mobile(turn, call, heard):
    wants = heard == KeyPressed("2") and call.at == "ways" and turn.call.at == "text-ways"
    if not wants:
        return turn
    return step(LINE, turn.call, KeyPressed("2"), broken.OPEN)


def ungrouped(turn, call, heard):
    if not turn.call.at.startswith("check"):
        return turn
    digits = {*WORDS.pieces.digits, *WORDS.pieces.last_digits}
    kept, last = [], None
    for unit in turn.say:
        if not (isinstance(unit, Pause) and last in digits):
            kept.append(unit)
        last = unit
    return said(turn, *kept)


def person_last(turn, call, heard):
    return (
        said(turn, *without(turn, PERSON).say, PERSON) if isinstance(heard, CallStarted) else turn
    )


def starts_over(turn, call, heard):
    busy = isinstance(heard, EffectDone) and heard.outcome == "busy"
    anew = Call(speed=call.speed, wait=call.wait)
    return step(LINE, anew, CallStarted(), broken.OPEN) if busy else turn


def rings_long(turn, call, heard):
    long = isinstance(turn.then, Transfer)
    return turn._replace(then=replace(turn.then, ring=180)) if long else turn


def tells_unasked(turn, call, heard):
    told = isinstance(turn.then, Transfer) and turn.call.tell != "yes"
    return turn._replace(then=replace(turn.then, tell=True)) if told else turn


def unasked(turn, call, heard):
    skipped = heard == KeyPressed("1") and call.at == "others" and turn.call.at == "main"
    return (
        step(LINE, call.stay(at="text-others"), KeyPressed("1"), broken.OPEN) if skipped else turn
    )


def speaks_at_once(turn, call, heard):
    at_once = turn.call.at == "appeal" and turn.say[:1] == (Pause(500),)
    return said(turn, *turn.say[1:]) if at_once else turn


FLOWS = {
    "R06: the number of choices is not said": (
        "R06", lambda t, c, h: without(t, WORDS.count(4)) if t.call.at == "agree" else t, "flow.yaml"),
    "R08: star is deaf": ("R08", star_is_deaf, None),
    "R09: a topic ends without its summary": ("R09", no_summary, "flow.yaml"),
    "R10: 0 is deaf in menus": ("R10", zero_is_deaf, "flow.yaml"),
    "R11: 8 leads to the main menu": ("R11", eight_leads_home, "flow.yaml"),
    "R12: a menu recites 0": ("R12", recites, "flow.yaml"),
    "R17: speaks at once after a key": ("R17", speaks_at_once, "flow.yaml"),
    "R18: the choice is not said": ("R18", unnamed, "flow.yaml"),
    "R29: silence and a slip alike": ("R29", silence_like_slip, "en/says.yaml"),
    "R32: waits that do not grow": ("R32", short_waits, None),
    "R33: hangs up on silence": ("R33", hangs_up, None),
    "R34: slips lead to nobody": ("R34", never_a_person, "flow.yaml"),
    "R35: the same reminder twice": ("R35", same_reminder, "flow.yaml"),
    "R37: hash counts as a slip": ("R37", hash_counts, "en/says.yaml"),
    "R38: the speed is lost after a talk": ("R38", loses_speed, None),
    "R39: wait for me does not wait": ("R39", hold_ends, "en/says.yaml"),
    "R40: choices run together": ("R40", run_together, "flow.yaml"),
    "R41: a mobile must be typed": ("R41", asks_mobile, "en/says.yaml"),
    "R43: the number is not read in groups": ("R43", ungrouped, "en/says.yaml"),
    "R47: the way to a person comes last": ("R47", person_last, "flow.yaml"),
    "R48: busy starts over": ("R48", starts_over, "en/says.yaml"),
    "R49: the adviser is told without a yes": ("R49", tells_unasked, "en/says.yaml"),
    "R59: skipping on sends a text": ("R59", unasked, None),
    "C3: rings for three minutes": ("C3", rings_long, "en/says.yaml"),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "change", "file"), FLOWS.values(), ids=FLOWS)
def test_a_broken_flow_is_found_by_its_rule_and_nothing_else_fires(rule, change, file):
    findings = check(broken.evidence(step=flow(change)))
    assert {finding.rule for finding in findings} == {rule}, findings
    assert file is None or {finding.file for finding in findings} == {file}
    assert all(finding.line > 1 and finding.what and finding.do for finding in findings)


# --- TwiML -----------------------------------------------------------------------------------


def writer(change: Callable[[Xml.Element], None]):
    """The line's own writer, with what it writes changed, unchecked."""

    def write(turn: Turn, renderer: twiml.Renderer) -> bytes:
        root = Xml.fromstring(twiml.write(turn, renderer))
        change(root)
        return Xml.tostring(root)

    return write


def gathers(**attributes: str | None):
    """Every Gather that takes one key with these attributes, or without (None)."""

    def change(root: Xml.Element) -> None:
        for gather in root.iter("Gather"):
            if gather.get("numDigits") == "1" and gather.get("timeout") != "2":
                for name, value in attributes.items():
                    gather.attrib.pop(name, None)
                    if value is not None:
                        gather.set(name, value)

    return change


def loose(root: Xml.Element) -> None:
    """Words before the Gather, where no key is heard."""
    gather = root.find("Gather")
    if gather is not None and len(gather):
        root.insert(0, gather[0])


def falls_off(root: Xml.Element) -> None:
    for redirect in root.findall("Redirect"):
        root.remove(redirect)


def no_action(root: Xml.Element) -> None:
    for dial in root.iter("Dial"):
        dial.attrib.pop("action")
        Xml.SubElement(root, "Redirect").text = "https://line.example"


def american(root: Xml.Element) -> None:
    for gather in root.iter("Gather"):
        Xml.SubElement(gather, "Say").text = "Hello."


WRITERS = {
    "R11: hash is swallowed": ("R11", gathers(finishOnKey="#")),
    "R15: only speech": ("R15", gathers(input="speech")),
    "R15: more than one key": ("R15", gathers(numDigits="3")),
    "R31: a Gather without a timeout": ("R31", gathers(timeout=None)),
    "R33: falls off the end": ("R33", falls_off),
    "R36: words no key can stop": ("R36", loose),
    "R48: a Dial without an action": ("R48", no_action),
    "R57: a Say without a voice": ("R57", american),
}


@pytest.mark.parametrize(("rule", "change"), WRITERS.values(), ids=WRITERS)
def test_broken_twiml_is_found_by_its_rule_and_nothing_else_fires(rule, change):
    seen = broken.walked()
    written = inspection.gather(
        broken.shipped(), *broken.all_recorded(broken.shipped()), write=writer(change), facts=()
    )
    findings = check(replace(seen, written=written.written))
    assert {finding.rule for finding in findings} == {rule}, findings
    assert all(finding.line > 1 for finding in findings)


# --- languages, settings, and the table ------------------------------------------------------


def two_languages(change: Change = lambda turn, call, heard: turn):
    """What R50 finds on a line with two languages."""
    content = Content(TWO_LANGUAGES, {})
    library, prompts = broken.all_recorded(content)
    seen = inspection.gather(content, library, prompts, flow(change), facts=(broken.OPEN,))
    return sorted({finding.what for finding in RULES["R50"].check(seen)})


def test_a_language_offered_in_itself_and_kept_is_right():
    assert two_languages() == []


def test_a_language_that_is_not_offered_is_found():
    def silent(turn, call, heard):
        return said(turn, *(unit for unit in turn.say if isinstance(unit, str | Pause)))

    assert two_languages(silent) == ["main: a language is not offered"]


def test_a_language_that_is_lost_is_found():
    def english(turn, call, heard):
        slipped = heard == KeyPressed("7")
        return turn._replace(call=turn.call.stay(lang="en")) if slipped else turn

    assert any("the language is lost" in what for what in two_languages(english))


@pytest.mark.parametrize(
    ("number", "found"),
    [("+442079460100", 0), ("+448081570100", 0), ("+443069990100", 0), ("+448451234567", 1)],
)
def test_a_number_that_costs_extra_is_found(number, found):
    seen = replace(broken.walked(), number=number)
    assert len(list(RULES["C1"].check(seen))) == found


def test_every_rule_that_can_be_checked_has_a_broken_copy():
    from_tables = {
        rule for table in (test_checks.CONTENT, FLOWS, WRITERS) for rule, *_ in table.values()
    }
    elsewhere = {"CLIPS", "R50", "C1", "R54", "R55", "R56", "R57", "R38"}
    checked = {name for name, rule in RULES.items() if rule.check}
    assert from_tables | elsewhere >= checked
