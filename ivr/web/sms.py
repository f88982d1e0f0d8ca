"""The text messages' webhooks: somebody texts in, and Twilio tells how a text of ours went.

Owns ``POST /sms`` and ``POST /sms/status``.
"""

from __future__ import annotations

import logging
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, current_app, g

from ivr import texts
from ivr.web.guard import signed
from ivr.web.voice import XML, Desk

log = logging.getLogger(__name__)
sms = Blueprint("sms", __name__)


@sms.post("/sms")
@signed
def text_in() -> Response:
    """A text to the line is answered with a topic, or with the words that bring one."""
    desk: Desk = current_app.extensions["desk"]
    body = "" if g.odd else g.form.get("Body", "")
    return Response(_reply(texts.answer(desk.shelf.line(""), body)), content_type=XML)


@sms.post("/sms/status")
@signed
def text_status() -> Response:
    """Where a text of ours has got to. A status that cannot be kept is asked for again."""
    if not g.odd:
        sid, status = g.form.get("MessageSid", ""), g.form.get("MessageStatus", "")
        current_app.extensions["outbox"].status(sid, status, g.form.get("ErrorCode", ""))
    return Response(status=204)


def _reply(words: str) -> bytes:
    response = Xml.Element("Response")
    if words:
        Xml.SubElement(response, "Message").text = words
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    return document
