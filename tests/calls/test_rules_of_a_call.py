"""The accessibility rules that only the program can break, at every step a caller can take.

``ivr check`` asks the others of the words. What a rule says: ``ivr check --explain R31``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from xml.etree import ElementTree as Xml

import pytest

from ivr import twiml
from ivr.content.checks import RULES
from ivr.content.load import load
from ivr.line.call import (
    CallStarted,
    End,
    InLanguage,
    KeyPressed,
    Listen,
    NoInput,
    Pause,
    SendText,
    Transfer,
)
from ivr.line.model import Line
from ivr.line.wording import PAUSES
from ivr.speech.library import Library, PromptAudio
from ivr.speech.manifest import read_library
from tests.support.lines import TWO_LANGUAGES
from tests.support.paths import ROOT
from tests.support.steps import CLOSED, OPEN, TYPED, Graph, Step, explore, kind_of, wrong_at

LINE = load(ROOT / "prompts")
WORDS = LINE.words("en")
LIBRARY = read_library(ROOT / "audio")
GRAPH = explore(LINE, OPEN, CLOSED)
AFTER = GRAPH.after
ARRIVALS = GRAPH.arrivals()
LISTENING = [step for step in ARRIVALS if step.listens]
RINGING = [step for step in GRAPH.steps if isinstance(step.turn.then, Transfer)]
STAR, HASH, YES, NO = (KeyPressed(key) for key in "*#12")


def renderer(line: Line, library: Library) -> twiml.Renderer:
    """What writes down a step of this line."""
    settings = twiml.RenderSettings(
        library,
        say_voice={lang: voice.say for lang, voice in line.voices.items()},
        tags={lang: voice.tag for lang, voice in line.voices.items()},
        audio="https://line.example/audio/",
        numbers={"first": "+442079460200", "second": "+442079460201"},
        whisper=lambda call, transfer: "https://line.example/desk",
    )
    return twiml.Renderer(
        settings,
        lambda call, on: f"https://line.example/voice?on={on}",
        lambda recording, lang: f"https://line.example/recordings/{recording}",
    )


RENDERER = renderer(LINE, LIBRARY)


def none(broken: Iterable[Step]) -> None:
    """No step is among these."""
    found = [f"{step.before.at} {step.event} → {step.turn.call.at}: {step.said}" for step in broken]
    assert found == []


@cache
def document(step: Step) -> Xml.Element:
    """What is sent to Twilio for a step."""
    return Xml.fromstring(twiml.write(step.turn, RENDERER))


def gather(step: Step) -> dict[str, str]:
    """The attributes of its Gather."""
    found = document(step).find("Gather")
    return {} if found is None else found.attrib


@cache
def bilingual() -> Graph:
    """The same of a line with two languages."""
    return explore(TWO_LANGUAGES, OPEN)


def seconds(units) -> float:
    """How long this speaks."""
    recorded = (unit for unit in units if isinstance(unit, str | Pause))
    return sum(
        LIBRARY.pause(unit.ms).seconds if isinstance(unit, Pause) else recording(unit).seconds
        for unit in recorded
    )


def recording(unit: str) -> PromptAudio:
    """The recording of these words."""
    found = LIBRARY.find("en", "normal", unit)
    assert found, f"“{unit}” is not recorded: run make record"
    return found


def typing(step: Step) -> bool:
    return isinstance(step.turn.then, Listen) and step.turn.then.many


def between_parts(step: Step) -> bool:
    """Whether advice is being told, and this is not its end."""
    call = step.turn.call
    told = call.at == "short" or call.at in LINE.topics or call.at == "answer"
    ended = any("To go on to" in str(unit) for unit in step.turn.say)
    return told and not call.silences and (call.at == "short" or not ended)


def elsewhere(step: Step, other: Step) -> bool:
    here, there = step.turn.call, other.turn.call
    return (here.at, here.part) != (there.at, there.part)


def fresh() -> Iterator[Step]:
    """Every node where a key is waited for, before anything was counted there."""
    for step in LISTENING:
        if not (step.turn.call.silences or step.turn.call.slips or step.turn.call.offered):
            yield step


def ladder(step: Step) -> list[Step]:
    """The step, and what follows while nothing is pressed at its node."""
    rungs = [step]
    while (after := AFTER(rungs[-1], NoInput())) and not elsewhere(after, step):
        if after.turn.call.offered != step.turn.call.offered:
            break
        rungs.append(after)
    return rungs


def menus() -> Iterator[Step]:
    """Each menu as it is first said."""
    for step in fresh():
        menu = LINE.menus.get(step.turn.call.at)
        if menu and not menu.question and not step.turn.call.wait:
            yield step


def test_every_step_is_walked():
    """A walk that looks nowhere would break no rule."""
    ats = {step.turn.call.at for step in GRAPH.steps}
    nodes = ats | {kind_of(at) for at in ats}
    assert len(GRAPH.steps) > 30_000 and {*LINE.menus, *LINE.topics, *LINE.forms} <= nodes


def test_every_rule_that_tests_hold_is_here():
    held = {name for name, rule in RULES.items() if rule.shown == "make test"}
    here = {name.split("_")[1].upper() for name in globals() if re.match(r"test_[rc]\d", name)}
    assert held <= here


def test_r04_choices_are_said_in_the_order_of_their_keys():
    def spoken(step: Step) -> list[str]:
        return re.findall(r"press ([1-5])\.(?: |$)", step.said)

    none(step for step in menus() if spoken(step) != list(LINE.menus[step.turn.call.at].keys))


def test_r06_their_number_is_said_before_the_choices():
    said = dict(enumerate(("one", "two", "three", "four", "five"), start=1))

    def counted(step: Step) -> bool:
        count = said[len(LINE.menus[step.turn.call.at].keys)]
        return f"There are {count} choices. To " in step.said

    none(step for step in menus() if not counted(step))


def test_r08_star_leads_to_the_main_menu_from_everywhere():
    def leads_home(step: Step) -> bool:
        here: Step | None = step
        for _ in range(12):
            if here is not None and here.turn.call.at != LINE.start:
                here = AFTER(here, STAR)
        return here is None or here.turn.call.at == LINE.start

    none(step for step in ARRIVALS if AFTER(step, STAR) and not leads_home(step))


def test_r09_a_topic_says_its_name_then_its_short_version_and_at_its_end_what_comes_next():
    for step in ARRIVALS:
        call, topic = step.turn.call, WORDS.topics.get(step.turn.call.at)
        if topic is None or call.silences or call.slips:
            continue
        if not call.part:
            said = [unit for unit in step.turn.say if isinstance(unit, str)]
            name = said.index(WORDS.title(call.at))
            assert said[name + 1] == topic.summary, step
        if call.part == len(topic.parts) + 1 and isinstance(step.event, NoInput):
            assert any("To go on to" in str(unit) for unit in step.turn.say), step


def test_r10_0_is_a_person_everywhere():
    zero = KeyPressed("0")
    none(step for step in LISTENING if (to := AFTER(step, zero)) and not to.to_a_person)


def test_r11_hash_arrives_as_a_key_and_says_it_again():
    none(step for step in LISTENING if not typing(step) and gather(step)["finishOnKey"])
    none(s for s in LISTENING if (to := AFTER(s, HASH)) and to.turn.call.at != s.turn.call.at)


def test_r11_8_is_how_it_is_heard_and_no_key_ends_a_call():
    eight = KeyPressed("8")
    none(s for s in LISTENING if (to := AFTER(s, eight)) and to.turn.call.at != "hearing")
    for key in "679":
        after = [(step, AFTER(step, KeyPressed(key))) for step in LISTENING]
        none(step for step, to in after if to and not (to.listens or to.to_a_person))


def test_r11_1_is_yes_and_2_is_no():
    for step in fresh():
        menu = LINE.menus.get(step.turn.call.at)
        yes, no = AFTER(step, YES), AFTER(step, NO)
        if menu and menu.question and yes and no:
            assert [yes.turn.call.at, no.turn.call.at] == [menu.keys["1"], menu.keys["2"]]


def test_r12_a_menu_that_was_chosen_recites_no_key_that_steers():
    chosen = (step for step in fresh() if step.turn.call.at in LINE.menus)
    others = (step for step in chosen if step.before.at != step.turn.call.at)
    known = (step for step in others if LINE.has(step.before.at))
    none(step for step in known if re.search(r"press (0|star|hash|8)\.", step.said))


def test_r15_one_press_is_enough_and_nobody_must_speak():
    none(step for step in LISTENING if gather(step).get("input", "dtmf") != "dtmf")
    none(step for step in LISTENING if typing(step) and kind_of(step.turn.call.at) not in TYPED)
    none(step for step in LISTENING if not typing(step) and gather(step)["numDigits"] != "1")


def test_r17_after_a_key_it_is_quiet_for_half_a_second():
    pressed = (step for step in LISTENING if isinstance(step.event, KeyPressed))
    none(step for step in pressed if step.turn.say[:1] != (Pause(500),))
    assert all(LIBRARY.pause(pause.ms) for pause in PAUSES)


def test_r18_what_was_chosen_is_said_by_its_name():
    for step in LISTENING:
        call, before = step.turn.call, step.before
        known = LINE.has(call.at) and LINE.has(before.at) and call.at != before.at
        if known and isinstance(step.event, KeyPressed) and step.event != STAR and not call.part:
            words = [unit for unit in step.turn.say if isinstance(unit, str)]
            assert words[0] == WORDS.title(call.at), step


def test_r29_each_slip_is_answered_in_its_own_words():
    for step in fresh():
        slips = (*wrong_at(step.turn.call.at), NoInput())
        after = [each for each in (AFTER(step, slip) for slip in slips) if each]
        said = [each.said for each in after if each.turn.call.at == step.turn.call.at]
        assert len({step.said, *said}) == 1 + len(said), step


def test_r31_every_wait_for_an_answer_is_at_least_10_seconds():
    waits = (step for step in LISTENING if not between_parts(step))
    none(step for step in waits if int(gather(step)["timeout"]) < 10)


def test_r32_waits_grow_to_100_seconds_in_all():
    for step in fresh():
        waits = [rung.turn.then.seconds for rung in ladder(step) if rung.listens]
        if len(waits) < 3 or between_parts(step) or waits[0] >= 300:
            continue
        assert waits == sorted(set(waits)) and sum(waits) >= 100, (step, waits)
        assert waits[0] >= 10 and waits[1] >= 15 and min(waits[2:]) >= 20, (step, waits)


def test_r33_no_call_ends_without_a_warning_and_20_seconds():
    warned = {
        step.turn.call
        for step in LISTENING
        if WORDS.say("will_end") in step.turn.say and step.turn.then.seconds >= 20
    }
    ends = [step for step in GRAPH.steps if isinstance(step.turn.then, End)]
    assert ends
    none(step for step in ends if step.before not in warned)


def test_r33_no_document_falls_off_its_end():
    def goes_on(last: Xml.Element) -> bool:
        return last.tag in ("Redirect", "Hangup") or bool(last.tag == "Dial" and last.get("action"))

    none(step for step in ARRIVALS if not goes_on(document(step)[-1]))


def test_r34_slips_lead_to_a_person():
    for step in (step for step in fresh() if "nobody" not in step.turn.call.at):
        slipped, number = step, 0
        wrong = wrong_at(step.turn.call.at)[0]
        while number < 4 and not elsewhere(slipped, step) and (after := AFTER(slipped, wrong)):
            slipped, number = after, number + 1
        assert number < 2 or elsewhere(slipped, step), step


def test_r35_no_two_reminders_are_the_same():
    for step in fresh():
        said = [rung.said for rung in ladder(step)[1:4]]
        assert len(set(said)) == len(said), step


def test_r36_a_key_stops_all_but_the_last_words():
    def loose(step: Step) -> int:
        """Things heard outside the Gather; the half second before typing may be."""
        verbs = [verb for verb in document(step) if verb.tag in ("Say", "Play", "Pause")]
        return len(verbs) - typing(step)

    outside = [step for step in ARRIVALS if loose(step) > 0]
    none(step for step in outside if step.listens)
    none(s for s in outside if seconds(u for u in s.turn.say if isinstance(u, str)) > 3)


def test_r37_hash_says_it_again_and_is_no_slip():
    for step in (step for step in ARRIVALS if not typing(step)):
        if again := AFTER(step, HASH):
            here, there = step.turn.call, again.turn.call
            stays = (there.at, there.part) == (here.at, here.part)
            assert there.slips <= here.slips and (again.said or again.turn.effect or not stays)


def test_r38_the_speed_stays_for_the_whole_call():
    others = (step for step in GRAPH.steps if step.before.at != "hearing")
    none(step for step in others if step.turn.call.speed != step.before.speed)


def test_r39_who_asked_the_line_to_wait_is_waited_for_until_a_key():
    for step in LISTENING:
        call = step.turn.call
        held = call.at == "hold" or (call.wait and between_parts(step))
        if held and not call.silences and not call.slips:
            assert step.turn.then.seconds >= 300, step
        on = AFTER(step, YES)
        assert not (call.at == "hold" and on and on.turn.call.at == "hold"), step


def test_r40_choices_are_held_apart_and_nothing_follows_the_last_word():
    none(step for step in ARRIVALS if step.turn.say and isinstance(step.turn.say[-1], Pause))

    def choice(unit) -> bool:
        return bool(isinstance(unit, str) and re.fullmatch(r"To [^.]+, press [1-7]\.", unit))

    for step in ARRIVALS:
        say = step.turn.say
        for before, pause, after in zip(say, say[1:], say[2:], strict=False):
            assert not (choice(before) and choice(after)) or pause == Pause(750), step


def test_r41_only_a_number_or_a_date_is_typed_and_a_known_number_never():
    none(step for step in ARRIVALS if typing(step) and kind_of(step.turn.call.at) not in TYPED)
    asks = (step for step in ARRIVALS if kind_of(step.turn.call.at) == "number")
    known = (step for step in asks if step.facts.number)
    none(step for step in known if kind_of(step.before.at) not in ("text", "number", "check"))


def test_r42_there_are_ten_seconds_between_digits_and_it_is_said_how_to_end():
    asks = [step for step in ARRIVALS if typing(step)]
    none(step for step in asks if step.turn.then.seconds < 10)
    first = [step for step in asks if not step.turn.call.silences]
    none(s for s in first if "press hash" not in s.said or "press star" not in s.said)
    mobile = [step for step in first if kind_of(step.turn.call.at) == "number"]
    none(step for step in mobile if "11 digits" not in step.said)


@pytest.mark.parametrize("typed", ["07700900456", "7700900456", "447700900456", "00447700900456"])
def test_r42_a_mobile_number_is_taken_however_it_is_typed(typed):
    asks = (step for step in ARRIVALS if kind_of(step.turn.call.at) == "number")
    after = [AFTER(step, KeyPressed(typed)) for step in asks]
    assert any(after) and all(step.turn.call.typed == "+447700900456" for step in after if step)


def test_r43_a_number_is_read_back_in_groups_and_no_asks_for_it_again():
    digits = {*WORDS.pieces.digits, *WORDS.pieces.last_digits}
    for step in LISTENING:
        call, again = step.turn.call, {"check": "number", "date": "day"}
        to = again.get(kind_of(call.at))
        if to is None or call.silences or call.slips or not (call.typed or call.form):
            continue
        no = AFTER(step, NO)
        assert no and kind_of(no.turn.call.at) == to, step
        if to == "number":
            read = "".join("d" if unit in digits else " " for unit in step.turn.say)
            assert [len(group) for group in read.split()] == [5, 3, 3], step


def test_r47_the_way_to_a_person_comes_before_the_choices_and_the_ring_within_10_seconds():
    for step in (step for step in GRAPH.steps if isinstance(step.event, CallStarted)):
        assert 0 <= step.said.find("For a person, press 0.") < step.said.find("press 1")
    none(step for step in RINGING if seconds(step.turn.say) > 10)


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "refused", "failed"])
def test_r48_who_is_not_answered_is_told_why_and_goes_on(outcome):
    def goes_on(step: Step, after: Step | None) -> bool:
        """Whether the next telephone is rung, or it is said why not, with ways on."""
        if after is None:
            return False
        if after.turn.effect is not None:
            return all(goes_on(step, GRAPH.ended(after, how)) for how in ("free", "talking"))
        if isinstance(after.turn.then, Transfer):
            return not set(after.turn.then.who) & set(step.turn.then.who)
        return after.listens and after.turn.call.at.startswith("nobody")

    none(step for step in RINGING if not goes_on(step, GRAPH.ended(step, outcome)))


def test_r48_star_stops_the_ringing_and_what_follows_it_is_told_to_twilio():
    for step in RINGING:
        assert document(step).find("Dial").get("action"), step
        before, ringing = AFTER(step, STAR), GRAPH.ended(step, "stopped")
        assert before and before.listens and ringing and ringing.listens, step


def test_r48_when_it_opens_again_is_said_out_of_hours():
    closed = (s for s in fresh() if s.turn.call.at == "nobody-closed" and s.facts.opens)
    none(step for step in closed if WORDS.says["opens"] not in step.turn.say)


def test_r49_an_adviser_is_told_with_a_yes_only_and_takes_the_call_with_a_key():
    for step in RINGING:
        then, may = step.turn.then, step.turn.call.tell == "yes"
        assert then.tell == may and (may or not then.about), step
        assert all(number.get("url") for number in document(step).iter("Number")), step


def test_r50_each_language_is_offered_in_itself_and_kept():
    graph = bilingual()
    first, *others = TWO_LANGUAGES.languages
    opening = next(s for s in graph.steps if isinstance(s.event, CallStarted))
    offered = [unit.lang for unit in opening.turn.say if isinstance(unit, InLanguage)]
    assert opening.turn.call.lang == first and offered == others
    for step in graph.steps:
        may = step.before.at in ("languages", "main") and isinstance(step.event, KeyPressed)
        assert may or step.turn.call.lang == step.before.lang, step


def test_r57_whatever_is_read_by_machine_names_its_voice():
    unrecorded = renderer(TWO_LANGUAGES, Library(()))
    turns = {(s.turn.call.at, s.turn.call.lang): s.turn for s in bilingual().arrivals()}
    documents = [Xml.fromstring(twiml.write(turn, unrecorded)) for turn in turns.values()]
    spoken = [say for document in documents for say in document.iter("Say")]
    assert spoken and all(say.get("voice") and say.get("language") for say in spoken)


def test_r59_a_text_is_sent_only_to_who_pressed_1_for_it():
    for step in (step for step in GRAPH.steps if isinstance(step.turn.effect, SendText)):
        assert step.before.at.startswith(("text", "check")) and step.event == YES, step


@pytest.mark.parametrize("topic", sorted(LINE.topics))
def test_r59_skipping_on_with_1_never_leads_to_a_text(topic):
    here = next(step for step in ARRIVALS if step.turn.call.at == topic)
    for _ in range(60):
        assert not here.turn.call.at.startswith("text-")
        here = AFTER(here, YES) or here


def test_c3_it_rings_for_25_seconds_at_most():
    assert RINGING and all(step.turn.then.ring <= 25 for step in RINGING)
