"""What a step asks of the outside: which text is kept and for whom, and who gets an adviser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.line.call import HoldRingGroup, KeepVoicemail, SendText
from ivr.line.ring_groups import Adviser, RingGroup
from ivr.secrets.seal import References
from ivr.store import Inbox, Outbox, Recordings, Talks, open_store
from ivr.webhooks.effects import Effects
from tests.support.lines import LINE

REFERENCES = References("a secret for tests")
MOBILE, LANDLINE = "+447700900123", "+447700900456"


@pytest.fixture
def store(tmp_path):
    made = open_store(f"sqlite:///{tmp_path}/line.db", 300)
    yield made
    made.close()


def effects(store, **known):
    kept = (Inbox(store, REFERENCES, ()), Recordings(store, REFERENCES, ()))
    return Effects(Outbox(store, REFERENCES), *kept, Talks(store, REFERENCES), "", **known)


def test_only_a_number_that_can_be_texted_is_texted(store):
    staff_pages = effects(store, textable=lambda number: number == MOBILE)
    assert staff_pages.do("CA1", SendText("apples", "en", LANDLINE), LINE) == "not_mobile"
    assert staff_pages.do("CA1", SendText("apples", "en", MOBILE), LINE) == "queued"
    assert staff_pages.outbox.waiting() == [(MOBILE, "Advice line, about your call: apples.")]


def test_a_day_worked_out_anew_is_another_text_and_a_topic_is_not(store):
    staff_pages = effects(store)
    asked = [
        SendText("deadline", "en", MOBILE, "by Monday"),
        SendText("deadline", "en", MOBILE, "by Tuesday"),
        SendText("deadline", "en", MOBILE, "by Tuesday"),
    ]
    got = [staff_pages.do("CA1", each, LINE) for each in asked]
    assert got == ["queued", "queued", "already"]
    assert [body for _, body in staff_pages.outbox.waiting()] == ["by Monday", "by Tuesday"]


def test_a_desk_takes_as_many_callers_as_it_says(store):
    line = replace(LINE, ring_groups={"adviser": RingGroup((Adviser("first"),), most=2)})
    staff_pages = effects(store)
    who = HoldRingGroup("adviser", groups=(("first",), ("second", "third")))
    got = [staff_pages.do(f"CA{n}", who, line) for n in range(3)]
    assert got == ["free:first", "free:second~third", "full"]


def test_who_is_rung_for_others_is_not_held_again(store):
    staff_pages = effects(store)
    asked = [(("first",),), (("first",),), (("first", "second"), ("third",))]
    line = replace(LINE, ring_groups={"adviser": RingGroup((Adviser("first"),))})
    got = [
        staff_pages.do(f"CA{n}", HoldRingGroup(groups=groups), line)
        for n, groups in enumerate(asked)
    ]
    assert got == ["free:first", "talking", "free:second"]


def test_without_its_database_nobody_is_held_and_it_is_said(tmp_path):
    line = replace(LINE, ring_groups={"adviser": RingGroup((Adviser("first"),))})
    lost = open_store(f"sqlite:///{tmp_path}", 300)
    assert effects(lost).do("CA1", HoldRingGroup(groups=(("first",),)), line) == "failed"


def test_a_step_that_is_repeated_while_the_database_is_away_is_one_line_in_the_log(
    tmp_path, caplog
):
    lost = effects(open_store(f"sqlite:///{tmp_path}", 300))
    for call in ("CA1", "CA1", "CA2", "CA1"):
        assert lost.do(call, KeepVoicemail("RE1", 12, "", "en"), LINE) == "failed"
    assert caplog.text.count("KeepVoicemail could not be done") == 2, "one for each call"
