"""The exchange's text messages: the Messages part of Twilio's REST API, and delivery.

Owns the texts that were handed over. Nothing leaves the machine: a delivered text is one that the
page can show. Forms and codes are those of Twilio's Messages resource and error pages.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Blueprint, Response, jsonify, request

from ivr.exchange.account import Account
from ivr.exchange.verbs import parse
from ivr.exchange.wire import Wire, WireError

LONGEST_BODY = 1_600
PAGE = 50
WAY = ("sent", "delivered")
API = "/2010-04-01/Accounts/<account_sid>/Messages"


@dataclass(frozen=True, slots=True)
class Text:
    """One text as the carrier knows it."""

    sid: str
    to: str
    sender: str
    body: str
    status: str
    made: datetime
    callback: str = ""


@dataclass
class Mailroom:
    """Takes texts, delivers them, and tells the status address how far each is."""

    account: Account
    wire: Wire
    texts: dict[str, Text] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, form: Mapping[str, str]) -> Text:
        """Accept a text. Raises Refused with Twilio's code."""
        number, body = form.get("To", ""), form.get("Body", "")
        if not (number.startswith("+") and number[1:].isdigit() and 8 <= len(number) <= 16):
            raise Refused(21211, f"The 'To' number {number} is not a valid phone number.")
        if number in self.stopped:
            raise Refused(21610, "Attempt to send to unsubscribed recipient")
        if not body:
            raise Refused(21602, "Message body is required.")
        if len(body) > LONGEST_BODY:
            raise Refused(21617, "The concatenated message body exceeds the 1600 character limit.")
        sender, callback = form.get("From", ""), form.get("StatusCallback", "")
        made = datetime.now(UTC)
        text = Text("SM" + uuid.uuid4().hex, number, sender, body, "queued", made, callback)
        self._keep(text)
        threading.Thread(target=self._deliver, args=(text,), daemon=True).start()
        return text

    def listed(self, to: str, sender: str) -> list[Text]:
        """Texts to and from these numbers (empty: any), the newest first."""
        with self._lock:
            found = reversed(self.texts.values())
            return [text for text in found if to in ("", text.to) and sender in ("", text.sender)]

    def text_in(self, url: str, sender: str, body: str) -> list[str]:
        """Somebody texts the line's number; what it answers."""
        form = {
            "MessageSid": "SM" + uuid.uuid4().hex,
            "AccountSid": self.account.sid,
            "From": sender,
            "To": self.account.number,
            "Body": body,
            "NumMedia": "0",
        }
        answer = self.wire.ask("POST", url, form)
        verbs = parse(answer.body, answer.content_type)
        return [verb.text for verb in verbs if verb.name == "Message"]

    def _deliver(self, text: Text) -> None:
        for status in WAY:
            text = replace(text, status=status)
            self._keep(text)
            if text.callback:
                self._tell(text)

    def _tell(self, text: Text) -> None:
        form = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "AccountSid": self.account.sid,
            "MessageStatus": text.status,
            "SmsStatus": text.status,
            "From": text.sender,
            "To": text.to,
            "ApiVersion": "2010-04-01",
        }
        try:
            self.wire.ask("POST", text.callback, form)
        except WireError:
            # As at Twilio: a status that nobody takes is lost, the text is not.
            return

    def _keep(self, text: Text) -> None:
        with self._lock:
            self.texts[text.sid] = text


class Refused(Exception):
    """The carrier does not take a text: Twilio's code and words."""

    def __init__(self, code: int, words: str) -> None:
        self.code = code
        super().__init__(words)


Fault = Callable[[], Response | None]


def blueprint(mailroom: Mailroom, fault: Fault = lambda: None) -> Blueprint:
    """The Messages resource over HTTP. ``fault`` may answer in its place, for tests."""
    api = Blueprint("messages", __name__)
    account = mailroom.account

    @api.before_request
    def authorised() -> Response | None:
        given = request.authorization
        if given and (given.username, given.password) == (account.sid, account.token):
            return None
        return _error(401, 20003, "Authenticate")

    @api.post(API + ".json")
    def create(account_sid: str) -> Response:
        if early := fault():
            return early
        try:
            text = mailroom.take(request.form)
        except Refused as refused:
            return _error(400, refused.code, str(refused))
        late = fault()
        return late or _made(_shown(account, text))

    @api.get(API + ".json")
    def index(account_sid: str) -> Response:
        found = mailroom.listed(request.args.get("To", ""), request.args.get("From", ""))
        page = [_shown(account, text) for text in found[:PAGE]]
        return jsonify(messages=page, page=0, page_size=PAGE, next_page_uri=None, uri=request.path)

    @api.get(API + "/<sid>.json")
    def one(account_sid: str, sid: str) -> Response:
        text = mailroom.texts.get(sid)
        return jsonify(_shown(account, text)) if text else _error(404, 20404, "not found")

    return api


def _made(shown: Mapping[str, object]) -> Response:
    response = jsonify(shown)
    response.status_code = 201
    return response


def _error(status: int, code: int, words: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    response = jsonify(code=code, message=words, more_info=more, status=status)
    response.status_code = status
    return response


def _shown(account: Account, text: Text) -> dict[str, object]:
    """A text in the form of Twilio's Message resource."""
    made = format_datetime(text.made)
    return {
        "sid": text.sid,
        "account_sid": account.sid,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "status": text.status,
        "direction": "outbound-api",
        "date_created": made,
        "date_updated": made,
        "date_sent": None if text.status == "queued" else made,
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{account.sid}/Messages/{text.sid}.json",
        "subresource_uris": {},
    }
