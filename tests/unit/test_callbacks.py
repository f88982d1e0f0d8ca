"""Requests to be rung back: one for a number, so many of each kind, and nobody learns of another's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from ivr.line.call import DeleteVoicemail, KeepCallback, KeepVoicemail, SendText
from ivr.secrets.sealed_box import unseal
from ivr.store import Asking, Inbox, Store
from ivr.store.callbacks import most_careful
from ivr.store.inbox import Handling
from ivr.store.tables import callback
from tests.support.at_once import at_once
from tests.support.inbox import PRIVATE, REFERENCES, WISH, effects
from tests.support.lines import LINE

OWN, OTHER, STRANGER = "+447700900123", "+447700900456", "+447700900789"
CAREFUL = replace(WISH, leave=False, saying="friend", best="any")
OPEN = replace(WISH, leave=True, saying="line", best="any")


def ask(store: Store, call: str, wish: KeepCallback = WISH, caller: str = OWN) -> str:
    return effects(store).do(call, wish, LINE, caller)


def numbers(*last: int) -> list[KeepCallback]:
    return [replace(WISH, number=f"+447700900{each:03}") for each in last]


def deal_with_all(store: Store) -> None:
    inbox = Inbox(store, REFERENCES)
    for item in inbox.items():
        inbox.done(item, datetime.now(UTC))


def the_one(store: Store):
    """The one request that waits, and how staff read that it is to be rung."""
    (item,) = Inbox(store, REFERENCES).items()
    wishes = [json.loads(unseal(PRIVATE, each)) for each in (item.sealed, *item.beside)]
    return item, most_careful(wishes)


def beside(store: Store) -> list[str]:
    """What stands beside the one request, as staff read it."""
    return [
        unseal(PRIVATE, step.sealed).decode() for step in Handling(store).steps(the_one(store)[0])
    ]


def test_who_asks_again_waits_once_under_the_same_digits_and_hears_so(store):
    digits = ask(store, "CA1", OPEN)
    first = the_one(store)[0]
    assert ask(store, "CA2", CAREFUL) == f"again-{digits}"
    item, told = the_one(store)
    assert (item.id, item.left_at) == (first.id, first.left_at)
    assert told["leave"] is False and told["saying"] == "friend"


def test_a_step_that_comes_again_is_answered_the_same_whichever_call_it_is_of(store):
    calls = ["CA1", "CA2", "CA1", "CA2", "CA2"]
    first, second, *repeats = [ask(store, call) for call in calls]
    assert first.isdigit() and second == f"again-{first}"
    assert repeats == [first, second, second] and len(Inbox(store, REFERENCES).items()) == 1


def test_a_step_that_comes_again_after_staff_are_done_puts_nothing_down_anew(store):
    ask(store, "CA1")
    second = ask(store, "CA2")
    deal_with_all(store)
    assert ask(store, "CA2") == second and Inbox(store, REFERENCES).items() == []


def test_who_asks_again_once_it_is_done_is_put_down_anew(store):
    first = ask(store, "CA1")
    deal_with_all(store)
    assert ask(store, "CA2").isdigit() and len(Inbox(store, REFERENCES).items()) == 1
    assert first.isdigit()


@pytest.mark.parametrize("caller", [STRANGER, ""], ids=["another telephone", "a hidden number"])
def test_nobody_hears_from_the_line_that_somebody_else_waits(store, caller):
    digits = ask(store, "CA1")
    told = ask(store, "CA2", OPEN, caller)
    assert told.isdigit() and told != digits, "as who asks first"
    assert the_one(store)[0].also == (told,), "staff find it by these, too"


@pytest.mark.parametrize("caller", [STRANGER, ""], ids=["another telephone", "a hidden number"])
@pytest.mark.parametrize("call", ["CA7", "CA8", "CA9"])
def test_the_digits_of_one_call_do_not_tell_who_waits(store, call, caller):
    decoy_and_hers = numbers(99, 1)
    free = [ask(store, call, wish, caller) for wish in decoy_and_hers]
    with store.write() as connection:
        connection.execute(delete(callback))
    ask(store, "CA1", decoy_and_hers[1], "+447700900001")
    assert [ask(store, call, wish, caller) for wish in decoy_and_hers] == free
    assert abs(int(free[0]) - int(free[1])) > 1, "one after the other they would tell"


@pytest.mark.parametrize("waits", [False, True])
def test_who_asks_twice_hears_the_same_whether_somebody_else_waits_or_not(store, waits):
    if waits:
        ask(store, "CA1")
    first = ask(store, "CA2", OPEN, STRANGER)
    assert first.isdigit() and ask(store, "CA3", OPEN, STRANGER) == f"again-{first}"


def test_a_request_of_another_telephone_is_not_told_to_who_rings_from_that_number(store):
    friends, hers = OTHER, replace(CAREFUL, number="+442079460155")
    digits = ask(store, "CA1", hers, friends)
    told = ask(store, "CA2", replace(OPEN, number=hers.number), hers.number)
    assert told.isdigit() and told != digits
    item, wish = the_one(store)
    assert (wish["leave"], wish["saying"]) == (False, "friend"), "the more careful of the two"
    assert item.reference == digits and item.also == (told,)
    (said,) = beside(store)
    assert "a message may be left" in said, "staff see both"


def test_a_text_from_that_number_tells_nothing_either(store):
    hers = replace(OPEN, number="+447700900155")
    ask(store, "CA1", hers, OTHER)
    inbox = Inbox(store, REFERENCES)
    asking = Asking(hers.number, None)
    known = {"about": "", "lang": "en", "best": "any"}
    told = inbox.keep_callback("SM1", hers.number, b"sealed", datetime.now(UTC), asking, **known)
    assert told.isdigit() and the_one(store)[1]["leave"] is True, "nothing was asked of them"


def test_from_the_same_telephone_nothing_becomes_less_careful_either(store):
    digits = ask(store, "CA1", CAREFUL)
    assert ask(store, "CA2", OPEN) == f"again-{digits}"
    assert the_one(store)[1]["leave"] is False and the_one(store)[1]["saying"] == "friend"


def test_within_one_call_answers_may_be_changed(store):
    ask(store, "CA1", CAREFUL)
    ask(store, "CA1", OPEN)
    assert the_one(store)[1]["leave"] is True


def test_what_is_to_be_read_out_is_kept_of_each(store):
    ask(store, "CA1", replace(OPEN, about="apples", read=True, body="Of apples."))
    ask(store, "CA2", replace(OPEN, about="pears", read=True, body="Of pears."))
    assert the_one(store)[1]["read"] == "Of apples.\n\nOf pears."


def test_nobody_locks_a_number_out_of_being_rung_itself(store):
    for call, wish in enumerate(numbers(*range(1, 6))):
        assert ask(store, f"CA{call}", wish, OWN).isdigit()
    assert ask(store, "CA8", numbers(7)[0], OWN) == "full"
    own = replace(WISH, number=OWN)
    for call in range(3):
        assert ask(store, f"CB{call}", own, "").isdigit()
        deal_with_all(store)
    for call in range(3):
        assert ask(store, f"CC{call}", own, OWN).isdigit()
        deal_with_all(store)
    assert ask(store, "CC4", own, OWN) == "full", "three of its own, each dealt with"


def test_all_who_hide_their_number_have_one_limit_a_day(store):
    told = [ask(store, f"CA{n}", wish, "") for n, wish in enumerate(numbers(*range(42)))]
    assert all(each.isdigit() for each in told[:40]) and told[40:] == ["full", "full"]
    assert ask(store, "CB1", numbers(50)[0], OWN).isdigit()


@pytest.mark.parametrize("caller", [STRANGER, ""], ids=["another telephone", "a hidden number"])
def test_what_somebody_else_wants_for_a_number_changes_nothing_and_stands_beside_it(store, caller):
    ask(store, "CA1", CAREFUL)
    ask(store, "CA2", OPEN, caller)
    assert the_one(store)[1]["leave"] is False
    (said,) = beside(store)
    assert "a message may be left" in said and "the advice line" in said and "+44" not in said


def test_who_becomes_careful_on_a_hidden_number_is_read_by_staff_as_they_said_last(store):
    ask(store, "CA1", OPEN, "")
    ask(store, "CA2", OPEN, "")
    ask(store, "CA2", CAREFUL, "")
    (said,) = beside(store)
    assert "do not leave a message" in said and "a friend" in said


def test_a_flood_of_the_same_number_writes_few_things_beside_it(store):
    for call in range(12):
        ask(store, f"CA{call}", WISH, STRANGER if call else OWN)
    assert len(beside(store)) == 5


def test_who_asked_for_another_telephone_may_change_how_it_is_rung(store):
    landline = replace(OPEN, number=OTHER)
    digits = ask(store, "CA1", landline)
    assert ask(store, "CA2", replace(landline, leave=False)) == f"again-{digits}"
    assert the_one(store)[1]["leave"] is False and the_one(store)[0].also == ()


def test_three_numbers_are_taken_down_of_one_call_and_no_more(store):
    kept = [ask(store, "CA1", wish) for wish in numbers(*range(13))]
    assert [each.isdigit() for each in kept[:3]] == [True] * 3 and set(kept[3:]) == {"full"}
    assert ask(store, "CA1", numbers(2)[0]) == kept[2]
    assert len(Inbox(store, REFERENCES).items()) == 3


def test_a_number_is_put_down_three_times_a_day_however_fast_staff_are(store):
    told = []
    for call in range(5):
        told.append(ask(store, f"CA{call}", WISH, ""))
        deal_with_all(store)
    assert [each.isdigit() for each in told] == [True, True, True, False, False]
    assert told[3:] == ["full", "full"]
    with store.write() as connection:
        day_before = {"asked_at": datetime(2026, 1, 1, tzinfo=UTC)}
        connection.execute(update(callback).values(day_before))
    assert ask(store, "CA9", WISH, "").isdigit()


def test_one_telephone_asks_for_five_numbers_a_day_and_hidden_ones_are_many_people(store):
    calls = [(f"CA{n}", wish) for n, wish in enumerate(numbers(*range(8)))]
    assert [ask(store, *each) for each in calls][5:] == ["full"] * 3
    assert all(
        ask(store, f"CB{n}", wish, "").isdigit() for n, wish in enumerate(numbers(*range(20, 28)))
    )


def test_a_number_for_drama_is_not_rung_back_by_a_line_for_real_calls(store):
    real, wish = replace(effects(store), drama=False), replace(WISH, number="+442079460123")
    assert real.do("CA1", wish, LINE) == "failed" and Inbox(store, REFERENCES).items() == []
    assert real.do("CA2", replace(WISH, number="+447400123456"), LINE).isdigit()


def test_many_at_once_put_a_number_down_once(store):
    told = at_once(lambda call: ask(store, f"CA{call}"), range(6))
    waits = Inbox(store, REFERENCES).items()
    assert len(waits) == 1 and {each.removeprefix("again-") for each in told} == {
        waits[0].reference
    }


# --- nothing is kept that is not whole -------------------------------------------------------

NOT_WHOLE = {
    "no number": replace(WISH, number=""),
    "a number that may not be rung": replace(WISH, number="+449098790000"),
    "no words for who answers": replace(WISH, saying=""),
    "no time of day": replace(WISH, best=""),
    "a language that nobody speaks": replace(WISH, lang="xx"),
    "nothing to read out": replace(WISH, read=True, about=""),
    "a text to nobody": SendText("apples", "en", ""),
    "a text without words": SendText("no-such-topic", "en", OWN),
    "no recording": KeepVoicemail("", 12, "", "en"),
    "a recording to delete that has no name": DeleteVoicemail(""),
}


@pytest.mark.parametrize("effect", NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_what_is_not_whole_is_not_kept_and_nothing_is_promised(store, effect, caplog):
    assert effects(store).do("CA1", effect, LINE, OWN) == "failed"
    assert Inbox(store, REFERENCES).items() == []
    assert "is not done: it has no" in caplog.text and "7700900" not in caplog.text
