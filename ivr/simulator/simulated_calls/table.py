"""Who rings the line: every caller, for every topic that it applies to, and what it must come to.

Owns the table. A caller is told only what people would know: the labels to listen for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from ivr.line.model import Line
from ivr.simulator.callers import keyless, people, topics
from ivr.simulator.callers.caller import Caller, PlainCaller
from ivr.simulator.simulated_calls import judges
from ivr.simulator.simulated_calls.judges import Judge

Hours = Literal["open", "closed", "any"]
Wants = Sequence[str]
"""The labels that a caller listens for, one after another."""
Make = Callable[[Wants, int], Caller]
MOBILE, LANDLINE = "+447700900123", "+442079460123"
WITHHELD, FOREIGN = "+266696687", "+12025550123"
TYPED = "+447700900456"
"""The number that callers type, in E.164."""
PHONES = {"mobile": MOBILE, "landline": LANDLINE, "withheld": WITHHELD, "foreign": FOREIGN}


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One call to be made and judged. ``case`` is what is tried: a topic, or another word.

    ``make`` gives the caller, of what it wants and of the seed of its whims; ``judges`` say what
    it must come to, beside what holds in every call. ``adviser`` is what the adviser does,
    ``hours`` when the line must be rung; ``seed`` is None for a caller without whims.
    """

    caller: str
    make: Make
    judges: tuple[Judge, ...]
    case: str = ""
    phone: str = MOBILE
    adviser: str = "answer"
    hours: Hours = "any"
    seed: int | None = None
    topic: str = ""
    lang: str = ""
    wants: Wants = ()

    @property
    def name(self) -> str:
        """What ``ivr call --replay`` plays again."""
        whim = [] if self.seed is None else [str(self.seed)]
        return ":".join([self.caller, *whim, self.case])

    def person(self) -> Caller:
        """Somebody who makes this call."""
        return self.make(self.wants, self.seed or 0)

    def with_seed(self, seed: int) -> SimulatedCall:
        """The same with other whims, where the caller has any; who panics does so at any hour."""
        if self.seed is None:
            return self
        hours: Hours = "closed" if seed // 2 % 2 else "open"
        return replace(self, seed=seed, hours=hours if self.caller == "panic" else self.hours)


Row = SimulatedCall
HEARD = judges.heard_topic
TEXTED = (HEARD, partial(judges.text_sent, typed=True), partial(judges.read_back, number=TYPED))

ABOUT_EACH_TOPIC = (
    Row("plain", PlainCaller, (HEARD, judges.in_time,
        partial(judges.answer_in_time, most=judges.TO_ANSWER_HEARING_ALL))),
    Row("slow-60", partial(topics.SlowCaller, seconds=60), (HEARD,)),
    Row("slow-100", partial(topics.SlowCaller, seconds=100), (HEARD,)),
    Row("relay", topics.RelayCaller, (HEARD,)),
    Row("announcement", topics.AnnouncementCaller, (HEARD,)),
    Row("interrupter", topics.InterruptingCaller,
        (HEARD, partial(judges.answer_in_time, most=judges.TO_ANSWER))),
    Row("shaky", people.ShakyCaller, TEXTED, phone=WITHHELD),
    Row("back-and-again", topics.BackAndAgainCaller, (HEARD,), seed=0),
    Row("slower", topics.SlowerCaller, (HEARD, judges.slow_to_the_end), seed=0),
    Row("panic", people.PanickingCaller, (judges.panicked,), phone=WITHHELD, seed=0),
    Row("texting-mobile", people.TextingCaller,
        (HEARD, partial(judges.text_sent, typed=False))),
    Row("texting-landline", people.TextingCaller, TEXTED, phone=LANDLINE),
    Row("texting-withheld", people.TextingCaller, TEXTED, phone=WITHHELD),
    Row("texting-foreign", people.TextingCaller, TEXTED, phone=FOREIGN),
    Row("read-out", people.ReadOutCaller,
        (HEARD, partial(judges.called_back, typed=False), judges.read_out), phone=LANDLINE),
)  # fmt: skip
"""Made once for each topic, with other whims for each."""


def _open(
    caller: str, make: Make, *judged: Judge, case: str = "open", adviser: str = "answer"
) -> Row:
    """A call while somebody is on duty."""
    return Row(caller, make, judged, case, adviser=adviser, hours="open")


def _closed(
    caller: str, make: Make, *judged: Judge, case: str = "closed", phone: str = MOBILE
) -> Row:
    """A call while nobody is."""
    return Row(caller, make, judged, case, phone=phone, hours="closed")


WAY_ON = partial(judges.said, names=("closed", "opens", "contact_text_label", "ring_again"))
LEFT_ONE = (judges.no_key, judges.advised, judges.kept_and_said, judges.announced_end)
SHORT = (judges.advised, judges.announced_end)
KEYLESS = {"talking": keyless.TalkingCaller, "lost-keys": keyless.LostKeysCaller}
STAYING = partial(keyless.StayingCaller, times=judges.STAYS)
STUCK = (
    _open("wrong-key", keyless.WrongKeyCaller, judges.person, judges.second_presentation),
    _closed("wrong-key", keyless.WrongKeyCaller, partial(judges.said, names=("closed",))),
    _open("silent", keyless.SilentCaller, judges.person, *SHORT),
    _closed("silent", keyless.SilentCaller, WAY_ON, *SHORT),
    _closed("staying", STAYING, judges.stayed, judges.announced_end),
    *(
        case
        for name, make in KEYLESS.items()
        for case in (
            _open(name, make, judges.no_key, judges.person),
            _open(name, make, judges.person, *LEFT_ONE, case="no-answer", adviser="no-answer"),
            _closed(name, make, *LEFT_ONE),
        )
    ),
    _open("twice", keyless.TwiceCaller, judges.person),
    _closed("twice", keyless.TwiceCaller, judges.kept_at_least),
)
"""Who must be brought to a person, to a message, or to an end that was announced."""

AFTER_TOPIC = partial(people.PersonSeeker, after_topic=True)
OWN, OTHER = (
    partial(people.CallbackCaller, number=each) for each in ("07700900123", "02079460123")
)
UNANSWERED = {"busy": "busy", "no-answer": "no_answer", "failed": "failed"}
TO_A_PERSON = (
    _open("person", people.PersonSeeker, judges.person, case="answer"),
    *(
        _open("person", people.PersonSeeker, judges.person, partial(judges.told, why=why),
              case=adviser, adviser=adviser)
        for adviser, why in UNANSWERED.items()
    ),
    _closed("person", people.PersonSeeker, partial(judges.told, why="closed")),
    _open("person", AFTER_TOPIC, judges.person, judges.adviser_told, case="told"),
    _open("mind-changing", topics.MindChangingCaller, judges.person, judges.came_back, HEARD,
          case="ringing", adviser="no-answer"),
    _closed("message", people.VoicemailCaller, judges.message_kept),
    _open("message", people.VoicemailCaller, judges.message_kept, case="busy", adviser="busy"),
    _closed("breaking-off", people.BreakingOffCaller, judges.hung_up),
    _closed("hash-and-bye", people.HashCaller, judges.said_to_be_kept),
    _closed("one-second", people.OneSecondCaller, judges.nothing_to_keep),
    _closed("speechless", people.SpeechlessCaller, judges.nothing_to_keep),
    _closed("callback", OWN, partial(judges.called_back, typed=False),
            partial(judges.read_back, number=MOBILE), case="own"),
    _closed("callback", OTHER, partial(judges.called_back, typed=True),
            partial(judges.read_back, number=LANDLINE), case="typed", phone=WITHHELD),
    Row("danger", people.DangerCaller, (judges.danger,), "early"),
    Row("danger", partial(people.DangerCaller, typing=True), (judges.danger,),
        "typing", phone=WITHHELD),
)  # fmt: skip
"""Who asks for a person, leaves something for one, or is in danger."""

ONCE = (*STUCK, *TO_A_PERSON)
"""Made once; who must want something wants the first topic."""
LAWS = {row.caller: row.person().law for row in (*ABOUT_EACH_TOPIC, *ONCE)}
"""Every caller's name and its law in one sentence."""


def plan(line: Line, seed: int = 0) -> list[SimulatedCall]:
    """Every call to this line, caller by caller. ``seed`` is that of the first topic's whims."""
    first = line.languages[0]
    ways = labels(line, first)
    topic, wants = next(iter(ways.items()))
    each = [call for row in ABOUT_EACH_TOPIC for call in _about_topics(row, first, ways, seed)]
    once = [replace(row, topic=topic, lang=first, wants=wants) for row in ONCE]
    return [*each, *once, *_languages(line)]


def find(line: Line, name: str) -> SimulatedCall | None:
    """The call of this name: ``caller``, ``caller:case``, or with a seed ``caller:seed:case``."""
    caller, *rest = name.split(":")
    seeds = [int(word) for word in rest if word.isdecimal()]
    cases = [word for word in rest if not word.isdecimal()]
    for call in plan(line):
        if call.caller == caller and (not cases or call.case == cases[0]):
            return call.with_seed(seeds[0]) if seeds else call
    return None


def labels(line: Line, lang: str) -> Mapping[str, Wants]:
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


def _about_topics(
    row: SimulatedCall, lang: str, ways: Mapping[str, Wants], first: int
) -> Iterator[SimulatedCall]:
    """A row for each topic. ``first``: the seed of the first topic's whims."""
    for seed, (topic, wants) in enumerate(ways.items(), first):
        yield replace(row, case=topic, topic=topic, lang=lang, wants=wants).with_seed(seed)


def _languages(line: Line) -> Iterator[SimulatedCall]:
    """Callers who understand another language than the first, where one is switched on."""
    for lang in line.languages[1:]:
        make = topics.OtherLanguageCaller
        row = Row(f"other-language-{lang}", make, (HEARD, judges.only_in_its_language))
        yield from _about_topics(row, lang, labels(line, lang), 0)
