"""Each caller's own law, on a made-up line, so that it is proven apart from the real one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

import pytest
from flask import Flask, Response, request

from ivr.config.demo import DEMO_ACCOUNT_SID
from ivr.simulator import events
from ivr.simulator.account import SimulatedAccount
from ivr.simulator.callers import keyless, people, topics
from ivr.simulator.callers.caller import Caller, PlainCaller
from ivr.simulator.callers.chance import RandomCaller
from ivr.simulator.callers.ears import Ears
from ivr.simulator.people import Decided
from ivr.simulator.performer import Performance, WebhookAddresses
from ivr.simulator.wire import InProcess, Wire

ACCOUNT = SimulatedAccount(DEMO_ACCOUNT_SID, "a-token", "+442079460100")
BASE = "http://fruit.test"
STEER = {"*": "menu", "0": "person", "8": "speed"}


@dataclass(frozen=True)
class Node:
    """What is said, how long the line waits, and where keys and silence (by default: here) lead.

    ``records``: where a recording leads; such a node waits for no key.
    """

    says: tuple[str, ...]
    keys: dict[str, str] = field(default_factory=dict)
    wait: int = 10
    silence: str = ""
    records: str = ""


MENU = Node(
    ("There are two choices.", "To hear about pears, press 1.", "To hear about apples, press 2."),
    {"1": "pears", "2": "apples", "#": "menu"},
    wait=200,
)
TEXT = "To get this as a text message, press 2."
APPLES = Node(
    ("Apples are round.", TEXT, "To have it all read to you, wait, or press 1."),
    {"1": "more"},
    2,
    "more",
)
MORE = Node(("They grow on trees.",), {"1": "end", "#": "more"}, 2, "end")
END = Node(("To go on to pears, press 1.", TEXT), {"2": "number"}, 200)
SPEED = Node(
    ("To hear this more slowly, press 1.", "To make me wait for you, press 3."),
    {"1": "apples", "3": "held"},
    200,
)
FRUIT = {
    "menu": MENU,
    "pears": Node(("Pears are not.",), {}, 2, "end"),
    "apples": APPLES,
    "more": MORE,
    "end": END,
    "speed": SPEED,
    "held": Node(("To go on, press 1.",), {"*": "held-more", "1": "held-more"}, 300),
    "held-more": Node((*MORE.says, "To go on, press 1."), {"1": "end", "*": "held-menu"}, 300),
    "held-menu": Node(MENU.says, {"2": "held-apples"}, 300),
    "held-apples": Node(("Apples are round.", TEXT, "To go on, press 1."), {"1": "held-more"}, 300),
    "number": Node(("Please enter a mobile number.",), {}, 10),
    "check": Node(
        ("You entered", "{digits}", "Yes, press 1.", "No, press 2."),
        {"1": "sent", "2": "number"},
        60,
    ),
    "sent": Node(("I am sending it now.",), {}, 60),
    "person": Node(
        ("Nobody is here.", "To go back to where you were, press 1."), {"1": "menu"}, 60
    ),
}
APPLE_WANTS = ("hear about apples",)
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Fruit:
    """A made-up line. ``spoils`` is what it makes of a typed number before reading it back."""

    def __init__(self, nodes: dict[str, Node] | None = None, spoils=lambda digits: digits) -> None:
        self.nodes = FRUIT | (nodes or {})
        self.spoils = spoils
        self.app = Flask("fruit")
        self.app.add_url_rule("/voice", view_func=self.answer, methods=["POST"])

    def answer(self) -> Response:
        at = self.nodes.get(request.args.get("at", ""), None)
        digits = request.form.get("Digits", "")
        if at is None:
            return self.document("menu")
        if len(digits) > 1:
            return self.document("check", self.spoils(digits))
        if at.records:
            return self.document(at.records if digits or "RecordingSid" in request.form else "menu")
        going = at.keys.get(digits) or STEER.get(digits) if digits else at.silence
        return self.document(going or request.args["at"])

    def document(self, name: str, digits: str = "") -> Response:
        node = self.nodes[name]
        many = name in ("number", "phone")
        said = [
            text
            for words in node.says
            for text in ([f"{NAMES[int(d)]}," for d in digits] if words == "{digits}" else [words])
        ]
        says = "".join(f"<Say>{escape(words)}</Say>" for words in said)
        action = quoteattr(f"{BASE}/voice?at={name}")
        keys = "" if many else 'numDigits="1" finishOnKey=""'
        if node.records:
            record = f'<Record action={action} timeout="10"/>'
            return Response(f"<Response>{says}{record}</Response>", content_type="text/xml")
        body = (
            f'<Response><Gather timeout="{node.wait}" action={action} {keys}>{says}</Gather>'
            f"<Redirect>{BASE}/voice?at={name}</Redirect></Response>"
        )
        return Response(body, content_type="text/xml")

    def ring(self, person: Caller) -> list[events.Event]:
        happened: list[events.Event] = []

        def heard(event: events.Event) -> None:
            happened.append(event)
            if isinstance(event, events.Said):
                person.hears(event.words, event.seconds)

        addresses = WebhookAddresses(f"{BASE}/voice")
        wire = Wire(InProcess(self.app), "a-token")
        Performance(ACCOUNT, wire, addresses, person, Decided(), "+447700900123", heard).run()
        return happened


def keys(happened: list[events.Event]) -> str:
    return "".join(event.key for event in happened if isinstance(event, events.KeySent))


def strokes(happened: list[events.Event]) -> list[float]:
    return [event.at for event in happened if isinstance(event, events.KeySent)]


def said(happened: list[events.Event]) -> list[str]:
    return [event.words for event in happened if isinstance(event, events.Said)]


def first(happened: list[events.Event], kind: type[events.Event]) -> events.Event:
    return next(event for event in happened if isinstance(event, kind))


# --- ears ------------------------------------------------------------------------------------

SENTENCES = {
    "a choice": ("To make a complaint, press 2.", {"make a complaint": "2"}),
    "a person": ("For a person, press 0.", {"a person": "0"}),
    "star": ("To go back, press star.", {"go back": "*"}),
    "hash": ("To hear this again, press hash.", {"hear this again": "#"}),
    "yes": ("Yes, press 1.", {"Yes": "1"}),
    "any key is no key": ("To stay on the line, press any key.", {}),
    "advice that names no key": ("To complain, write to the school.", {}),
    "two at once": ("To sing, press 1. To dance, press 2.", {"sing": "1", "dance": "2"}),
}


@pytest.mark.parametrize(("words", "offered"), SENTENCES.values(), ids=SENTENCES)
def test_a_caller_learns_keys_only_from_sentences_that_name_them(words, offered):
    ears = Ears()
    ears.hear(words)
    assert ears.offered == offered


# --- topics ----------------------------------------------------------------------------------


def test_the_plain_caller_hears_the_menu_out_and_the_topic_to_its_end():
    happened = Fruit().ring(PlainCaller(APPLE_WANTS))
    listening = first(happened, events.Listening)
    assert keys(happened) == "2" and strokes(happened)[0] == pytest.approx(listening.at + 1)
    assert said(happened)[-2:] == list(END.says) and happened[-1].by == "caller"


def test_a_key_is_found_in_what_is_said_and_not_known_beforehand():
    swapped = Node(("To hear about apples, press 5.",), {"5": "apples"}, 200)
    assert keys(Fruit({"menu": swapped}).ring(PlainCaller(APPLE_WANTS))) == "5"


def test_where_the_topic_is_not_offered_no_key_is_guessed():
    bare = Node(("To hear about plums, press 1.",), {"1": "pears"}, 200)
    assert keys(Fruit({"menu": bare}).ring(PlainCaller(APPLE_WANTS))) == ""


@pytest.mark.parametrize("seconds", [60, 100])
def test_the_slow_caller_presses_so_long_after_the_menu(seconds):
    happened = Fruit().ring(topics.SlowCaller(APPLE_WANTS, seconds=seconds))
    assert strokes(happened)[0] == pytest.approx(first(happened, events.Listening).at + seconds)


def test_the_interrupter_presses_while_its_choice_is_still_being_said():
    first_choice = Node(
        ("To hear about apples, press 2.", "To hear about pears, press 1."), MENU.keys
    )
    happened = Fruit({"menu": first_choice}).ring(topics.InterruptingCaller(APPLE_WANTS))
    assert 0 < strokes(happened)[0] < 6 / 2.5
    assert "To hear about pears, press 1." not in said(happened)


def test_a_relays_announcement_is_over_before_any_key():
    happened = Fruit().ring(topics.AnnouncementCaller(APPLE_WANTS))
    assert strokes(happened)[0] == pytest.approx(45)


# --- relay, slower, another language ---------------------------------------------------------


def test_the_relay_caller_answers_once_the_words_are_typed_and_passed_on():
    happened = Fruit().ring(topics.RelayCaller(APPLE_WANTS, wpm=40))
    words = sum(len(says.split()) for says in MENU.says)
    assert strokes(happened)[0] == pytest.approx(words / 40 * 60 + 10)


def test_the_relay_caller_has_the_line_wait_and_begins_the_topic_again():
    happened = Fruit().ring(topics.RelayCaller(APPLE_WANTS))
    assert keys(happened) == "283**211"
    assert happened[-1].by == "caller" and said(happened)[-1] == END.says[-1]


def test_the_slower_caller_asks_within_a_minute_and_then_goes_on():
    happened = Fruit().ring(topics.SlowerCaller(APPLE_WANTS, seed=4))
    assert "81" in keys(happened) and 2 <= strokes(happened)[keys(happened).index("8")] <= 62
    assert said(happened)[-1] == END.says[-1]


def test_the_caller_of_another_language_presses_what_is_offered_in_it():
    nodes = {
        "menu": Node(("To hear about apples, press 1.", "Bwyd, press 7."), {"7": "bwyd"}, 60),
        "bwyd": Node(("Bwyd. To afalau, press 1.",), {"1": "apples"}, 60),
    }
    caller = topics.OtherLanguageCaller(("afalau",))
    welsh = {"Bwyd, press 7.": "To my own language, press 7."}
    caller.ears.meaning = lambda said: welsh.get(said, said)
    happened = Fruit(nodes).ring(caller)
    assert keys(happened) == "71"


# --- texts -----------------------------------------------------------------------------------


def test_the_texting_caller_types_the_number_and_says_yes_to_its_own():
    assert keys(Fruit().ring(people.TextingCaller(APPLE_WANTS))) == "2207700900456#1"


def test_the_texting_caller_says_no_to_another_number_than_was_meant():
    heard_wrong = ["0770090045", "07700900456"]
    happened = Fruit(spoils=lambda digits: heard_wrong.pop(0)).ring(
        people.TextingCaller(APPLE_WANTS)
    )
    assert keys(happened) == "2207700900456#207700900456#1"


def test_a_shaky_hand_strikes_each_key_again_within_04_seconds_but_digits_once():
    happened = Fruit().ring(people.ShakyCaller(APPLE_WANTS))
    assert "07700900456#" in keys(happened) and "077700900456" not in keys(happened)
    times = strokes(happened)[:2]
    assert keys(happened).startswith("22") and times[1] - times[0] == pytest.approx(0.3)
    assert all(after - before <= 0.41 for before, after in pairwise(times))


def test_every_third_key_of_a_shaky_hand_goes_down_three_times():
    assert keys(Fruit().ring(people.ShakyCaller(APPLE_WANTS))).endswith(
        "2222" + "07700900456#" + "111"
    )


def test_the_texter_texts_each_word_that_is_listed():
    def text(body: str) -> list[str]:
        known = {"SCHOOL": "About school.", "HOW": "How to appeal."}
        return [known.get(body, "Send one of these: 1 SCHOOL, 2 HOW.")]

    assert people.Texter(text).answers() == {"SCHOOL": "About school.", "HOW": "How to appeal."}


# --- stuck, upset ----------------------------------------------------------------------------


def test_the_silent_caller_never_presses_a_key():
    happened = Fruit({"menu": Node(MENU.says, {}, 60)}).ring(keyless.SilentCaller())
    assert keys(happened) == "" and happened[-1].at >= 7_200


def test_the_staying_caller_presses_only_when_told_of_the_end_and_only_so_often():
    warning = Node(("To stay on the line, press any key.",), {}, 60, silence="menu")
    happened = Fruit({"menu": Node(("Hello.",), {}, 10, "warning"), "warning": warning}).ring(
        keyless.StayingCaller(times=3)
    )
    assert keys(happened) == "111"


TONE = {
    "menu": Node(MENU.says, MENU.keys, 200, "tone"),
    "tone": Node(("Speak after the tone.",), records="kept"),
    "kept": Node(("I have kept your message.",), {}, 10, "bye"),
    "bye": Node(("The talk with the adviser has ended.",), {}, 10),
}


def spoken(happened: list[events.Event]) -> list[float]:
    return [event.seconds for event in happened if isinstance(event, events.Recorded)]


def test_the_talking_caller_presses_nothing_speaks_once_and_goes_after_a_talk():
    happened = Fruit(TONE).ring(keyless.TalkingCaller())
    assert keys(happened) == ""
    assert spoken(happened) == [20.0]
    assert said(happened)[-1] == "The talk with the adviser has ended."


def test_none_of_the_keys_comes_that_the_caller_with_lost_keys_presses():
    caller = keyless.LostKeysCaller(APPLE_WANTS)
    happened = Fruit(TONE).ring(caller)
    assert "2" in caller.lost and set(caller.lost) == {"2"}
    assert keys(happened) == ""
    assert spoken(happened) == [20.0]


def test_lost_keys_take_no_time_away_from_the_lines_wait():
    lost = Fruit(TONE).ring(keyless.LostKeysCaller(APPLE_WANTS))
    silent = Fruit(TONE).ring(keyless.TalkingCaller())
    assert [event.at for event in lost] == pytest.approx([event.at for event in silent])


@pytest.mark.parametrize("seed", range(10))
def test_every_key_of_the_caller_whose_keys_come_twice_comes_again_within_a_second(seed):
    at = strokes(Fruit({"person": FRUIT["menu"]}).ring(keyless.TwiceCaller(seed=seed)))
    assert len(at) >= 2
    assert 0.2 <= at[1] - at[0] <= 1.0


def test_some_keys_come_again_within_half_a_second_and_some_later():
    gaps = [strokes(Fruit().ring(keyless.TwiceCaller(seed=seed)))[:2] for seed in range(20)]
    assert {second - first > 0.5 for first, second in gaps} == {True, False}


def test_the_wrong_key_caller_presses_what_was_not_offered_and_9_too():
    offered = Node((*MENU.says, "To sing, press 7."), {}, 60)
    pressed = keys(Fruit({"menu": offered}).ring(keyless.WrongKeyCaller()))
    assert pressed and not set(pressed) & set("127") and "9" in pressed


def test_the_person_seeker_presses_0_and_takes_the_way_back():
    assert keys(Fruit().ring(people.PersonSeeker())) == "01"


# --- people ----------------------------------------------------------------------------------

LEFT = {
    "person": Node(
        (
            "Nobody is here.",
            "To leave a message, press 1.",
            "To ask us to ring you back, press 2.",
            "To go back to where you were, press 3.",
        ),
        {"1": "message", "2": "callback", "3": "menu"},
        60,
    ),
    "message": Node(("To start your message, press 1.",), {"1": "tone"}, 60),
    "tone": Node(("Speak after the tone.",), records="keep"),
    "keep": Node(
        ("To leave it as it is, press 1.", "To hear your message, press 2."),
        {"1": "kept", "2": "keep"},
        60,
    ),
    "kept": Node(("The advisers have your message.", "To go back, press 1."), {"1": "menu"}, 60),
    "callback": Node(
        ("To be rung on the phone you are calling from, press 1.",), {"1": "check"}, 60
    ),
    "check": Node(
        ("We will ring you on", "{digits}", "Yes, press 1.", "No, press 2."),
        {"1": "noted", "2": "phone"},
        60,
    ),
    "phone": Node(("Please enter the whole phone number.",), {}, 10),
    "noted": Node(("An adviser will ring you back.",), {}, 60),
}
TYPED_HERE = LEFT | {
    "callback": LEFT["phone"],
    "person": replace(LEFT["person"], keys={"2": "phone"}),
}


def recorded(happened: list[events.Event]) -> list[tuple[float, str]]:
    return [(e.seconds, e.key) for e in happened if isinstance(e, events.Recorded)]


def test_the_person_seeker_lets_the_adviser_be_told_what_it_has_heard():
    asks = Node(("Shall I tell them?", "Yes, press 1.", "No, press 2."), {"1": "end"}, 60)
    happened = Fruit({"person": asks}).ring(people.PersonSeeker(APPLE_WANTS, after_topic=True))
    assert keys(happened) == "201"


def test_the_message_caller_speaks_hears_it_and_keeps_it():
    happened = Fruit(LEFT).ring(people.VoicemailCaller())
    assert keys(happened) == "011#21" and recorded(happened) == [(pytest.approx(20), "#")]
    assert said(happened)[-1] == LEFT["kept"].says[-1] and happened[-1].by == "caller"


def test_who_breaks_off_hangs_up_in_the_middle_of_the_message():
    happened = Fruit(LEFT).ring(people.BreakingOffCaller())
    assert keys(happened) == "011" and recorded(happened) == [(pytest.approx(8), "hangup")]
    assert happened[-1].by == "caller"


def test_who_wants_to_be_rung_back_types_the_number_and_says_yes_only_to_it():
    heard = ["02079460124", "02079460123"]
    line = Fruit(TYPED_HERE, spoils=lambda digits: heard.pop(0))
    happened = line.ring(people.CallbackCaller(number="02079460123"))
    assert keys(happened) == "02" + "02079460123#2" + "02079460123#1"
    assert said(happened)[-1] == "An adviser will ring you back."


def test_who_can_be_rung_on_its_own_phone_types_no_number():
    noted = replace(LEFT["callback"], keys={"1": "noted"})
    happened = Fruit(LEFT | {"callback": noted}).ring(people.CallbackCaller())
    assert keys(happened) == "021"


def test_who_is_in_danger_presses_9_three_times_and_hangs_up_when_told_to():
    told = Node(("Then ring 999.",), {}, 60)
    happened = Fruit({"menu": replace(MENU, keys={"9": "danger"}), "danger": told}).ring(
        people.DangerCaller()
    )
    assert keys(happened) == "999" and strokes(happened)[0] >= 5
    assert happened[-1].by == "caller"


def test_who_is_in_danger_while_a_number_is_to_be_typed_presses_9_there():
    assert keys(Fruit().ring(people.DangerCaller(APPLE_WANTS, typing=True))) == "22999"


def test_a_panicking_caller_does_not_answer_what_it_is_asked():
    asks = Node(("Yes, press 1.", "No, press 2."), {}, 10, "rings")
    rings = Node(("I am ringing a person now.",), {}, 60)
    happened = Fruit({"person": asks, "rings": rings}).ring(people.PanickingCaller(APPLE_WANTS, 1))
    assert keys(happened) == "220" and said(happened)[-1] == rings.says[0]


@pytest.mark.parametrize("seed", range(6))
def test_the_panicking_caller_presses_0_once_at_a_moment_that_its_seed_decides(seed):
    once, again = (Fruit().ring(people.PanickingCaller(APPLE_WANTS, seed)) for _ in range(2))
    assert keys(once).count("0") == 1 and strokes(once) == strokes(again)


def test_a_panicking_caller_who_is_to_type_a_number_presses_0_alone():
    assert keys(Fruit().ring(people.PanickingCaller(APPLE_WANTS, seed=1))) == "220"


@pytest.mark.parametrize("seed", range(6))
def test_the_unsure_caller_goes_back_and_again_and_still_hears_the_topic(seed):
    happened = Fruit().ring(topics.BackAndAgainCaller(APPLE_WANTS, seed))
    assert said(happened)[-1] == END.says[-1]


def test_the_unsure_caller_has_whims():
    pressed = "".join(
        keys(Fruit().ring(topics.BackAndAgainCaller(APPLE_WANTS, s))) for s in range(6)
    )
    assert "*" in pressed and "#" in pressed


def test_chance_is_the_same_for_the_same_seed_and_another_for_another():
    def pressed(seed: int) -> list[tuple[float, str]]:
        happened = Fruit().ring(RandomCaller(seed=seed))
        return list(zip(strokes(happened), keys(happened), strict=True))

    assert pressed(3) == pressed(3) and len({tuple(pressed(seed)) for seed in range(20)}) > 15


def test_chance_speaks_when_it_is_recorded_and_sometimes_says_nothing():
    line = Fruit({"menu": Node(("Speak after the tone.",), records="menu")})
    spoken = [recorded(line.ring(RandomCaller(seed=seed))) for seed in range(20)]
    assert any(spoken) and any(not each for each in spoken)


@pytest.mark.parametrize(("way_out", "pressed"), [("zero", "0"), ("star", "**")])
def test_chance_ends_with_its_way_out(way_out, pressed):
    seeds = [n for n in range(40) if RandomCaller(seed=n).way_out == way_out]
    assert seeds
    for seed in seeds:
        assert keys(Fruit().ring(RandomCaller(seed=seed))).endswith(pressed)


def test_who_thinks_again_presses_star_while_it_rings_and_goes_on_to_the_topic():
    """The telephone is off this made-up line: only what is said before it rings, and the time."""
    rings = Node(("Ringing somebody.", "To come back, press star."), {"*": "menu"}, wait=40)
    happened = Fruit({"person": rings}).ring(topics.MindChangingCaller(APPLE_WANTS))
    assert keys(happened) == "0*2"
    star = next(event for event in happened if getattr(event, "key", "") == "*")
    said = next(event for event in happened if getattr(event, "words", "") == "Ringing somebody.")
    assert star.at == pytest.approx(said.at + 8)
