"""The text messages' webhooks: somebody texts in, and Twilio tells how a text of ours went.

Owns ``POST /sms`` and ``POST /sms/status``. Nothing that is texted is logged or kept: only that a
number wants no more texts, how it was answered and what that cost, and a wish to be rung.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree import ElementTree as Xml

from flask import Blueprint, Response, current_app, g, request

from ivr import texts
from ivr.line.model import Line
from ivr.line.numbers import DRAMA, mobile, ringable
from ivr.secrets.seal import Sealer
from ivr.secrets.sealed_box import SealedBoxError, seal
from ivr.store import Asking, StoreDownError
from ivr.store.answers import TextIn, Verdict
from ivr.store.services import StoreServices
from ivr.store.spells import Once
from ivr.texts import AskedInText, Taken
from ivr.texts.languages import UNKNOWN
from ivr.webhooks.extension import services_of
from ivr.webhooks.guard import signed
from ivr.webhooks.voice import XML, CallServices

log = logging.getLogger(__name__)
sms = Blueprint("sms", __name__)


@sms.errorhandler(StoreDownError)
def _not_now(error: Exception) -> Response:
    """What cannot be kept is asked for again: Twilio repeats what ends with 5xx."""
    if services_of(current_app, Once).first((request.endpoint, g.form.get("MessageSid"))):
        says = "%s is asked for again, the database did not take it: %s"
        log.error(says, request.endpoint, error)
    return Response("not now", 503)


UNASKED = {"leave": False, "saying": "friend"}
"""How to ring somebody who could not be asked what is safe: no message, and no word of us."""


NEWS = ("MessageSid", "MessageStatus", "ErrorCode")
"""What Twilio tells of a text of ours."""


@sms.post("/sms")
@signed
def text_in() -> Response:
    """A text to the line is answered with what it asks for, or with the words that bring it.

    A wish for no more texts that cannot be kept fails, so that Twilio asks again. The same text
    told again is decided once, and answered the same.
    """
    services = services_of(current_app, CallServices)
    said = _said(services.content_store.line(""), services.clock().date())
    verdict = services_of(current_app, StoreServices).answers.text_in(_counted(said), _now())
    _heed(said, verdict)
    rings = said.asked.ring and (verdict.heard or said.danger)
    asked = said.asked
    rung = ask_back(said.line, said.number, asked.note, asked.language) if rings else ""
    told = _answer(said, verdict, rung)
    if told and said.asked.kind == "date":
        _remember_letter(said)
    return Response(_reply(told), content_type=XML)


@sms.post("/sms/status")
@signed
def text_status() -> Response:
    """Where a text of ours has got to. A status that cannot be kept is asked for again."""
    outbox = services_of(current_app, StoreServices).outbox
    sid, status, error = (g.form.get(name, "") for name in NEWS)
    outbox.status(sid, status, error, request.args.get("id", ""))
    return Response(status=204)


def silent() -> bytes:
    """No answer, to a text that comes to no address of the line's."""
    return _reply(())


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that has come: its words, what they ask for, and what the carrier says of them."""

    line: Line
    today: date
    number: str
    body: str
    told: str
    asked: AskedInText

    @property
    def danger(self) -> bool:
        """Whether it speaks of danger."""
        return self.asked.danger

    def taken(self, stopped: bool = False) -> Taken:
        """What the carrier has taken it for, and answers itself."""
        return texts.taken(self.body, self.told, stopped)


def _said(line: Line, today: date) -> ReceivedText:
    number, body, told = (g.form.get(name, "") for name in ("From", "Body", "OptOutType"))
    waiting = _waiting_letter(number) if number and texts.answers_question(body) else None
    asked = texts.asked(line, body, today, waiting)
    if not body.strip() and g.form.get("NumMedia", "0") not in ("", "0"):
        asked = AskedInText("picture")
    return ReceivedText(line, today, number, body, told, asked)


def _counted(said: ReceivedText) -> TextIn:
    """The text as it is counted, with the parts of what it would be answered with."""
    told = _told(said, "0000" if ringable(said.number) else "cannot")
    return TextIn(
        g.form.get("MessageSid", ""),
        said.number,
        full=sum(map(texts.segments, told)),
        short=texts.segments(_shortest(said, told)) if told else 0,
        danger=said.danger,
        starts=said.taken() == "start" or said.asked.kind == "start",
        thanks=said.asked.kind == "thanks",
        unclear=texts.unclear(said.asked),
    )


def _told(said: ReceivedText, rung: str) -> tuple[str, ...]:
    """The whole answer, where no limit stands against it; none where the carrier answers itself."""
    taken = said.taken()
    if taken == "stop" or (taken and not said.danger):
        return ()
    return texts.whole(said.line, said.asked, said.today, said.body, rung)


def _shortest(said: ReceivedText, told: tuple[str, ...]) -> str:
    """The one text that stands for the whole answer; of danger that is its own, however long."""
    if said.danger:
        return told[0]
    return texts.shortest(said.line, told, bool(mobile(said.number)))


def _answer(said: ReceivedText, verdict: Verdict, rung: str) -> tuple[str, ...]:
    """What is texted back."""
    told = _told(said, rung) if verdict.size else ()
    return (_shortest(said, told),) if told and verdict.size == "short" else told


def _heed(said: ReceivedText, verdict: Verdict) -> None:
    """Remember a number that wants no texts, or wants them again. No limit applies to that.

    What the carrier has taken the text for goes before its words. Whoever has no number, such as
    a short code, is nobody in particular and on no list.
    """
    optouts = services_of(current_app, StoreServices).optouts
    taken, asked = said.taken(verdict.stopped), said.asked
    if not said.number:
        return
    if taken == "start":
        optouts.start(said.number, verdict.at)
    elif taken == "stop" or asked.stop or asked.kind == "stop":
        optouts.stop(said.number, verdict.at)
    elif asked.kind == "start":
        optouts.start(said.number, verdict.at)
    if asked.cancel:
        services_of(current_app, StoreServices).inbox.withdraw(said.number, verdict.at)


def _sealer() -> Sealer:
    kept = services_of(current_app, StoreServices)
    return Sealer(*kept.settings.secrets, purpose="texted")


def _remember_letter(said: ReceivedText) -> None:
    """Whoever was told the last day for a letter was asked if they have a certificate."""
    sealed = _sealer().seal(str(said.asked.day), said.number)
    try:
        services_of(current_app, StoreServices).texters.asked(said.number, sealed, _now())
    except StoreDownError as error:
        log.error("a question that was asked by text could not be remembered: %s", error)


def _waiting_letter(number: str) -> date | None:
    """The date of the letter that this number was asked about; None where that was long ago."""
    try:
        sealed = services_of(current_app, StoreServices).texters.waits(number, _now())
    except StoreDownError:
        return None
    opened = _sealer().open(sealed, number)
    return date.fromisoformat(opened) if opened else None


def ask_back(line: Line, number: str, note: str = "", language: str = "") -> str:
    """Keep a wish to be rung on ``number``: as ``KeepCallback``, or ``cannot`` where the number
    may not be rung. The same text, told again by Twilio, keeps nothing more.

    ``note``: what they wrote of numbers and times, for the adviser; ``language``: the tag of the
    one that they wrote in or asked for.
    """
    kept = services_of(current_app, StoreServices)
    if not ringable(number) or (number.startswith(DRAMA) and kept.settings.production):
        return "cannot"
    known = {"about": "", "lang": _known(language) or line.languages[0], "best": "any"}
    try:
        wish = {"number": number, **UNASKED, **({"said": note} if note else {})}
        sealed = seal(kept.settings.public_key, json.dumps(wish).encode())
        sid = g.form.get("MessageSid", "")
        words = seal(kept.settings.public_key, note.encode()) if note else None
        asking = Asking(number, words)
        outcome = kept.inbox.keep_callback(sid, number, sealed, _now(), asking, **known)
    except (StoreDownError, SealedBoxError) as error:
        log.error("a wish to be rung could not be kept: %s", error)
        return "failed"
    if outcome == "full":
        log.info("a wish to be rung is not kept: full")
    return outcome


def _known(language: str) -> str:
    """A language that staff are told by its name; empty for one that nobody could make out."""
    return "" if language == UNKNOWN else language


def _now() -> datetime:
    """By the real clock, even where LINE_CLOCK fixes the line's."""
    return datetime.now(UTC)


def _reply(words: Iterable[str]) -> bytes:
    response = Xml.Element("Response")
    for each in words:
        Xml.SubElement(response, "Message").text = each
    document: bytes = Xml.tostring(response, "utf-8", xml_declaration=True)
    return document
