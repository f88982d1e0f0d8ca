"""Texts: how the network counts them, what somebody who texts in asks for, and the answers."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ivr import texts
from ivr.content import ContentError, load
from ivr.flow.answers import Answers
from ivr.flow.context import Context
from ivr.flow.deadline import text as text_of_a_call
from ivr.line.call import Call
from ivr.line.deadlines import Letter, odd
from ivr.texts import AskedInText
from ivr.texts.words import slipped
from tests.support.broken import change, content, faults  # noqa: F401 - a fixture
from tests.support.lines import LINE, OPEN, TUESDAY
from tests.support.paths import ROOT

SHIPPED = load(ROOT / "prompts")
TODAY = TUESDAY.date()
TABLE = YAML(typ="safe").load((ROOT / "tests/support/texts_in.yaml").read_text(encoding="utf-8"))
MOST_TEXTS, MOST_PARTS = 2, 2


def rows():
    """Each text of the table, and what it asks for."""
    for kind, bodies in TABLE.items():
        for each in bodies:
            if kind == "date":
                ((body, day),) = each.items()
                yield body, AskedInText("date", day=day)
            else:
                yield (
                    each,
                    AskedInText("topic", kind) if kind in SHIPPED.topics else AskedInText(kind),
                )


def called(body):
    """A name for a test of this text. pytest finds no test by a name with a backslash in it."""
    return ascii(body).replace("\\", "%")[:40]


ROWS = list(rows())


def asked(body, today=TODAY):
    """What a text asks for; the day itself only where a last day is worked out."""
    found = texts.asked(SHIPPED, body, today)
    return found if found.kind == "date" else AskedInText(found.kind, found.topic)


def answers(body, today=TODAY):
    return texts.answers(SHIPPED, texts.asked(SHIPPED, body, today), today)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("’" + "a" * 69, 1),
        ("’" + "a" * 70, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text, parts):
    assert texts.segments(text) == parts


@given(st.text(alphabet="abcÄ€[]'\n", max_size=500), st.text(alphabet="abc€", max_size=50))
def test_more_text_is_never_fewer_parts(text, more):
    assert texts.segments(text + more) >= texts.segments(text)


@pytest.mark.parametrize("body", ["apples", "APPLES", " Apples. ", "1", "apples!", "appples"])
def test_a_line_without_a_table_of_questions_knows_its_words_and_numbers(body):
    assert texts.answer(LINE, body) == "Advice line, about your call: apples."


@pytest.mark.parametrize("body", ["", "hello", "9", "😀", "x" * 1600], ids=called)
def test_anything_else_brings_the_words_that_work(body):
    assert texts.answer(LINE, body) == "Text one of these: 1 APPLES, 2 PEARS"


@pytest.mark.parametrize(("body", "wanted"), ROWS, ids=[called(body) for body, _ in ROWS])
def test_a_text_asks_for_what_people_mean_by_it(body, wanted):
    assert asked(body) == wanted


def test_the_table_is_large_and_holds_every_kind_and_topic():
    kinds = set(TABLE)
    assert len({body for body, _ in ROWS}) == len(ROWS) >= 200
    assert kinds >= set(SHIPPED.topics) and min(map(len, TABLE.values())) >= 2


def test_every_keyword_and_number_brings_its_topic():
    topics = SHIPPED.words("en").topics
    for number, name in enumerate(SHIPPED.topics, start=1):
        for word in (str(number), *topics[name].keywords):
            wanted = AskedInText("ring") if word == "person" else AskedInText("topic", name)
            assert asked(word) == asked(word.upper()) == wanted


def slips(word):
    """Every one-letter slip of a word."""
    for at, letter in enumerate(word):
        yield word[:at] + "q" + word[at + 1 :]
        yield word[:at] + word[at + 1 :]
        yield word[: at + 1] + letter + word[at + 1 :]
        yield word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def test_a_keyword_with_one_slip_brings_its_topic_or_the_menu_and_nearly_always_its_topic():
    found = Counter()
    for name, topic in SHIPPED.words("en").topics.items():
        for word in (each for each in topic.keywords if len(each) >= 5 and each != "person"):
            found.update(asked(slip) == AskedInText("topic", name) for slip in slips(word))
            assert {asked(slip) for slip in slips(word)} <= {
                AskedInText("topic", name),
                AskedInText("menu"),
            }
    assert found[True] >= 0.98 * found.total()


@pytest.mark.parametrize(
    ("typed", "word", "so"),
    {
        "wrong": ("appeel", "appeal", True),
        "missing": ("apeal", "appeal", True),
        "missing at the end": ("appea", "appeal", True),
        "doubled": ("appeall", "appeal", True),
        "swapped": ("appael", "appeal", True),
        "another letter between": ("apxpeal", "appeal", False),
        "two wrong": ("eppeel", "appeal", False),
        "swapped apart": ("lppeaa", "appeal", False),
        "two missing": ("apel", "appeal", False),
    }.values(),
)
def test_a_slip_is_one_letter(typed, word, so):
    assert slipped(typed, word) is so


@pytest.mark.parametrize("body", ["hew", "fork", "walk", "wags"])
def test_a_short_word_is_never_taken_for_another(body):
    assert asked(body) == AskedInText("menu")


def test_a_long_story_brings_the_menu_unless_it_speaks_of_danger():
    assert asked("exclusion " + "x" * 449) == AskedInText("topic", "out-of-school")
    assert asked("exclusion " + "x" * 450) == AskedInText("menu")
    story = "he was excluded and then " * 60
    assert asked(story) == AskedInText("menu")
    assert asked(story + "I am in danger") == AskedInText("danger")


@pytest.mark.parametrize("body", [body for body, _ in ROWS], ids=called)
def test_every_answer_is_two_texts_at_most_in_plain_letters(body):
    for text in answers(body):
        assert texts.segments(text) <= MOST_PARTS and set(text) <= texts.ALPHABET
        assert text.startswith("Advice line") and "http" not in text
    assert len(answers(body)) <= MOST_TEXTS


@pytest.mark.parametrize("outcome", ["1234", "failed", "cannot"])
def test_what_is_said_of_a_call_keeps_the_same_limits(outcome):
    (text,) = texts.ring_back(SHIPPED, outcome)
    assert texts.segments(text) <= MOST_PARTS and set(text) <= texts.ALPHABET
    assert ("1234" in text) is (outcome == "1234")


def test_danger_is_answered_before_anything_else_and_with_the_menu_as_well():
    first, second = answers("my child is suicidal and excluded")
    assert "ring 999" in first and "2 COMPLAIN" in second


ANSWERED = {
    "help": ["free advice for parents"],
    "remove me": ["no more texts. To get texts again"],
    "how long do i have to appeal": ["like this: 15 June 2026. I then work out"],
    "31/2/2026": ["cannot find that date in the calendar"],
    "1/12/2026": ["still to come"],
    "1/1/2020": ["certificate may still give you time. Talk to a person today"],
    "1/10/2026 or 2/10/2026": ["more than one date"],
    "I am in danger": ["ring 999 now", "1 SCHOOL, 2 COMPLAIN, 3 AGREE, 4 DISPUTES"],
    "school": ["talk first to the teacher"],
    "asdf": ["1 SCHOOL, 2 COMPLAIN, 3 AGREE, 4 DISPUTES"],
    "stop": [],
    "24/9/2026": [
        "ring the mediation adviser by Tuesday 24 November 2026. The number",
        "took Thursday 24 September 2026",
    ],
    "23/9/2026": [
        "Ask to appeal without a certificate, and say why. It looks late",
        "took Wednesday 23 September",
    ],
}
"""On 24 November 2026: what stands in each text that comes back."""


@pytest.mark.parametrize("body", ANSWERED)
def test_each_kind_of_text_has_its_own_answer(body):
    told = answers(body)
    assert len(told) == len(ANSWERED[body])
    assert all(part in text for part, text in zip(ANSWERED[body], told, strict=True)), told


def test_who_cannot_be_rung_back_hears_why():
    (abroad,), (away,) = (texts.ring_back(SHIPPED, each) for each in ("cannot", "failed"))
    assert "only ring UK numbers" in abroad and "CALLBACK again later" in away


@given(st.dates(date(2025, 11, 24), date(2026, 11, 24)))
def test_the_last_day_is_the_one_that_a_caller_with_this_letter_is_texted(letter):
    call = Call(at="answer", lang="en", form=Answers.of(Letter(letter)).write())
    wanted = text_of_a_call(Context(SHIPPED, call, OPEN))
    told, read_as = answers(f"{letter:%d/%m/%Y}")
    assert told == wanted and wanted
    assert SHIPPED.words("en").written_date(letter) in read_as


@given(st.dates(date(2024, 11, 24), date(2026, 12, 31)))
def test_a_date_is_understood_in_every_way_of_writing_it(day):
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
    ways = [
        f"{day.day}/{day.month}/{day:%y}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}",
        f"{day.day} {day:%B %Y}",
        f"letter {day.day}{suffix} of {day:%b %y}",
        f"{day:%B} {day.day}{suffix}, {day:%Y}",
        f"{day:%a %d-%b-%Y}",
    ]
    found = {texts.asked(SHIPPED, way, TODAY) for way in ways}
    assert {each.day for each in found} == {day} and len(found) == 1
    assert (found.pop().kind == "date") is (odd(Letter(day), TODAY, SHIPPED.calendar) is None)


def test_a_date_without_a_year_is_the_last_one_that_is_not_to_come():
    assert asked("24 nov").day == date(2026, 11, 24)
    assert asked("25 nov").day == date(2025, 11, 25)
    assert asked("29 feb", date(2024, 3, 1)).day == date(2024, 2, 29)


def test_a_date_beyond_the_bank_holidays_that_are_known_gets_no_last_day():
    last = SHIPPED.calendar.last
    assert asked(f"{last:%d/%m/%Y}", last) == AskedInText("date-beyond")


@given(st.text(max_size=1600))
def test_any_text_at_all_has_an_answer_within_the_limits(body):
    found = asked(body)
    assert found.kind in ("stop", "start", "ring") or 1 <= len(answers(body)) <= MOST_TEXTS


WISHES = {
    "please stop texting me, he hits me when he sees these": ("danger", True, False),
    "stop texting me he hits me": ("danger", True, False),
    "STOP. he hits me": ("danger", True, False),
    "dont text me he hits me": ("danger", True, False),
    "unsubscribe, I want to die": ("danger", True, False),
    "no more texts please. he hit me": ("danger", True, False),
    "he hits me please ring me": ("danger", False, True),
    "i took some tablets can someone call me": ("danger", False, True),
    "stop texting me, he hits me, please call me": ("danger", True, True),
    "he hits me dont call me": ("danger", False, False),
    "he hits me never ring me back": ("danger", False, False),
    "he wont stop texting me and he hits me": ("danger", False, False),
    "Stop. Can someone phone me instead": ("no-more", True, True),
    "stop texting me and call me": ("no-more", True, True),
    "stop texting me": ("no-more", True, False),
    "can you call me": ("ring", False, True),
}
"""What a text asks for first, and whether it wants no more texts and to be rung."""


@pytest.mark.parametrize(("body", "wanted"), WISHES.items(), ids=map(called, WISHES))
def test_a_wish_holds_beside_danger_and_beside_another_wish(body, wanted):
    found = texts.asked(SHIPPED, body, TODAY)
    assert (found.kind, found.stop, found.ring) == wanted


QUESTIONS = "en/questions.yaml"
FAULTS = {
    "a topic that is none": ("  complaint:", "  complaints:", "“complaints” is not a topic"),
    "words for two things": ("    - mediator", "    - excluded", "stands under"),
    "small words only": ("    - mediator", "    - to the", "small words only"),
    "a list that is not there": ("<adult> <hit> child", "<adults> <hit> child", "“adults”"),
    "a name that is not known": ("danger:", "dangers:", "dangers"),
}


@pytest.mark.parametrize(("old", "new", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_table_of_questions_is_named(content, old, new, said):  # noqa: F811
    change(content, QUESTIONS, old, new)
    assert [fault for fault in faults(content) if QUESTIONS in fault and said in fault]


def test_a_line_without_its_table_of_questions_does_not_start(content):  # noqa: F811
    (content / QUESTIONS).unlink()
    with pytest.raises(ContentError, match=r"questions\.yaml, line 1: this file is missing"):
        load(content)


def test_the_guide_shows_the_first_rows_of_each_kind():
    guide = (ROOT / "docs/texts.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(.+?)` \| ([a-z-]+) \|", guide, re.MULTILINE)
    first = [(body, kind) for kind, bodies in TABLE.items() for body in map(_body, bodies[:2])]
    assert len(shown) == 43 and shown == [row for row in first if row in shown]
    assert {kind for _, kind in shown} == set(TABLE)


def _body(row):
    return row if isinstance(row, str) else next(iter(row))
