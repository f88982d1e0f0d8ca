"""What callers left: kept once, sealed for staff, taken by one person, told of until it is done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from ivr.line.call import DeleteVoicemail, KeepVoicemail
from ivr.secrets.sealed_box import SealedBoxError, key_pair, unseal
from ivr.store import Inbox, Notices, Recordings, Store, open_store
from ivr.store.tables import notice as notice_table
from tests.support.inbox import (
    MESSAGE,
    NOW,
    NUMBER,
    PRIVATE,
    REFERENCES,
    WISH,
    effects,
    everything,
)
from tests.support.lines import LINE

# --- call-backs ------------------------------------------------------------------------------


def test_a_call_back_has_four_digits_and_only_staff_can_read_it(store):
    reference = effects(store).do("CA1", WISH, LINE)
    assert reference.isdigit() and len(reference) == 4
    item = Inbox(store, REFERENCES).items()[0]
    assert (item.reference, item.kind, item.about, item.best) == (
        reference, "callback", "apples", "morning",
    )  # fmt: skip
    told = json.loads(unseal(PRIVATE, item.sealed))
    assert told == {"number": NUMBER, "leave": True, "saying": "friend"}
    assert NUMBER not in everything(store) and "7700900123" not in everything(store)


def test_another_key_opens_nothing(store):
    effects(store).do("CA1", WISH, LINE)
    with pytest.raises(SealedBoxError):
        unseal(key_pair()[1], Inbox(store, REFERENCES).items()[0].sealed)


def test_a_request_that_comes_twice_is_one_with_one_reference(store):
    done = effects(store)
    assert done.do("CA1", WISH, LINE) == done.do("CA1", WISH, LINE)
    other = replace(WISH, number="+447700900456")
    assert done.do("CA1", other, LINE) != done.do("CA1", WISH, LINE)
    assert len(Inbox(store, REFERENCES).items()) == 2


def test_who_asks_again_in_one_call_is_rung_as_they_said_last(store):
    done = effects(store)
    first = done.do("CA1", WISH, LINE)
    careful = replace(WISH, leave=False, saying="line", best="afternoon")
    assert done.do("CA1", careful, LINE) == first
    item = Inbox(store, REFERENCES).items()[0]
    assert json.loads(unseal(PRIVATE, item.sealed))["leave"] is False
    assert item.best == "afternoon"


@pytest.mark.parametrize(
    ("body", "read"), [("", LINE.words("en").topics["apples"].text), ("By 3 May.", "By 3 May.")]
)
def test_the_adviser_finds_the_text_to_read_out(store, body, read):
    effects(store).do("CA1", replace(WISH, read=True, body=body), LINE)
    sealed = Inbox(store, REFERENCES).items()[0].sealed
    assert json.loads(unseal(PRIVATE, sealed))["read"] == read


def test_what_waits_never_shares_its_digits(store):
    recordings = Recordings(store, REFERENCES)
    for n in range(30):
        sid = f"RE{n:032x}"
        recordings.note("CA1", sid, NOW)
        recordings.claim(sid, NOW + timedelta(hours=1))
        recordings.gone(sid)
    done = effects(store)
    numbers = [replace(WISH, number=f"+4477009{n:05}") for n in range(30)]
    references = [done.do(f"CA{n}", wish, LINE) for n, wish in enumerate(numbers)]
    assert len(set(references)) == 30


def test_what_waits_is_taken_by_one_person_and_then_done(store):
    effects(store).do("CA1", WISH, LINE)
    inbox = Inbox(store, REFERENCES)
    item = inbox.items()[0]
    assert inbox.take(item, NOW) and not inbox.take(item, NOW)
    assert inbox.done(item, NOW) and not inbox.done(item, NOW)
    assert inbox.items() == [] and len(inbox.items(done=True)) == 1


def test_a_database_that_is_away_promises_nothing():
    away = effects(open_store("sqlite:////proc/nowhere/line.db"))
    asked = (WISH, KeepVoicemail(MESSAGE, 12, "", "en"), DeleteVoicemail(MESSAGE))
    assert {away.do("CA1", effect, LINE) for effect in asked} == {"failed"}


# --- messages --------------------------------------------------------------------------------


def test_a_message_is_kept_whether_it_was_noted_before_or_is_after(store):
    recordings, later = Recordings(store, REFERENCES), "RE" + "0b" * 16
    recordings.note("CA1", MESSAGE, NOW)
    assert [recordings.keep("CA1", MESSAGE, NOW) for _ in range(2)] == ["kept", "kept"]
    assert recordings.keep("CA1", later, NOW) == "kept"
    for sid in MESSAGE, later:
        recordings.note("CA1", sid, NOW)
    recordings.ended("CA1", NOW)
    assert {sid for sid, _ in recordings.due(NOW)} == {MESSAGE, later}


def test_three_messages_are_kept_of_one_call_and_no_more(store):
    done, sids = effects(store), [f"RE{n:032x}" for n in range(4)]
    kept = [done.do("CA1", KeepVoicemail(sid, 12, "", "en"), LINE) for sid in sids]
    assert kept == ["kept", "kept", "kept", "full"]
    assert done.do("CA1", KeepVoicemail(sids[2], 12, "", "en"), LINE) == "kept"
    assert done.do("CA1", DeleteVoicemail(sids[0]), LINE) == "deleted"
    assert done.do("CA1", KeepVoicemail(sids[3], 12, "", "en"), LINE) == "kept"
    other = "RE" + "0c" * 16
    assert done.do("CA2", KeepVoicemail(other, 12, "", "en"), LINE) == "kept"


def test_what_is_not_to_be_kept_is_due_for_deletion_within_the_hour(store):
    recordings = Recordings(store, REFERENCES)
    recordings.note("CA1", MESSAGE, NOW)
    assert recordings.due(NOW + timedelta(minutes=40)) == []
    assert recordings.due(NOW + timedelta(minutes=55)) == [(MESSAGE, 0)]


def test_what_is_being_deleted_cannot_be_kept_any_more(store):
    recordings = Recordings(store, REFERENCES)
    recordings.note("CA1", MESSAGE, NOW)
    late = NOW + timedelta(hours=1)
    assert recordings.claim(MESSAGE, late)
    assert recordings.keep("CA1", MESSAGE, late) == "gone"
    recordings.gone(MESSAGE)
    assert recordings.keep("CA1", MESSAGE, late) == "gone"
    assert effects(store).do("CA1", KeepVoicemail(MESSAGE, 12, "", "en"), LINE) == "gone"


def test_what_is_recorded_again_takes_a_place_and_not_one_more_however_often_it_is_told(store):
    done, sids = effects(store), [f"RE{n:032x}" for n in range(5)]
    kept = [done.do("CA1", KeepVoicemail(sid, 12, "", "en"), LINE) for sid in sids[:3]]
    again = KeepVoicemail(sids[3], 12, "", "en", instead=sids[2])
    assert [*kept, *(done.do("CA1", again, LINE) for _ in range(2))] == ["kept"] * 5
    assert done.do("CA1", KeepVoicemail(sids[4], 12, "", "en"), LINE) == "full"
    assert done.do("CA1", KeepVoicemail(sids[2], 12, "", "en"), LINE) == "gone"
    Recordings(store, REFERENCES).ended("CA1", NOW)
    found = {item.id for item in Inbox(store, REFERENCES).items()}
    assert found == {sids[0], sids[1], sids[3]}


@pytest.mark.parametrize("known", [False, True], ids=["heard of after", "heard of before"])
def test_what_a_caller_deletes_stays_deleted_whoever_tells_of_it_later(store, known):
    recordings = Recordings(store, REFERENCES, ("mail",))
    if known:
        recordings.keep("CA1", MESSAGE, NOW, about="apples", lang="en", seconds=12)
    recordings.drop("CA1", MESSAGE, NOW)
    assert recordings.keep("CA1", MESSAGE, NOW) == "gone"
    recordings.ended("CA1", NOW)
    assert recordings.claim(MESSAGE, NOW).status == "dropping"
    assert Inbox(store, REFERENCES).items(done=True) == [] and Notices(store).due(NOW) == []


@pytest.mark.parametrize("deleted", [False, True], ids=["still there", "deleted there"])
def test_a_caller_may_delete_what_staff_were_handed_when_the_call_was_too_long(store, deleted):
    recordings, inbox = Recordings(store, REFERENCES, ("mail",)), Inbox(store, REFERENCES)
    recordings.keep("CA1", MESSAGE, NOW)
    late = NOW + timedelta(minutes=11)
    assert recordings.claim(MESSAGE, late).status == "kept"
    recordings.fetched(MESSAGE, b"sealed", late)
    if deleted:
        recordings.gone(MESSAGE)
    assert len(inbox.items()) == 1
    recordings.drop("CA1", MESSAGE, late)
    assert inbox.items() == [] and b"sealed" not in everything(store).encode()
    assert told(store, late) is None


def test_one_worker_at_a_time_sees_to_a_recording(store):
    recordings = Recordings(store, REFERENCES)
    recordings.keep("CA1", MESSAGE, NOW)
    recordings.ended("CA1", NOW)
    first = recordings.claim(MESSAGE, NOW)
    assert first and first.tries == 1 and recordings.claim(MESSAGE, NOW) is None
    again = recordings.claim(MESSAGE, NOW + timedelta(minutes=2))
    assert again and again.tries == 2


def test_a_message_is_in_the_inbox_from_the_moment_its_call_has_ended(store):
    recordings, inbox = Recordings(store, REFERENCES), Inbox(store, REFERENCES)
    recordings.keep("CA1", MESSAGE, NOW, about="apples", lang="en", seconds=12)
    recordings.ended("CA2", NOW)
    assert inbox.items() == [] and inbox.item("message", MESSAGE) is None
    recordings.ended("CA1", NOW)
    assert inbox.items()[0].sealed == b""
    recordings.fetched(MESSAGE, b"sealed", NOW)
    recordings.gone(MESSAGE)
    item = inbox.items()[0]
    assert (item.kind, item.seconds, item.about, item.sealed) == (
        "message",
        12,
        "apples",
        b"sealed",
    )


def test_a_message_that_is_lost_is_in_the_inbox_and_staff_are_told(store):
    recordings = Recordings(store, REFERENCES, ("mail",))
    recordings.keep("CA1", MESSAGE, NOW)
    recordings.ended("CA1", NOW)
    recordings.failed(MESSAGE, "missing", NOW)
    assert Inbox(store, REFERENCES).items()[0].lost
    assert len(Notices(store).due(NOW)) == 1


def test_an_announcement_is_no_message(store):
    recordings = Recordings(store, REFERENCES, ("mail",))
    recordings.note("CA1", MESSAGE, NOW, "announcement")
    assert recordings.keep_announcement("CA1", MESSAGE, NOW)
    recordings.fetched(MESSAGE, None, NOW)
    assert Inbox(store, REFERENCES).items() == []
    assert Notices(store).due(NOW) == []


# --- telling staff ---------------------------------------------------------------------------


def told(store: Store, now: datetime):
    """The one notice that is due, claimed; None where there is none."""
    notices = Notices(store)
    due = notices.due(now)
    assert len(due) <= 1
    return notices.claim(due[0][0], now) if due else None


def ring_back(store: Store, number: int, call: str = "CA1") -> None:
    wish = replace(WISH, number=f"+447700900{number:03}")
    assert effects(store).do(call, wish, LINE).isdigit()


def test_staff_are_told_of_a_new_item_once_and_again_while_nobody_takes_it(store):
    ring_back(store, 123)
    now = datetime.now(UTC)
    first = told(store, now)
    assert (first.way, first.waits, first.taken, first.told_at) == (
        "mail", {"callback": 1}, {}, None,
    )  # fmt: skip
    again = now + timedelta(hours=1)
    Notices(store).sent(first, now, again)
    assert told(store, now + timedelta(minutes=59)) is None
    assert told(store, again).told_at == now


def test_however_much_is_left_there_is_one_notice_that_counts_it(store):
    recordings = Recordings(store, REFERENCES, ("mail",))
    for number in range(12):
        ring_back(store, number, f"CA{number}")
    for n in range(3):
        sid = f"RE{n:032x}"
        recordings.keep(f"CB{n}", sid, NOW)
        recordings.ended(f"CB{n}", NOW)
        recordings.claim(sid, NOW)
        recordings.fetched(sid, b"sealed", NOW)
    now = datetime.now(UTC)
    assert told(store, now).waits == {"callback": 12, "message": 3}
    assert Notices(store).due(now + timedelta(seconds=59)) == []


def test_what_comes_while_staff_are_being_told_is_told_with_the_next(store):
    ring_back(store, 123)
    now = datetime.now(UTC)
    first = told(store, now)
    ring_back(store, 456)
    Notices(store).sent(first, now, now + timedelta(hours=1))
    assert told(store, now + timedelta(minutes=59)) is None
    assert told(store, now + timedelta(hours=1)).waits == {"callback": 2}


def test_what_is_left_while_all_the_rest_is_in_hand_waits_for_nothing(store):
    ring_back(store, 123)
    inbox, now = Inbox(store, REFERENCES), datetime.now(UTC)
    inbox.take(inbox.items()[0], now)
    Notices(store).later(told(store, now), now + timedelta(days=1), "taken")
    assert told(store, now + timedelta(hours=1)) is None
    ring_back(store, 456)
    assert told(store, datetime.now(UTC)).waits == {"callback": 1}


def test_what_is_left_in_the_moment_in_which_the_rest_is_put_off_waits_for_nothing(store):
    ring_back(store, 123)
    inbox, now = Inbox(store, REFERENCES), datetime.now(UTC)
    inbox.take(inbox.items()[0], now)
    notice = told(store, now)
    ring_back(store, 456)
    Notices(store).later(notice, now + timedelta(days=1), "taken")
    assert told(store, datetime.now(UTC)).waits == {"callback": 1}


def test_staff_are_not_told_of_what_is_done(store):
    ring_back(store, 123)
    inbox, now = Inbox(store, REFERENCES), datetime.now(UTC)
    inbox.done(inbox.items()[0], now)
    assert told(store, now) is None and Notices(store).due(now + timedelta(days=1)) == []
    ring_back(store, 456)
    assert told(store, datetime.now(UTC)).waits == {"callback": 1}


def test_a_notice_says_when_an_item_was_taken(store):
    ring_back(store, 123)
    inbox, now = Inbox(store, REFERENCES), datetime.now(UTC)
    inbox.take(inbox.items()[0], now)
    assert (told_now := told(store, now)).taken == {"callback": [now]} and not told_now.waits


def test_a_notice_that_was_sent_twice_makes_one_reminder(store):
    ring_back(store, 123)
    now = datetime.now(UTC)
    first = told(store, now)
    for _ in range(2):
        Notices(store).sent(first, now, now)
    assert len(Notices(store).due(now)) == 1


def test_what_an_older_program_wrote_down_of_one_item_is_told_with_the_rest(store):
    ring_back(store, 123)
    now, item = datetime.now(UTC), Inbox(store, REFERENCES).items()[0]
    with store.write() as connection:
        old = {"kind": "callback", "item": item.id, "number": 1}
        connection.execute(update(notice_table).values(old))
    assert told(store, now) is None
    assert told(store, now).waits == {"callback": 1}


def test_of_what_waits_without_a_notice_staff_are_told_all_the_same(store):
    now = datetime.now(UTC)
    Notices(store).look(("mail", "text"), now)
    assert Notices(store).due(now) == []
    ring_back(store, 123)
    with store.write() as connection:
        connection.execute(delete(notice_table))
    for _ in range(2):
        Notices(store).look(("mail", "text"), now)
    assert len(Notices(store).due(now)) == 2
