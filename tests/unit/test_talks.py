"""Who is held for which call: places and advisers, for how long, and never one for two at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from ivr.secrets.seal import References
from ivr.store import Store, Talks, open_store
from ivr.store.tables import talk

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SECRET = "a secret of some length, for tests only"
REFERENCES = References(SECRET)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ONE_BY_ONE = [("ann",), ("bob",), ("cem",)]
TOGETHER = [("ann", "bob", "cem")]


@pytest.fixture
def talks(store: Store) -> Talks:
    return Talks(store, REFERENCES)


def asks(talks: Talks, call: str, groups=ONE_BY_ONE, at: datetime = NOW, most: int = 9):
    """A call asks for somebody of the desk."""
    return talks.hold(call, "adviser", most, groups, at)


def is_free(talks: Talks, name: str, at: datetime) -> bool:
    """Whether another call is given this adviser; it gives them back at once."""
    got = asks(talks, "CAprobe", [(name,)], at, most=99)
    talks.release("CAprobe", at)
    return got == (name,)


# --- who is rung ------------------------------------------------------------------------------


def test_each_call_rings_somebody_else_and_the_last_is_told_at_once(talks):
    got = [asks(talks, f"CA{n}") for n in range(4)]
    assert got == [("ann",), ("bob",), ("cem",), "talking"]


def test_of_a_group_that_is_rung_together_who_talks_is_left_out(talks):
    assert asks(talks, "CA1", [("bob",)]) == ("bob",)
    assert asks(talks, "CA2", TOGETHER) == ("ann", "cem")
    assert asks(talks, "CA3", TOGETHER) == "talking"


def test_who_takes_the_call_stays_held_and_the_others_of_the_group_are_free(talks):
    asks(talks, "CA1", TOGETHER)
    assert talks.taken("CA1", "bob", "CAleg", NOW + SECOND)
    later = NOW + 30 * MINUTE
    assert [is_free(talks, name, later) for name in TOGETHER[0]] == [True, False, True]


def test_where_two_press_the_key_the_second_is_let_go(talks):
    asks(talks, "CA1", TOGETHER)
    assert talks.taken("CA1", "bob", "CAleg", NOW)
    assert not talks.taken("CA1", "cem", "CAother", NOW)
    assert talks.taken("CA1", "bob", "CAleg", NOW), "the same key, told twice"


def test_the_next_group_takes_the_place_of_the_one_that_did_not_answer(talks):
    asks(talks, "CA1", [("ann",)])
    talks.release("CA1", NOW + 30 * SECOND, "CAleg")
    assert asks(talks, "CA1", [("bob",)], NOW + 30 * SECOND) == ("bob",)
    assert asks(talks, "CA2", at=NOW + 31 * SECOND) == ("ann",)
    assert asks(talks, "CA3", at=NOW + 31 * SECOND) == ("cem",)


def test_a_desk_that_is_full_rings_nobody_though_somebody_is_free(talks):
    assert [asks(talks, f"CA{n}", most=2) for n in range(3)] == [("ann",), ("bob",), "full"]
    assert asks(talks, "CA0", most=2) == ("ann",), "who is counted already keeps the place"
    talks.release("CA0", NOW)
    assert asks(talks, "CA2", most=2) == ("ann",)


# --- for how long -----------------------------------------------------------------------------


def test_who_rings_is_free_after_the_time_for_it_where_nobody_told_of_the_end(talks):
    asks(talks, "CA1", [("ann",)])
    assert not is_free(talks, "ann", NOW + 1.9 * MINUTE)
    assert is_free(talks, "ann", NOW + 2.1 * MINUTE)


def test_who_picks_up_late_has_the_time_to_hear_who_calls(talks):
    asks(talks, "CA1", [("ann",)])
    talks.picked_up("CA1", NOW + MINUTE)
    assert not is_free(talks, "ann", NOW + 2.5 * MINUTE)
    assert is_free(talks, "ann", NOW + 3.1 * MINUTE)


def test_who_talks_is_free_after_the_longest_talk_where_nobody_told_of_the_end(talks):
    asks(talks, "CA1", [("ann",)])
    talks.taken("CA1", "ann", "CAleg", NOW + MINUTE)
    assert not is_free(talks, "ann", NOW + 65 * MINUTE)
    assert is_free(talks, "ann", NOW + 72 * MINUTE)


def test_the_end_of_a_call_frees_place_and_adviser_at_once(talks):
    asks(talks, "CA1", [("ann",)])
    talks.taken("CA1", "ann", "CAleg", NOW)
    talks.release("CA1", NOW + SECOND)
    assert asks(talks, "CA2", [("ann",)], NOW + 2 * SECOND, most=1) == ("ann",)


def test_a_key_that_comes_after_the_end_holds_nobody(talks):
    asks(talks, "CA1", [("ann",)])
    talks.release("CA1", NOW)
    talks.picked_up("CA1", NOW + SECOND)
    assert talks.taken("CA1", "ann", "CAleg", NOW + SECOND)
    assert is_free(talks, "ann", NOW + 2 * SECOND)


def test_a_call_that_is_over_holds_nobody_any_more_whatever_comes_late(talks):
    asks(talks, "CA1", [("ann",)])
    talks.ended("CA1", NOW)
    assert asks(talks, "CA1", [("bob",)], NOW + SECOND) == "talking"
    talks.picked_up("CA1", NOW + SECOND)
    assert not talks.taken("CA1", "ann", "CAleg", NOW + SECOND), "nobody is there to talk with"
    assert is_free(talks, "ann", NOW + SECOND) and is_free(talks, "bob", NOW + SECOND)


def test_a_late_word_of_other_ringing_ends_no_talk(talks):
    asks(talks, "CA1", [("ann",)])
    talks.taken("CA1", "ann", "CAleg", NOW)
    talks.release("CA1", NOW + SECOND, "CAearlier")
    assert not is_free(talks, "ann", NOW + 2 * SECOND)
    talks.release("CA1", NOW + SECOND, "CAleg")
    assert is_free(talks, "ann", NOW + 2 * SECOND)


def test_a_late_question_for_a_person_ends_no_talk(talks):
    asks(talks, "CA1", [("ann",)])
    talks.taken("CA1", "ann", "CAleg", NOW)
    assert asks(talks, "CA1", at=NOW + MINUTE) == ("bob",)
    assert not is_free(talks, "ann", NOW + 60 * MINUTE)
    talks.release("CA1", NOW + 61 * MINUTE)
    assert is_free(talks, "ann", NOW + 61 * MINUTE) and is_free(talks, "bob", NOW + 61 * MINUTE)


def test_somebody_at_a_number_that_nobody_knows_takes_the_call_all_the_same(talks):
    asks(talks, "CA1", [("ann",)])
    assert talks.taken("CA1", "", "CAleg", NOW)
    assert not is_free(talks, "ann", NOW + 30 * MINUTE)


# --- whether anybody picked up ----------------------------------------------------------------


def test_it_is_known_that_nobody_has_picked_up_until_somebody_does(talks):
    assert not talks.nobody_picked_up("CA1", ("ann", "bob")), "nothing is known of this call"
    asks(talks, "CA1", [("ann",)])
    assert talks.nobody_picked_up("CA1", ("ann", "bob"))
    talks.release("CA1", NOW + SECOND)
    assert talks.nobody_picked_up("CA1", ("ann", "bob")), "asked once more"
    asks(talks, "CA1", [("ann",)])
    talks.picked_up("CA1", NOW + 2 * SECOND)
    assert not talks.nobody_picked_up("CA1", ("ann", "bob"))
    asks(talks, "CA1", [("bob",)], NOW + 4 * SECOND)
    assert talks.nobody_picked_up("CA1", ("ann", "bob")), "another telephone rings now"
    assert not talks.nobody_picked_up("CA1", ("ann",)), "the end of the first, told once more"


# --- beside an older program ------------------------------------------------------------------


def test_a_place_of_an_older_program_is_counted_and_names_nobody(store, talks):
    row = {"call_ref": REFERENCES.call("CA1"), "desk": "adviser", "began_at": NOW}
    with store.write() as connection:
        connection.execute(insert(talk).values(row | {"ended_at": NOW + 2 * MINUTE}))
    assert asks(talks, "CA2", most=1) == "full"
    assert asks(talks, "CA2", most=2) == ("ann",)
    assert not talks.nobody_picked_up("CA1", ("ann", "bob"))
    assert talks.taken("CA1", "bob", "CAleg", NOW)
    assert asks(talks, "CA3", most=2, at=NOW + 30 * MINUTE) == ("ann",), "its talk is counted"
    assert asks(talks, "CA4", most=2, at=NOW + 30 * MINUTE) == "full"


# --- many at once -----------------------------------------------------------------------------

MANY, ADVISERS = 24, tuple(f"adviser-{chr(ord('a') + n)}" for n in range(9))
ASK = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ivr.secrets.seal import References
from ivr.store import Talks, open_store

store = open_store(sys.argv[1], 20_000)
talks = Talks(store, References({SECRET!r}))
groups = [(name,) for name in {ADVISERS!r}]
print("ready", flush=True)
sys.stdin.readline()
ask = lambda n: talks.hold(f"CA{{sys.argv[2]}}-{{n}}", "adviser", 99, groups, datetime.now(UTC))
with ThreadPoolExecutor(4) as pool:
    for got in pool.map(ask, range({MANY // 2})):
        print(got if isinstance(got, str) else got[0])
"""


def test_two_processes_at_the_same_moment_never_ring_the_same_adviser(url):
    command = [sys.executable, "-c", ASK, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([*command, name], **pipes) for name in "ab"]
    for each in both:
        assert each.stdout.readline() == "ready\n"
    for each in both:
        each.stdin.write("go\n")
        each.stdin.flush()
    got = [word for each in both for word in each.communicate(timeout=60)[0].split()]
    assert len(got) == MANY and got.count("talking") == MANY - len(ADVISERS)
    assert sorted(name for name in got if name != "talking") == sorted(ADVISERS)


@pytest.mark.parametrize("most", [1, 4])
def test_many_at_once_get_no_more_places_than_there_are(url, most):
    store = open_store(url, 20_000)
    talks = Talks(store, REFERENCES)
    groups = [(name,) for name in ADVISERS]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda n: asks(talks, f"CA{n}", groups, NOW, most), range(MANY)))
    store.close()
    assert got.count("full") == MANY - most
    rung = [each for each in got if each != "full"]
    assert len(set(rung)) == len(rung) == most
