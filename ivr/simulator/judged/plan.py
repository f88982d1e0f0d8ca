"""Who rings the line: every caller, for every topic that it applies to, and its stated end.

Owns the list. A caller is told only what people would know: the labels to listen for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ivr.line.model import Line
from ivr.simulator import callers
from ivr.simulator.callers import Caller
from ivr.simulator.judged import ends, left
from ivr.simulator.judged.ends import Judge, all_of

Hours = Literal["open", "closed", "any"]
MOBILE, LANDLINE = "+447700900123", "+442079460123"
WITHHELD, FOREIGN = "+266696687", "+12025550123"
TYPED = "+447700900456"
"""The number that callers type, in E.164."""
PHONES = {"mobile": MOBILE, "landline": LANDLINE, "withheld": WITHHELD, "foreign": FOREIGN}


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One call to be made and judged. ``case`` is the topic, or what is tried.

    ``topic`` is what is to be heard to its end (empty: none); ``hours`` when the line must be
    rung; ``adviser`` what the adviser does; ``seed`` what the caller's whims come from, if any.
    """

    caller: str
    case: str
    person: Callable[[], Caller]
    judge: Judge
    topic: str = ""
    lang: str = ""
    phone: str = MOBILE
    adviser: str = "answer"
    hours: Hours = "any"
    seed: int | None = None

    @property
    def name(self) -> str:
        """What ``ivr call --replay`` plays again."""
        whim = [] if self.seed is None else [str(self.seed)]
        return ":".join([self.caller, *whim, self.case])


def plan(line: Line, seed: int = 0) -> list[SimulatedCall]:
    """Every trial of this line, caller by caller. ``seed`` is that of the first topic's whims."""
    told = [*_people(), *_told(line), *_left(), *_in_danger(line)]
    found = [*_topic_trials(line, seed), *_stuck(), *_keyless(line), *told, *_languages(line)]
    return sorted(found, key=lambda simulated_call: _order(simulated_call.caller))


def find(line: Line, name: str) -> SimulatedCall | None:
    """The trial of this name: ``caller``, ``caller:case``, or with a seed ``caller:seed:case``."""
    caller, *rest = name.split(":")
    seeds = [int(word) for word in rest if word.isdecimal()]
    cases = [word for word in rest if not word.isdecimal()]
    simulated_calls = plan(line)
    if seeds:
        lang = line.languages[0]
        ways = labels(line, lang).items()
        simulated_calls = [t for way in ways for t in _by_chance(*way, lang, seeds[0])]
    wanted = (
        t for t in simulated_calls if t.caller == caller and (not cases or t.case == cases[0])
    )
    return next(wanted, None)


def labels(line: Line, lang: str) -> Mapping[str, tuple[str, ...]]:
    """For each topic, the labels to listen for on the shortest way of menus; some have none."""
    words, start = line.words(lang), line.start
    ways: dict[str, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        menu = line.menus.get(at)
        if menu is None or menu.question:
            continue
        for node in menu.keys.values():
            if node not in ways:
                ways[node] = (*ways[at], words.node(node).label)
                waiting.append(node)
    return {topic: ways.get(topic, ()) for topic in line.topics}


def _topic_trials(line: Line, first: int) -> Iterator[SimulatedCall]:
    lang = line.languages[0]
    for seed, (topic, wants) in enumerate(labels(line, lang).items(), first):
        yield from _listeners(topic, wants, lang)
        yield from _texting(topic, wants, lang)
        yield from _by_chance(topic, wants, lang, seed)


def _listeners(topic: str, wants: Sequence[str], lang: str) -> Iterator[SimulatedCall]:
    """Callers who hear a topic each in their own time."""
    heard = all_of(ends.topic(topic, lang))
    in_time = all_of(ends.topic(topic, lang), ends.prompt(topic, lang))
    people: dict[str, Callable[[], Caller]] = {
        "plain": partial(callers.PlainCaller, wants),
        "slow-60": partial(callers.SlowCaller, wants, 60),
        "slow-100": partial(callers.SlowCaller, wants, 100),
        "relay": partial(callers.RelayCaller, wants),
        "interrupter": partial(callers.InterruptingCaller, wants),
        "announcement": partial(callers.AnnouncementCaller, wants),
    }
    for name, person in people.items():
        judge = in_time if name == "plain" else heard
        yield SimulatedCall(name, topic, person, judge, topic, lang)


def _texting(topic: str, wants: Sequence[str], lang: str) -> Iterator[SimulatedCall]:
    """Callers who have the topic sent, from each kind of telephone, and one whose hand shakes."""
    heard = ends.topic(topic, lang)
    typed = all_of(heard, ends.text_sent(typed=True), ends.read_back(TYPED))
    at_once = all_of(heard, ends.text_sent(typed=False))
    texting = partial(callers.TextingCaller, wants)
    for kind, phone in PHONES.items():
        judge = at_once if kind == "mobile" else typed
        yield SimulatedCall(f"texting-{kind}", topic, texting, judge, topic, lang, phone)
    read = all_of(heard, left.called_back(typed=False), left.read_out(topic))
    cannot_read = partial(callers.ReadOutCaller, wants)
    yield SimulatedCall("read-out", topic, cannot_read, read, topic, lang, LANDLINE)
    shaky = partial(callers.ShakyCaller, wants)
    yield SimulatedCall("shaky", topic, shaky, typed, topic, lang, WITHHELD)


def _by_chance(topic: str, wants: Sequence[str], lang: str, seed: int) -> Iterator[SimulatedCall]:
    """Callers whose whims come from a seed: another one for each topic."""
    heard = ends.topic(topic, lang)
    lost = partial(callers.BackAndAgainCaller, wants, seed)
    yield SimulatedCall("back-and-again", topic, lost, all_of(heard), topic, lang, seed=seed)
    slower = partial(callers.SlowerCaller, wants, seed)
    slow = all_of(heard, ends.slow_to_the_end)
    yield SimulatedCall("slower", topic, slower, slow, topic, lang, seed=seed)
    panic = partial(callers.PanickingCaller, wants, seed)
    hours: Hours = "closed" if seed // 2 % 2 else "open"
    reached = all_of(ends.panicked)
    yield SimulatedCall("panic", topic, panic, reached, phone=WITHHELD, hours=hours, seed=seed)


def _stuck() -> Iterator[SimulatedCall]:
    """Callers who must be brought to a person, or to an end that was announced."""
    silent, wrong = callers.SilentCaller, callers.WrongKeyCaller
    by_itself = all_of(ends.person, ends.advised, ends.announced_end)
    closed = all_of(ends.way_on, ends.advised, ends.announced_end)
    yield SimulatedCall("silent", "open", silent, by_itself, hours="open")
    yield SimulatedCall("silent", "closed", silent, closed, hours="closed")
    stayed = all_of(ends.stayed(10), ends.announced_end)
    yield SimulatedCall("staying", "closed", callers.StayingCaller, stayed, hours="closed")
    slips = all_of(ends.person, ends.second_presentation)
    yield SimulatedCall("wrong-key", "open", wrong, slips, hours="open")
    yield SimulatedCall("wrong-key", "closed", wrong, all_of(ends.said_closed), hours="closed")


def _keyless(line: Line) -> Iterator[SimulatedCall]:
    """Callers whose keys do not arrive, or arrive twice: a person, else advice and a message."""
    wants = next(iter(labels(line, line.languages[0]).values()))
    lost = partial(callers.LostKeysCaller, wants)
    left_one = (ends.no_key, ends.advised, left.kept_and_said, ends.announced_end)
    for name, person in (("talking", callers.TalkingCaller), ("lost-keys", lost)):
        yield SimulatedCall(name, "open", person, all_of(ends.no_key, ends.person), hours="open")
        nobody = all_of(ends.person, *left_one)
        yield SimulatedCall(name, "no-answer", person, nobody, adviser="no-answer", hours="open")
        yield SimulatedCall(name, "closed", person, all_of(*left_one), hours="closed")
    yield SimulatedCall("twice", "open", callers.TwiceCaller, all_of(ends.person), hours="open")
    yield SimulatedCall(
        "twice", "closed", callers.TwiceCaller, all_of(left.kept_at_least), hours="closed"
    )


def _people() -> Iterator[SimulatedCall]:
    """Callers who ask for a person, and each way in which nobody may come."""
    seeker = callers.PersonSeeker
    yield SimulatedCall("person", "answer", seeker, all_of(ends.person), hours="open")
    for adviser, why in (("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed")):
        nobody = all_of(ends.person, ends.told(why))
        yield SimulatedCall("person", adviser, seeker, nobody, adviser=adviser, hours="open")
    yield SimulatedCall("person", "closed", seeker, all_of(ends.told("closed")), hours="closed")


def _told(line: Line) -> Iterator[SimulatedCall]:
    """Who has heard a topic and lets the adviser be told of it; who would rather hear one."""
    topic, wants = next(iter(labels(line, line.languages[0]).items()))
    judge = all_of(ends.person, ends.adviser_told(topic))
    yield SimulatedCall("person", "told", partial(callers.PersonSeeker, wants), judge, hours="open")
    back = all_of(ends.person, ends.came_back, ends.topic(topic, line.languages[0]))
    mind = partial(callers.MindChangingCaller, wants)
    yield SimulatedCall("mind-changing", topic, mind, back, adviser="no-answer", hours="open")


def _left() -> Iterator[SimulatedCall]:
    """Callers who leave a message, or who ask to be rung back, when nobody can answer."""
    kept = all_of(left.message_kept)
    yield SimulatedCall("message", "closed", callers.VoicemailCaller, kept, hours="closed")
    yield SimulatedCall(
        "message", "busy", callers.VoicemailCaller, kept, adviser="busy", hours="open"
    )
    hung_up, kept_at_once = all_of(left.hung_up), all_of(left.said_to_be_kept)
    nothing = all_of(left.nothing_to_keep)
    yield SimulatedCall(
        "breaking-off", "closed", callers.BreakingOffCaller, hung_up, hours="closed"
    )
    yield SimulatedCall("hash-and-bye", "closed", callers.HashCaller, kept_at_once, hours="closed")
    yield SimulatedCall("one-second", "closed", callers.OneSecondCaller, nothing, hours="closed")
    yield SimulatedCall("speechless", "closed", callers.SpeechlessCaller, nothing, hours="closed")
    for case, number, phone in (("own", MOBILE, MOBILE), ("typed", LANDLINE, WITHHELD)):
        person = partial(callers.CallbackCaller, number.replace("+44", "0", 1))
        judge = all_of(left.called_back(case == "typed"), ends.read_back(number))
        yield SimulatedCall("callback", case, person, judge, phone=phone, hours="closed")


def _in_danger(line: Line) -> Iterator[SimulatedCall]:
    """Callers who press 9 three times, also where it is a digit."""
    judge = all_of(left.danger)
    yield SimulatedCall("danger", "early", callers.DangerCaller, judge)
    wants = next(iter(labels(line, line.languages[0]).values()))
    typing = partial(callers.DangerCaller, wants, typing=True)
    yield SimulatedCall("danger", "typing", typing, judge, phone=WITHHELD)


def _languages(line: Line) -> Iterator[SimulatedCall]:
    """Callers who understand another language than the first, where one is switched on."""
    for lang in line.languages[1:]:
        knows = line.words(lang).says["this_language"].partition("{")[0].strip()
        for topic, wants in labels(line, lang).items():
            yield _other_language(topic, wants, lang, knows)


def _other_language(topic: str, wants: Sequence[str], lang: str, knows: str) -> SimulatedCall:
    heard = all_of(ends.topic(topic, lang), ends.only_in(lang))
    person = partial(callers.OtherLanguageCaller, wants, knows)
    return SimulatedCall(f"other-language-{lang}", topic, person, heard, topic, lang)


ORDER = (
    *("plain", "slow-60", "slow-100", "relay", "announcement", "interrupter", "shaky"),
    *("back-and-again", "slower", "panic", "wrong-key", "silent", "staying", "talking"),
    *("lost-keys", "twice", "person", "mind-changing"),
    *("message", "breaking-off", "hash-and-bye", "one-second", "speechless"),
    *("callback", "danger"),
    *("texting-mobile", "texting-landline", "texting-withheld", "texting-foreign"),
    "read-out",
)
"""The order of the table; callers not named here follow."""


def _order(caller: str) -> int:
    return ORDER.index(caller) if caller in ORDER else len(ORDER)
