"""Each caller's own law, on a made-up line, so that it is proven apart from the real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

import pytest
from flask import Flask, Response, request

from ivr.exchange import callers, events
from ivr.exchange.account import DEMO_ACCOUNT_SID, Account
from ivr.exchange.callers.ears import Ears
from ivr.exchange.people import Decided
from ivr.exchange.performer import Addresses, Performance
from ivr.exchange.wire import InProcess, Wire

ACCOUNT = Account(DEMO_ACCOUNT_SID, "a-token", "+442079460100")
BASE = "http://fruit.test"
STEER = {"*": "menu", "0": "person", "8": "speed"}


@dataclass(frozen=True)
class Place:
    """What is said, how long the line waits, and where keys and silence (by default: here) lead."""

    says: tuple[str, ...]
    keys: dict[str, str] = field(default_factory=dict)
    wait: int = 10
    silence: str = ""


MENU = Place(
    ("There are two choices.", "To hear about pears, press 1.", "To hear about apples, press 2."),
    {"1": "pears", "2": "apples", "#": "menu"},
    wait=200,
)
APPLES = Place(("Part 1 of 2.", "Apples are round."), {"1": "more"}, 2, "more")
MORE = Place(("Part 2 of 2.", "They grow on trees."), {"1": "end", "#": "more"}, 2, "end")
END = Place(("In short.", "To get this as a text message, press 2."), {"2": "number"}, 200)
SPEED = Place(
    ("To hear this more slowly, press 1.", "To make me wait for you, press 3."),
    {"1": "apples", "3": "held"},
    200,
)
FRUIT = {
    "menu": MENU,
    "pears": Place(("Part 1 of 1.", "Pears are not."), {}, 2, "end"),
    "apples": APPLES,
    "more": MORE,
    "end": END,
    "speed": SPEED,
    "held": Place(("To go on, press 1.",), {"*": "held-more", "1": "held-more"}, 300),
    "held-more": Place((*MORE.says, "To go on, press 1."), {"1": "end", "*": "held-menu"}, 300),
    "held-menu": Place(MENU.says, {"2": "held-apples"}, 300),
    "held-apples": Place((*APPLES.says, "To go on, press 1."), {"1": "held-more"}, 300),
    "number": Place(("Please enter a mobile number.",), {}, 10),
    "check": Place(
        ("You entered", "{digits}", "Yes, press 1.", "No, press 2."),
        {"1": "sent", "2": "number"},
        60,
    ),
    "sent": Place(("I am sending it now.",), {}, 60),
    "person": Place(
        ("Nobody is here.", "To go back to where you were, press 1."), {"1": "menu"}, 60
    ),
}
APPLE_WANTS = ("hear about apples",)
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Fruit:
    """A made-up line. ``spoils`` is what it makes of a typed number before reading it back."""

    def __init__(
        self, places: dict[str, Place] | None = None, spoils=lambda digits: digits
    ) -> None:
        self.places = FRUIT | (places or {})
        self.spoils = spoils
        self.app = Flask("fruit")
        self.app.add_url_rule("/voice", view_func=self.answer, methods=["POST"])

    def answer(self) -> Response:
        at = self.places.get(request.args.get("at", ""), None)
        digits = request.form.get("Digits", "")
        if at is None:
            return self.document("menu")
        if len(digits) > 1:
            return self.document("check", self.spoils(digits))
        going = at.keys.get(digits) or STEER.get(digits) if digits else at.silence
        return self.document(going or request.args["at"])

    def document(self, name: str, digits: str = "") -> Response:
        place = self.places[name]
        many = name == "number"
        said = [
            text
            for words in place.says
            for text in ([f"{NAMES[int(d)]}," for d in digits] if words == "{digits}" else [words])
        ]
        says = "".join(f"<Say>{escape(words)}</Say>" for words in said)
        action = quoteattr(f"{BASE}/voice?at={name}")
        keys = "" if many else 'numDigits="1" finishOnKey=""'
        body = (
            f'<Response><Gather timeout="{place.wait}" action={action} {keys}>{says}</Gather>'
            f"<Redirect>{BASE}/voice?at={name}</Redirect></Response>"
        )
        return Response(body, content_type="text/xml")

    def ring(self, person: callers.Caller) -> list[events.Event]:
        happened: list[events.Event] = []

        def heard(event: events.Event) -> None:
            happened.append(event)
            if isinstance(event, events.Said):
                person.hears(event.words, event.seconds)

        addresses = Addresses(f"{BASE}/voice")
        wire = Wire(InProcess(self.app), "a-token")
        Performance(ACCOUNT, wire, addresses, person, Decided(), "+447700900123", heard).run()
        return happened


def keys(happened: list[events.Event]) -> str:
    return "".join(event.key for event in happened if isinstance(event, events.Key))


def strokes(happened: list[events.Event]) -> list[float]:
    return [event.at for event in happened if isinstance(event, events.Key)]


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
    happened = Fruit().ring(callers.PlainCaller(APPLE_WANTS))
    listening = first(happened, events.Listening)
    assert keys(happened) == "2" and strokes(happened)[0] == pytest.approx(listening.at + 1)
    assert said(happened)[-2:] == list(END.says) and happened[-1].by == "caller"


def test_a_key_is_found_in_what_is_said_and_not_known_beforehand():
    swapped = Place(("To hear about apples, press 5.",), {"5": "apples"}, 200)
    assert keys(Fruit({"menu": swapped}).ring(callers.PlainCaller(APPLE_WANTS))) == "5"


def test_where_the_topic_is_not_offered_no_key_is_guessed():
    bare = Place(("To hear about plums, press 1.",), {"1": "pears"}, 200)
    assert keys(Fruit({"menu": bare}).ring(callers.PlainCaller(APPLE_WANTS))) == ""


@pytest.mark.parametrize("seconds", [60, 100])
def test_the_slow_caller_presses_so_long_after_the_menu(seconds):
    happened = Fruit().ring(callers.SlowCaller(APPLE_WANTS, seconds))
    assert strokes(happened)[0] == pytest.approx(first(happened, events.Listening).at + seconds)


def test_the_interrupter_presses_while_its_choice_is_still_being_said():
    first_choice = Place(
        ("To hear about apples, press 2.", "To hear about pears, press 1."), MENU.keys
    )
    happened = Fruit({"menu": first_choice}).ring(callers.InterruptingCaller(APPLE_WANTS))
    assert 0 < strokes(happened)[0] < 6 / 2.5
    assert "To hear about pears, press 1." not in said(happened)


def test_a_relays_announcement_is_over_before_any_key():
    happened = Fruit().ring(callers.AnnouncementCaller(APPLE_WANTS))
    assert strokes(happened)[0] == pytest.approx(45)


# --- relay, slower, another language ---------------------------------------------------------


def test_the_relay_caller_answers_once_the_words_are_typed_and_passed_on():
    happened = Fruit().ring(callers.RelayCaller(APPLE_WANTS, wpm=40))
    words = sum(len(says.split()) for says in MENU.says)
    assert strokes(happened)[0] == pytest.approx(words / 40 * 60 + 10)


def test_the_relay_caller_has_the_line_wait_and_begins_the_topic_again():
    happened = Fruit().ring(callers.RelayCaller(APPLE_WANTS))
    assert keys(happened) == "283**211"
    assert happened[-1].by == "caller" and said(happened)[-1] == END.says[-1]


def test_the_slower_caller_asks_within_a_minute_and_then_goes_on():
    happened = Fruit().ring(callers.SlowerCaller(APPLE_WANTS, seed=4))
    assert "81" in keys(happened) and 2 <= strokes(happened)[keys(happened).index("8")] <= 62
    assert said(happened)[-1] == END.says[-1]


def test_the_caller_of_another_language_presses_what_is_offered_in_it():
    places = {
        "menu": Place(("To hear about apples, press 1.", "Bwyd, press 7."), {"7": "bwyd"}, 60),
        "bwyd": Place(("Bwyd. To afalau, press 1.",), {"1": "apples"}, 60),
    }
    happened = Fruit(places).ring(callers.OtherLanguageCaller(("afalau",), "Bwyd"))
    assert keys(happened) == "71"


# --- texts -----------------------------------------------------------------------------------


def test_the_texting_caller_types_the_number_and_says_yes_to_its_own():
    assert keys(Fruit().ring(callers.TextingCaller(APPLE_WANTS))) == "2207700900456#1"


def test_the_texting_caller_says_no_to_another_number_than_was_meant():
    heard_wrong = ["0770090045", "07700900456"]
    happened = Fruit(spoils=lambda digits: heard_wrong.pop(0)).ring(
        callers.TextingCaller(APPLE_WANTS)
    )
    assert keys(happened) == "2207700900456#207700900456#1"


def test_a_shaky_hand_strikes_each_key_again_within_04_seconds_but_digits_once():
    happened = Fruit().ring(callers.ShakyCaller(APPLE_WANTS))
    assert "07700900456#" in keys(happened) and "077700900456" not in keys(happened)
    times = strokes(happened)[:2]
    assert keys(happened).startswith("22") and times[1] - times[0] == pytest.approx(0.3)
    assert all(after - before <= 0.41 for before, after in pairwise(times))


def test_every_third_key_of_a_shaky_hand_goes_down_three_times():
    assert keys(Fruit().ring(callers.ShakyCaller(APPLE_WANTS))).endswith(
        "2222" + "07700900456#" + "111"
    )


def test_the_texter_texts_each_word_that_is_listed():
    def text(body: str) -> list[str]:
        known = {"SCHOOL": "About school.", "HOW": "How to appeal."}
        return [known.get(body, "Send one of these: 1 SCHOOL, 2 HOW.")]

    assert callers.Texter(text).answers() == {"SCHOOL": "About school.", "HOW": "How to appeal."}


# --- stuck, upset ----------------------------------------------------------------------------


def test_the_silent_caller_never_presses_a_key():
    happened = Fruit({"menu": Place(MENU.says, {}, 60)}).ring(callers.SilentCaller())
    assert keys(happened) == "" and happened[-1].at >= 7_200


def test_the_staying_caller_presses_only_when_told_of_the_end_and_only_so_often():
    warning = Place(("To stay on the line, press any key.",), {}, 60, silence="menu")
    happened = Fruit({"menu": Place(("Hello.",), {}, 10, "warning"), "warning": warning}).ring(
        callers.StayingCaller(times=3)
    )
    assert keys(happened) == "111"


def test_the_wrong_key_caller_presses_what_was_not_offered_and_9_too():
    offered = Place((*MENU.says, "To sing, press 7."), {}, 60)
    pressed = keys(Fruit({"menu": offered}).ring(callers.WrongKeyCaller()))
    assert pressed and not set(pressed) & set("127") and "9" in pressed


def test_the_person_seeker_presses_0_and_takes_the_way_back():
    assert keys(Fruit().ring(callers.PersonSeeker())) == "01"


@pytest.mark.parametrize("seed", range(6))
def test_the_panicking_caller_presses_0_once_at_a_moment_that_its_seed_decides(seed):
    once, again = (Fruit().ring(callers.PanickingCaller(APPLE_WANTS, seed)) for _ in range(2))
    assert keys(once).count("0") == 1 and strokes(once) == strokes(again)


def test_a_panicking_caller_who_is_to_type_a_number_presses_0_alone():
    assert keys(Fruit().ring(callers.PanickingCaller(APPLE_WANTS, seed=1))) == "220"


@pytest.mark.parametrize("seed", range(6))
def test_the_unsure_caller_goes_back_and_again_and_still_hears_the_topic(seed):
    happened = Fruit().ring(callers.BackAndAgainCaller(APPLE_WANTS, seed))
    assert said(happened)[-1] == END.says[-1]


def test_the_unsure_caller_has_whims():
    pressed = "".join(
        keys(Fruit().ring(callers.BackAndAgainCaller(APPLE_WANTS, s))) for s in range(6)
    )
    assert "*" in pressed and "#" in pressed


def test_chance_is_the_same_for_the_same_seed_and_another_for_another():
    def pressed(seed: int) -> list[tuple[float, str]]:
        happened = Fruit().ring(callers.RandomCaller(seed))
        return list(zip(strokes(happened), keys(happened), strict=True))

    assert pressed(3) == pressed(3) and len({tuple(pressed(seed)) for seed in range(20)}) > 15


@pytest.mark.parametrize(("way_out", "pressed"), [("zero", "0"), ("star", "*" * 9)])
def test_chance_ends_with_its_way_out(way_out, pressed):
    seeds = [n for n in range(40) if callers.RandomCaller(n).way_out == way_out]
    assert seeds
    for seed in seeds:
        assert keys(Fruit().ring(callers.RandomCaller(seed))).endswith(pressed)
