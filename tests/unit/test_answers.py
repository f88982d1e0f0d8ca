"""Answers to texts that come in are counted in parts and money, and none gets past a limit."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from ivr.jobs.alarms import TextAlarms
from ivr.secrets.seal import References
from ivr.store import Outbox, StoreDownError, open_store
from ivr.store.answers import AnswerLog, Memory, TextIn
from ivr.store.limits import Caps, worst_month
from ivr.store.optouts import OptOuts
from ivr.store.purging import Purge
from ivr.store.sent import Sent
from ivr.store.tables import answer, text_in
from tests.support.at_once import at_once
from tests.support.postgres import fresh_sqlite

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
REFERENCES = References("a secret for tests")
MOBILE = "+447700900123"
ELSEWHERE = {
    "a landline": "+442079460123",
    "France": "+33612345678",
    "a satellite": "+881631234567",
    "a premium number": "+449001234567",
    "Jersey": "+447797712345",
    "the United States": "+12025550123",
}
SIDS = count(1)


def someone() -> str:
    """Another UK mobile each time."""
    return f"+44774012{next(SIDS):04}"


class Texter:
    """Texts in, with a whole answer of two parts and a short one of one; NOW unless said."""

    def __init__(self, store, caps: Caps = Caps()) -> None:  # noqa: B008 - it cannot be changed
        self.answers = AnswerLog(store, REFERENCES, caps)
        self.sums = Sent(store, caps)

    def text(self, number: str = MOBILE, at: datetime = NOW, sid: str = "", **more) -> str:
        """How large an answer is."""
        told = {"full": 2, "short": 1} | more
        return self.answers.text_in(TextIn(sid or f"SM{next(SIDS)}", number, **told), at).size

    def spent(self, at: datetime = NOW) -> dict[str, int]:
        """What is used of each limit, where anything is."""
        return {use.limit: use.used for use in self.sums.used(at) if use.used}


@pytest.fixture
def texter(store) -> Texter:
    return Texter(store)


# --- one number ------------------------------------------------------------------------------


def test_twenty_texts_an_hour_from_one_number_are_answered(texter, store):
    minutes = [NOW + timedelta(minutes=n) for n in range(21)]
    assert [texter.text(at=at) for at in minutes] == ["full"] * 20 + [""]
    assert texter.text("+447700900456", minutes[-1]) == "full"
    assert [texter.text(at=NOW + HOUR) for _ in range(2)] == ["full", ""]
    with store.read() as connection:
        for table in (text_in, answer):
            kept = connection.execute(select(table)).all()
            assert kept and "7700900123" not in str(kept), table.name


def test_one_number_has_thirty_answers_in_a_day_then_a_short_one_then_none(texter):
    slowly = [NOW + n * timedelta(minutes=5) for n in range(32)]
    assert [texter.text(at=at) for at in slowly] == ["full"] * 30 + ["short", ""]
    assert texter.text(at=NOW + DAY - SECOND) == "" and texter.text(at=NOW + DAY) == "full"


def test_danger_is_answered_however_often_a_mobile_speaks_of_it(texter):
    for _ in range(21):
        texter.text()
    assert {texter.text(danger=True) for _ in range(60)} == {"short"}
    later = NOW + 2 * HOUR
    assert texter.text(danger=True, at=later) == "full"


@pytest.mark.parametrize("number", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_no_uk_mobile_has_one_short_answer_a_day_and_one_in_danger(texter, number):
    assert [texter.text(number) for _ in range(3)] == ["short", "", ""]
    assert [texter.text(number, danger=True) for _ in range(2)] == ["short", ""]
    assert texter.text(number, NOW + DAY - SECOND) == "" and texter.text(number, NOW + DAY)
    spent = texter.spent()
    assert spent["elsewhere_pence_a_month"] == 100
    assert spent["elsewhere_danger_pence_a_month"] == 50 and "answers_a_day" not in spent


def test_who_has_no_number_is_answered_nothing_and_counts_for_nothing(texter):
    assert texter.text("") == texter.text("", danger=True) == "" and texter.spent() == {}


def test_who_has_stopped_is_answered_nothing_unless_they_start(texter, store):
    OptOuts(store, REFERENCES).stop(MOBILE, NOW)
    assert texter.text() == "" and texter.spent() == {}
    assert texter.text(starts=True) == texter.text(danger=True) == "full"


# --- all together ----------------------------------------------------------------------------

TOTALS = {
    "parts in a day": (Caps(answers_a_day=8), NOW + DAY),
    "money in a month": (Caps(answers_pence_a_month=35), DECEMBER),
    "dearer parts": (Caps(answers_pence_a_month=89, pence_a_segment=11), DECEMBER),
}


@pytest.mark.parametrize(("caps", "until"), TOTALS.values(), ids=TOTALS)
def test_all_answers_together_have_a_total_and_then_each_number_one_short_one(store, caps, until):
    texter = Texter(store, caps)
    assert [texter.text(someone()) for _ in range(5)] == ["full"] * 4 + ["short"]
    late = until - SECOND
    assert [texter.text(MOBILE, late) for _ in range(2)] == ["short", ""]
    assert texter.text(MOBILE, late, danger=True) == "short"
    assert texter.text(someone(), until) == "full"


def test_a_month_counts_from_its_very_first_moment_and_a_longer_answer_must_fit_too(store):
    texter = Texter(store, Caps(answers_pence_a_month=12))
    assert texter.text(someone(), DECEMBER) == "full"
    late = DECEMBER + timedelta(days=30, hours=23)
    assert texter.text(someone(), late) == "short"
    assert texter.text(someone(), late, full=1) == "full"
    assert texter.text(someone(), late, full=1) == "short"


def test_short_answers_have_a_total_and_danger_has_none(store):
    texter = Texter(store, Caps(answers_a_day=0, short_a_day=3, danger_a_day=4))
    assert [texter.text(someone()) for _ in range(4)] == ["short"] * 3 + [""]
    assert [texter.text(someone(), danger=True) for _ in range(5)] == ["short"] * 5


def test_other_numbers_together_have_a_total_of_their_own(store):
    texter = Texter(store, Caps(elsewhere_a_day=2, elsewhere_a_month=3))
    numbers = [f"+3361234567{n}" for n in range(10)]
    assert [texter.text(each) for each in numbers[:3]] == ["short"] * 2 + [""]
    assert texter.text(numbers[3], NOW + DAY) == "short"
    assert texter.text(numbers[4], NOW + 3 * DAY) == ""
    assert texter.text(numbers[5], NOW + 3 * DAY, danger=True) == "short"
    assert texter.text(numbers[6], DECEMBER) == "short"
    assert texter.text(MOBILE) == "full"


def test_a_flood_from_made_up_numbers_ends_and_a_mobile_in_danger_is_answered(store):
    texter = Texter(store, Caps(answers_a_day=20, danger_a_day=30))
    flood = Counter(texter.text(someone()) for _ in range(60))
    flood += Counter(texter.text(f"+336{n:08}", danger=n % 2 == 0) for n in range(60))
    assert flood == {"full": 10, "short": 25 + 20, "": 25 + 40}
    assert texter.text(danger=True) == "short"
    made_up = Counter(texter.text(someone(), danger=True) for _ in range(60))
    assert made_up == {"short": 60}
    assert texter.text(danger=True, at=NOW + DAY) == "full"


def test_texts_answers_and_those_to_staff_take_nothing_from_each_other(store):
    caps = Caps(answers_a_day=2, a_day=1)
    texter, outbox = Texter(store, caps), Outbox(store, REFERENCES, caps=caps)
    asked = ("apples", "en", MOBILE, "words", NOW)
    assert texter.text() == "full" and texter.text(someone()) == "short"
    assert outbox.queue("CA1", *asked) == "queued" and outbox.queue("CA2", *asked) == "limit"
    assert texter.text(someone(), NOW + DAY) == "full"


def test_two_texters_at_once_cannot_both_have_the_last_answer(store):
    texter = Texter(store, Caps(answers_a_day=10, short_a_day=0))
    got = at_once(texter.text, [someone() for _ in range(12)])
    # Who gets no answer of a busy database within a second is answered in short, from memory.
    assert 0 < Counter(got)["full"] <= 5


# --- told again ------------------------------------------------------------------------------


def test_a_text_that_is_told_again_is_answered_the_same_and_counts_once(store):
    texter = Texter(store, Caps(answers_a_day=2))
    midnight = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    again = midnight + 5 * SECOND
    for size in ("full", "short", ""):
        number = MOBILE if size != "short" else someone()
        sid = f"SM{next(SIDS)}"
        if size == "":
            texter.text(at=midnight)
        assert [texter.text(number, at, sid) for at in (midnight, again)] == [size] * 2
    assert texter.spent(midnight)["answers_a_day"] == 2


def test_a_text_that_is_told_again_knows_whether_its_number_had_stopped(store):
    answers, optouts = AnswerLog(store, REFERENCES), OptOuts(store, REFERENCES)
    first = answers.text_in(TextIn("SM-a", MOBILE, 1, 1), NOW)
    optouts.stop(MOBILE, NOW)
    assert answers.text_in(TextIn("SM-a", MOBILE, 1, 1), NOW + 9 * SECOND) == first
    assert not first.stopped and answers.text_in(TextIn("SM-b", MOBILE, 1, 1), NOW).stopped


def test_told_twice_at_the_same_moment_it_counts_once(store):
    texter = Texter(store)
    got = at_once(lambda _: texter.text(sid="SM-same"), range(6))
    assert got == ["full"] * 6 and texter.spent()["answers_a_day"] == 2


def test_texts_without_an_id_are_each_their_own(texter):
    for _ in range(2):
        assert texter.answers.text_in(TextIn("", MOBILE, 2, 1), NOW).size == "full"
    assert texter.spent()["answers_a_day"] == 4


# --- the sum ---------------------------------------------------------------------------------

TIGHT = Caps(
    answers_a_day=15, answers_pence_a_month=800, short_a_day=4, danger_a_day=4, elsewhere_a_day=2,
    elsewhere_a_month=20,
)  # fmt: skip


def flood(dice: random.Random) -> Iterator[tuple[str, datetime, bool, int]]:
    """Five weeks over a month's end: mobiles, one mobile, landlines and satellites, these in danger
    too: a mobile in danger is answered whatever it costs."""
    begin = datetime(2026, 11, 25, tzinfo=UTC)
    hours = sorted(dice.uniform(0, 35 * 24) for _ in range(1_800))
    for hour in hours:
        mobiles = f"+44774{dice.randrange(10**7):07}"
        others = dice.choice(list(ELSEWHERE.values()))[:-3] + f"{dice.randrange(1000):03}"
        number = dice.choices([mobiles, MOBILE, others], [6, 1, 3])[0]
        danger = dice.random() < 0.3 and number != MOBILE and number not in mobiles
        yield number, begin + hour * HOUR, danger, dice.choice([1, 2, 4])


def test_a_flood_never_costs_more_in_a_month_than_the_doctor_says():
    keeper = sqlite3.connect("file:answers?mode=memory&cache=shared", uri=True)
    store = open_store("sqlite:///file:answers?mode=memory&cache=shared&uri=true", 10_000)
    texter, pence, sizes = Texter(store, TIGHT), Counter[int](), Counter[str]()
    for number, at, danger, full in flood(random.Random(5)):
        size = texter.text(number, at, danger=danger, full=full)
        price = 4 if number.startswith(("+44774", "+447700")) else 50
        pence[at.month] += price * {"full": full, "short": 1, "": 0}[size]
        sizes[size] += 1
    told = worst_month(TIGHT)
    store.close()
    keeper.close()
    most = sum(told.values()) - told["texts"] - told["staff"] - told["danger"]
    assert max(pence.values()) <= most and min(sizes.values()) > 100, (pence, sizes)
    assert pence[12] > most * 0.9, "the flood was too small to show anything"


def test_staff_are_warned_in_the_log_when_answers_near_their_limit(store, caplog):
    texter = Texter(store, Caps(answers_a_day=4))
    for _ in range(2):
        texter.text(someone())
    TextAlarms(texter.sums).look(NOW)
    assert "100 % of answers_a_day is reached, 4 of 4" in caplog.text


def test_what_was_answered_is_kept_as_long_as_its_month_counts(store, texter):
    first = datetime(2026, 12, 1, tzinfo=UTC)
    texter.text(at=first)
    Purge(store).run(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    assert texter.spent(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))["answers_pence_a_month"] == 8
    Purge(store).run(first + timedelta(days=36))
    assert store.count(answer) == 0


# --- without a database ----------------------------------------------------------------------


def test_what_a_process_remembers_has_an_end():
    memory = Memory(most=3)
    for _ in range(5):
        memory.counted("first", NOW)
    assert not memory.counted("first", NOW)
    assert all(memory.counted(f"other {n}", NOW) for n in range(3))
    assert memory.counted("first", NOW)


def test_a_process_that_refuses_a_number_counts_it_no_further_and_for_an_hour():
    memory = Memory()
    minutes = [NOW + timedelta(minutes=n) for n in range(10)]
    assert [memory.counted("one", at) for at in minutes] == [True] * 5 + [False] * 5
    assert not memory.counted("one", NOW + HOUR - timedelta(seconds=1))
    assert memory.counted("one", NOW + HOUR)
    assert not memory.counted("one", NOW + HOUR)


def test_a_process_remembers_as_many_numbers_as_it_may():
    memory = Memory(most=2)
    for ref in ("one", "two"):
        assert [memory.counted(ref, NOW) for _ in range(5)] == [True] * 5
    assert not memory.counted("one", NOW) and not memory.counted("two", NOW)


class Away:
    """A database that takes nothing."""

    def write(self, *_: object, **__: object) -> None:
        raise StoreDownError


def away() -> Texter:
    texter = Texter.__new__(Texter)
    texter.answers = AnswerLog(Away(), REFERENCES)
    return texter


def test_without_a_database_each_number_has_its_own_few_short_answers_in_an_hour():
    texter = away()
    for number in (MOBILE, "+447700900456"):
        assert [texter.text(number) for _ in range(6)] == ["short"] * 5 + [""]
    assert texter.text(at=NOW + HOUR) == "short" and texter.text(full=0) == ""


def test_without_a_database_it_is_told_what_is_looked_at_and_when_it_came():
    answers = AnswerLog(Away(), REFERENCES)
    got = [answers.text_in(TextIn(f"SM{n}", MOBILE, 2, 1), NOW) for n in range(6)]
    assert [each.heard for each in got] == [True] * 5 + [False]
    assert {each.at for each in got} == {NOW} and not any(each.stopped for each in got)


def test_without_a_database_a_flood_ends_and_danger_is_answered_all_the_same():
    texter = away()
    assert Counter(texter.text(someone()) for _ in range(90)) == {"short": 60, "": 30}
    assert texter.text(danger=True) == "short"
    assert Counter(texter.text(someone(), danger=True) for _ in range(90)) == {"short": 90}
    assert texter.text(danger=True, at=NOW + HOUR) == "short"


@pytest.mark.parametrize("number", ELSEWHERE.values(), ids=ELSEWHERE)
def test_without_a_database_other_numbers_are_answered_in_danger_alone(number):
    assert away().text(number) == "" and away().text(number, danger=True) == "short"


def test_when_the_database_is_back_it_counts_again(tmp_path):
    store = open_store(fresh_sqlite(tmp_path), 100)
    holder = sqlite3.connect(tmp_path / "line.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    texter = Texter(store)
    assert texter.text() == "short"
    holder.execute("ROLLBACK")
    assert texter.text() == "full" and texter.spent()["answers_a_day"] == 2
    store.close()
