"""The text messages' webhooks: texting in, and how far a text of ours is."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

import pytest
from sqlalchemy import select

from ivr import texts
from ivr.store import open_store
from ivr.store.tables import message


def answers(telephone, body: str) -> list[str]:
    form = {"MessageSid": "SM1", "From": "+447700900123", "Body": body}
    response = telephone.post("/sms", form)
    assert response.status_code == 200 and response.mimetype == "text/xml"
    return [each.text for each in Xml.fromstring(response.data).iter("Message")]


@pytest.mark.parametrize("body", ["complain", "COMPLAINT", " Complain. ", "2"])
def test_a_word_or_number_brings_the_topic_as_it_is_texted_from_a_call(telephone, app, body):
    line = app.extensions["desk"].shelf.line("")
    assert answers(telephone, body) == [line.words("en").topics["complaint"].text]


def test_every_topic_can_be_had_by_texting_in(telephone, app):
    words = app.extensions["desk"].shelf.line("").words("en")
    for topic in words.topics.values():
        assert answers(telephone, topic.keywords[0]) == [topic.text]


@pytest.mark.parametrize("body", ["", "what", "😀", "x" * 1600, "\u202e\x00", "<b>&"])
def test_anything_else_brings_a_short_menu_in_two_parts_at_most(telephone, body):
    (menu,) = answers(telephone, body)
    assert "2 COMPLAIN" in menu and texts.segments(menu) <= 2


@pytest.mark.parametrize("body", ["STOP", "start"])
def test_what_the_carrier_answers_itself_is_left_to_it(telephone, body):
    assert answers(telephone, body) == []


def test_a_status_callback_is_written_down_once_and_for_all(telephone, app, settings):
    outbox = app.extensions["outbox"]
    outbox.queue("CA1", "complaint", "en", "+447700900123", "words", datetime.now(UTC))
    ((message_id, _),) = outbox.due(datetime.now(UTC))
    outbox.claim(message_id, datetime.now(UTC))
    outbox.accepted(message_id, "SM1")
    for status in ("delivered", "sent", "delivered", "queued"):
        form = {"MessageSid": "SM1", "MessageStatus": status}
        assert telephone.post("/sms/status", form).status_code == 204
    store = open_store(settings.database)
    with store.read() as connection:
        assert connection.execute(select(message.c.status)).scalar_one() == "delivered"
    store.close()


def test_a_status_of_a_text_that_is_not_ours_is_taken_in_silence(telephone):
    form = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    assert telephone.post("/sms/status", form).status_code == 204


def test_health_and_readiness(telephone, app):
    assert telephone.client.get("/healthz").json == {"status": "ok"}
    assert telephone.client.get("/readyz").status_code == 200
    app.extensions["ready"]["database"] = lambda: False
    red = telephone.client.get("/readyz")
    assert red.status_code == 503 and red.json["checks"]["database"] is False
