"""The text messages' webhooks: texting in, and how far a text of ours is."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update

from ivr import texts
from ivr.config import DEMO_SECRET
from ivr.secrets.sealed_box import pair_of, unseal
from ivr.store import Asking, open_store
from ivr.store.limits import Caps
from ivr.store.services import StoreServices
from ivr.store.tables import optout, sms, texter
from ivr.webhooks.extension import services_of
from ivr.webhooks.voice import CallServices
from tests.support.telephone import answers, text

MOBILE, OTHER, FOREIGN = "+447700900123", "+447700900124", "+33123456789"
SIDS = count(1000)
MOST_AN_HOUR = 20


class Stopped:
    """Who is remembered to want no texts, of the numbers of these tests."""

    def __init__(self, app) -> None:
        self.app = app

    @property
    def numbers(self) -> set[str]:
        optouts, known = services_of(self.app, StoreServices).optouts, (MOBILE, OTHER, FOREIGN)
        found = {number for number in known if optouts.stopped(number)}
        assert len(optouts._store.rows(select(optout))) == len(found)
        return found


@pytest.fixture
def optouts(app) -> Stopped:
    return Stopped(app)


@contextmanager
def locked(settings):
    """Another process holds the database, so that nothing can be kept."""
    other = sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.close()


@pytest.mark.parametrize("body", ["complain", "COMPLAINT", " Complain. ", "2", "complian"])
def test_a_word_or_number_brings_the_topic_as_it_is_texted_from_a_call(telephone, app, body):
    line = services_of(app, CallServices).content_store.line("")
    (told,) = answers(telephone, body)
    wanted = line.words("en").topics["complaint"].text
    assert told.partition(": ")[2] == wanted.partition(": ")[2] and "your call" not in told


def test_every_topic_can_be_had_by_texting_in(telephone, app):
    words = services_of(app, CallServices).content_store.line("").words("en")
    for topic in words.topics.values():
        (told,) = answers(telephone, topic.keywords[0])
        assert told.partition(": ")[2] == topic.text.partition(": ")[2]


@pytest.mark.parametrize("body", ["", " ", "what", "🐶", "\u202e\x00", "<b>&", "?"])
def test_anything_else_brings_a_short_menu_in_two_parts_at_most(telephone, body):
    (menu,) = answers(telephone, body)
    assert "2 COMPLAIN" in menu and texts.segments(menu) <= 2


def test_a_picture_alone_is_told_that_it_cannot_be_seen(telephone):
    picture = {
        "NumMedia": "1",
        "MediaUrl0": "https://example.org/1",
        "MediaContentType0": "image/jpeg",
    }
    (told,) = answers(telephone, "", **picture)
    assert "cannot see pictures" in told and "date" in told


def test_a_letters_date_brings_the_last_day_by_the_lines_own_clock(telephone):
    told, read_as = answers(telephone, "letter 5 October 2026")
    assert "if your letter is dated Monday 5 October 2026" in told
    assert "ring the mediation adviser by Friday 4 December 2026." in told
    assert "Monday 5 October 2026" in read_as


def test_a_question_for_the_certificate_may_be_answered_for_a_day(telephone, app, settings):
    assert "Tuesday 5 January 2027" not in " ".join(answers(telephone, "yes 5 december"))
    answers(telephone, "letter 5 October 2026")
    (told,) = answers(telephone, "yes 20 nov", sid="SM1")
    assert "Monday 5 October 2026" in told and "Friday 18 December 2026" in told
    assert answers(telephone, "yes 20 nov", sid="SM1") == [told]
    assert "mediation certificate" in answers(telephone, "yes")[0]
    assert "ring the mediation adviser by Friday 4 December 2026" in answers(telephone, "no")[0]
    assert "5 October" not in " ".join(answers(telephone, "no", OTHER))
    store = open_store(settings.database)
    with store.write() as connection:
        (row,) = connection.execute(select(texter)).all()
        assert "2026-10" not in row.sealed and MOBILE not in str(row)
        connection.execute(update(texter).values(at=datetime.now(UTC) - timedelta(hours=25)))
    store.close()
    assert "5 October" not in " ".join(answers(telephone, "no"))


def test_thanks_are_answered_once_in_a_day(telephone):
    first = answers(telephone, "thanks", sid="SM1")
    assert len(first) == 1 and answers(telephone, "thanks", sid="SM1") == first
    assert answers(telephone, "ok") == answers(telephone, "thank you so much") == []
    assert answers(telephone, "thanks", OTHER) == first and answers(telephone, "complain")


def test_a_call_that_was_asked_for_is_taken_back_by_text(telephone, app):
    inbox = services_of(app, StoreServices).inbox
    answers(telephone, "please ring me")
    (told,) = answers(telephone, "cancel the call back")
    assert "will not ring you" in told and inbox.items() == []
    answers(telephone, "please ring me")
    assert len(inbox.items()) == 1
    answers(telephone, "never phone me")
    assert inbox.items() == []


def test_a_call_that_somebody_else_asked_for_is_not_taken_back(telephone, app):
    inbox = services_of(app, StoreServices).inbox
    asking = Asking(OTHER, b"")
    inbox.keep_callback(
        "CA1", MOBILE, b"sealed", datetime.now(UTC), asking, about="", lang="en", best="any"
    )
    answers(telephone, "cancel the call back")
    assert len(inbox.items()) == 1


def test_a_time_in_a_wish_is_kept_for_the_adviser(telephone, app):
    answers(telephone, "Hello there. Please ring me after 3. Thank you")
    (item,) = services_of(app, StoreServices).inbox.items()
    wish = json.loads(unseal(pair_of(DEMO_SECRET)[1], item.sealed))
    assert wish["said"] == "Please ring me after 3"


def test_danger_tells_staff_at_once_where_a_contact_is_set(telephone, app):
    kept = services_of(app, StoreServices)
    kept.answers._ways = ("mail",)
    answers(telephone, "he hits me", sid="SM1")
    answers(telephone, "he hits me", sid="SM1")
    ((notice, _),) = kept.notices.due(datetime.now(UTC))
    assert kept.notices.claim(notice, datetime.now(UTC)).danger


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_texts_told_five_times_in_any_order_are_each_answered_once(telephone, app, order):
    bodies = ("please ring me", "letter 5 October 2026", "complain")
    told = [
        {tuple(answers(telephone, bodies[at], sid=f"SM{at}")) for _ in range(5)} for at in order
    ]
    assert {len(each) for each in told} == {1}
    assert len(services_of(app, StoreServices).inbox.items()) == 1


@pytest.mark.parametrize("body", ["STOP", "stop", " Unsubscribe ", "QUIT", "optout"])
def test_stop_is_answered_by_the_carrier_alone_and_remembered(telephone, optouts, body):
    assert answers(telephone, body) == []
    assert optouts.numbers == {MOBILE}


@pytest.mark.parametrize("number", ["rcs:" + MOBILE, "whatsapp:" + MOBILE, "07700900123"])
def test_stop_on_another_way_stops_texts_to_the_same_person(telephone, optouts, number):
    answers(telephone, "STOP", number)
    assert optouts.numbers == {MOBILE}
    answers(telephone, "START", MOBILE)
    assert optouts.numbers == set()


@pytest.mark.parametrize("number", ["", "80808", "BARCLAYS", "+266696687"])
def test_who_has_no_number_is_on_no_list(telephone, optouts, number):
    answers(telephone, "STOP", number)
    assert optouts.numbers == set()


@pytest.mark.parametrize("body", ["please stop texting me", "Stop!", "Unsubscribe."])
def test_stop_in_other_words_is_remembered_and_confirmed_once(telephone, optouts, body):
    (told,) = answers(telephone, body)
    assert "no more texts" in told and "START" in told
    assert optouts.numbers == {MOBILE}


DANGER = "Advice line: if you or a child are in danger, ring 999 now. It is free."


@pytest.mark.parametrize("stop", ["STOP", "please stop texting me"])
@pytest.mark.parametrize(
    "body", ["ok", "complain", "3/11/2026", "help with school", "", "no more texts"]
)
def test_after_a_stop_there_is_silence_until_start(telephone, optouts, stop, body):
    answers(telephone, stop)
    assert answers(telephone, body) == [] and optouts.numbers == {MOBILE}
    assert answers(telephone, "he hits me")[0] == DANGER
    assert answers(telephone, "complain", OTHER)
    answers(telephone, "START")
    assert answers(telephone, body)


@pytest.mark.parametrize("body", ["HELP", "info", " Help "])
def test_help_is_answered_by_the_carrier_alone(telephone, optouts, body):
    assert answers(telephone, body) == [] and optouts.numbers == set()


def test_a_call_that_is_asked_for_after_a_stop_is_kept_in_silence(telephone, app):
    answers(telephone, "STOP")
    assert answers(telephone, "please ring me") == []
    assert len(services_of(app, StoreServices).inbox.items()) == 1


def test_a_stop_beside_danger_is_remembered_and_nothing_is_texted_that_could_be_seen(
    telephone, optouts
):
    body = "please stop texting me, he hits me when he sees these"
    assert answers(telephone, body) == []
    assert optouts.numbers == {MOBILE} and answers(telephone, "ok") == []


def test_a_call_that_is_asked_for_beside_danger_is_kept(telephone, app):
    danger, rung = answers(telephone, "he hits me please ring me")
    (item,) = services_of(app, StoreServices).inbox.items()
    assert danger == DANGER and item.reference in rung


def test_a_call_instead_of_texts_is_kept_and_both_wishes_hold(telephone, app, optouts):
    (told,) = answers(telephone, "Stop. Can someone phone me instead")
    (item,) = services_of(app, StoreServices).inbox.items()
    assert item.reference in told and optouts.numbers == {MOBILE}


@pytest.mark.parametrize(
    "body",
    [
        "never phone me",
        "cancel the call back",
        "he hits me dont ring me",
        "its not safe to call me, he hits me",
        "he reads my phone and will hurt me, STOP",
        "dont text me or ring me, he hits me",
        "I'm deaf, don't ring me, text me",
    ],
)
def test_who_does_not_want_to_be_rung_is_not(telephone, app, body):
    answers(telephone, body)
    assert services_of(app, StoreServices).inbox.items() == []


def test_danger_is_answered_even_to_a_number_that_has_had_enough(telephone):
    for _ in range(MOST_AN_HOUR + 1):
        answers(telephone, "complain")
    assert answers(telephone, "complain") == []
    assert [answers(telephone, "he hits me")[0] for _ in range(40)] == [DANGER] * 40


@pytest.mark.parametrize("body", ["START", "unstop"])
def test_start_is_answered_by_the_carrier_alone_and_lifts_the_stop(telephone, optouts, body):
    answers(telephone, "STOP")
    assert answers(telephone, body) == [] and not optouts.numbers


@pytest.mark.parametrize("body", ["complain", "", "please ring me"])
def test_nothing_else_touches_who_wants_no_texts(telephone, optouts, body):
    answers(telephone, "STOP")
    answers(telephone, body)
    assert optouts.numbers == {MOBILE}


def test_a_number_for_drama_is_not_rung_back_by_a_line_for_real_calls(telephone, app):
    kept = services_of(app, StoreServices)
    kept.settings = kept.settings.model_copy(update={"ivr_env": "production"})
    (told,) = answers(telephone, "please ring me", "+447700900123")
    assert "cannot ring" in told and services_of(app, StoreServices).inbox.items() == []
    (told,) = answers(telephone, "please ring me", "+447400123456")
    assert len(services_of(app, StoreServices).inbox.items()) == 1


def test_a_stop_that_cannot_be_kept_is_asked_for_again(telephone, settings):
    with locked(settings):
        assert text(telephone, "STOP").status_code == 503
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        assert telephone.post("/sms/status", form).status_code == 503


def test_after_twenty_answers_in_an_hour_there_is_silence_for_that_number_only(telephone, app):
    assert all(answers(telephone, "complain") for _ in range(MOST_AN_HOUR))
    assert answers(telephone, "complain") == answers(telephone, "please ring me") == []
    assert services_of(app, StoreServices).inbox.items() == []
    assert answers(telephone, "complain", OTHER)


def test_a_stop_counts_even_from_a_number_that_has_had_enough(telephone, optouts):
    for _ in range(MOST_AN_HOUR + 1):
        answers(telephone, "complain")
    answers(telephone, "STOP")
    assert optouts.numbers == {MOBILE}


@pytest.mark.parametrize("number", [MOBILE, "+442079460123"])
def test_a_wish_to_be_rung_is_kept_sealed_with_the_careful_answers(telephone, app, number):
    (told,) = answers(telephone, "please ring me", number)
    (item,) = services_of(app, StoreServices).inbox.items()
    assert item.reference in told and (item.lang, item.best, item.about) == ("en", "any", "")
    wish = json.loads(unseal(pair_of(DEMO_SECRET)[1], item.sealed))
    assert wish == {"number": number, "leave": False, "saying": "friend"}


def test_the_same_text_told_twice_is_one_wish_and_the_same_answer(telephone, app):
    first = answers(telephone, "CALLBACK", sid="SM1")
    assert answers(telephone, "CALLBACK", sid="SM1") == first
    assert len(services_of(app, StoreServices).inbox.items()) == 1
    assert answers(telephone, "CALLBACK", sid="SM2") != first


def test_however_often_a_number_asks_it_waits_once_under_the_same_digits(telephone, app):
    first, *more = [answers(telephone, "CALLBACK")[0] for _ in range(8)]
    (item,) = services_of(app, StoreServices).inbox.items()
    assert item.reference in first and "leave no message" in first
    assert len(set(more)) == 1 and item.reference in more[0] and "we know" in more[0]


def test_a_text_takes_back_nothing_of_what_was_said_in_a_call(telephone, app):
    inbox = services_of(app, StoreServices).inbox
    known = {"about": "complaint", "lang": "en", "best": "morning"}
    inbox.keep_callback("CA1", MOBILE, b"sealed in a call", datetime.now(UTC), **known)
    answers(telephone, "CALLBACK")
    (item,) = inbox.items()
    assert (item.sealed, item.about, item.best) == (b"sealed in a call", "complaint", "morning")


def test_where_no_more_calls_are_taken_down_a_text_says_what_to_do(telephone, app):
    inbox, now = services_of(app, StoreServices).inbox, datetime.now(UTC)
    inbox._caps = Caps()
    for _ in range(3):
        answers(telephone, "CALLBACK")
        inbox.done(inbox.items()[0], now)
    (told,) = answers(telephone, "CALLBACK")
    assert "cannot take down one more call" in told and "press 0" in told
    assert texts.segments(told) == 1 and inbox.items() == []


@pytest.mark.parametrize("number", ["", "BARCLAYS", "80808", "+266696687"])
def test_who_has_no_number_is_answered_nothing(telephone, app, number):
    for body in ("PERSON", "complain", "he hits me", "HELP", "stop texting me"):
        assert answers(telephone, body, number) == []
    assert services_of(app, StoreServices).inbox.items() == []


@pytest.mark.parametrize("number", [FOREIGN, "+449001234567"])
def test_a_number_that_may_not_be_rung_is_told_so_and_not_kept(telephone, app, number):
    (told,) = answers(telephone, "PERSON", number)
    assert "only ring UK numbers" in told and services_of(app, StoreServices).inbox.items() == []


def test_a_wish_that_cannot_be_kept_is_not_promised(telephone, app, settings):
    with locked(settings):
        (told,) = answers(telephone, "PERSON")
    assert "cannot take that down" in told and services_of(app, StoreServices).inbox.items() == []


def test_without_a_key_to_seal_with_nothing_is_promised(telephone, app, settings, monkeypatch):
    known = {"twilio_account_sid": "AC" + "0" * 32, "ivr_env": "demonstration"}
    keyless = settings.model_copy(update={"messages_public_key": "", **known})
    monkeypatch.setattr(services_of(app, StoreServices), "settings", keyless)
    (told,) = answers(telephone, "PERSON")
    assert "cannot take that down" in told


def test_nothing_that_is_texted_is_logged_or_kept(telephone, app, settings, caplog):
    caplog.set_level(logging.DEBUG)
    for sid, body in enumerate(["zebrafish", "please ring me zebrafish", "STOP zebrafish"]):
        answers(telephone, body, sid=f"SM{sid}")
    with locked(settings):
        answers(telephone, "please ring me zebrafish")
    database = Path(settings.database.removeprefix("sqlite:///"))
    files = b"".join(each.read_bytes() for each in database.parent.glob(database.name + "*"))
    assert "zebrafish" not in caplog.text and MOBILE not in caplog.text
    assert b"zebrafish" not in files and MOBILE.encode() not in files


def test_a_forged_text_does_nothing(telephone, optouts, app):
    for body in ("STOP", "PERSON"):
        form = {"MessageSid": "SM1", "From": MOBILE, "Body": body}
        assert telephone.post("/sms", form, signature="forged").status_code == 403
    assert not optouts.numbers and services_of(app, StoreServices).inbox.items() == []


def test_a_status_callback_is_written_down_once_and_for_all(telephone, app, settings):
    outbox = services_of(app, StoreServices).outbox
    outbox.queue("CA1", "complaint", "en", "+447700900123", "words", datetime.now(UTC))
    ((message_id, _),) = outbox.due(datetime.now(UTC))
    outbox.claim(message_id, datetime.now(UTC))
    outbox.accepted(message_id, "SM1")
    for status in ("delivered", "sent", "delivered", "queued"):
        form = {"MessageSid": "SM1", "MessageStatus": status}
        assert telephone.post("/sms/status", form).status_code == 204
    store = open_store(settings.database)
    assert store.value(select(sms.c.status)) == "delivered"
    store.close()


def test_news_of_a_text_that_still_waits_is_told_by_our_own_id_of_it(telephone, app):
    outbox = services_of(app, StoreServices).outbox
    outbox.queue("CA1", "complaint", "en", "+447700900123", "words", datetime.now(UTC))
    ((message_id, _),) = outbox.due(datetime.now(UTC))
    form = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert telephone.post(f"/sms/status?id={message_id}", form).status_code == 204
    assert outbox.due(datetime.now(UTC)) == [] and outbox.known(["SM1"]) == {"SM1"}


def test_a_status_of_a_text_that_is_not_ours_is_taken_in_silence(telephone):
    form = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    assert telephone.post("/sms/status", form).status_code == 204
