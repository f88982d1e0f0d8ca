"""The Messages part of Twilio's REST API, over HTTP, for the simulator's texts.

Owns its addresses, forms and answers: those of Twilio's OpenAPI document (held against it in
tests/unit/test_openapi.py). What becomes of a text is the mailroom's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from email.utils import format_datetime
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from ivr.simulator.account import SimulatedAccount
from ivr.simulator.mailroom import ERRORS, Mailroom, Refused, Text

__all__ = ["Mailroom", "Refused", "Text", "authorised", "blueprint", "error", "refused"]

PAGE, LARGEST_PAGE = 50, 1_000
VERSION = "2010-04-01"
API = f"/{VERSION}/Accounts/<account_sid>/Messages"
EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Fault = Callable[[], Response | None]


def blueprint(mailroom: Mailroom, fault: Fault = lambda: None) -> Blueprint:
    """The Messages resource over HTTP. ``fault`` may answer a creation, for tests.

    It is asked before and after each. Every other address of the API is not found.
    """
    api = Blueprint("messages", __name__)
    api.before_request(partial(authorised, mailroom.account))
    api.register_error_handler(Refused, refused)
    _add_all(api, mailroom, fault)
    _add_one(api, mailroom)

    @api.route(f"/{VERSION}/<path:rest>", methods=METHODS)
    def unknown(rest: str) -> Response:
        raise _missing()

    return api


def authorised(account: SimulatedAccount) -> Response | None:
    """Only the account itself, with its token, and only at its own addresses."""
    given = request.authorization
    if not given or (given.username, given.password) != (account.sid, account.token):
        response = error(401, 20003, "Authenticate")
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return response
    if (request.view_args or {}).get("account_sid", account.sid) != account.sid:
        raise _missing()
    return None


def _add_all(api: Blueprint, mailroom: Mailroom, fault: Fault) -> None:
    """Create a text, and list them."""

    @api.post(API + ".json")
    def create(account_sid: str) -> Response:
        if early := fault():
            return early
        text = mailroom.take(request.form)
        return fault() or _answer(_shown(mailroom.account, text), 201)

    @api.get(API + ".json")
    def index(account_sid: str) -> Response:
        return _answer(_page(mailroom, request.args))


def _add_one(api: Blueprint, mailroom: Mailroom) -> None:
    """Fetch, update and delete one text."""
    one = API + "/<sid>.json"

    @api.get(one)
    def fetch(account_sid: str, sid: str) -> Response:
        return _answer(_shown(mailroom.account, mailroom.get(sid)))

    @api.post(one)
    def update(account_sid: str, sid: str) -> Response:
        return _answer(_shown(mailroom.account, _updated(mailroom, sid)))

    @api.delete(one)
    def delete(account_sid: str, sid: str) -> Response:
        mailroom.delete(sid)
        return Response(status=204)


def _updated(mailroom: Mailroom, sid: str) -> Text:
    """The text after it was canceled, or its words forgotten: nothing else can be changed."""
    text = mailroom.get(sid)
    if request.form.get("Body") or request.form.get("Status", "canceled") != "canceled":
        raise Refused(20001, "Body may only be empty, and Status only canceled.")
    if "Status" in request.form:
        text = mailroom.cancel(sid)
    return mailroom.redact(sid) if "Body" in request.form else text


# --- the list --------------------------------------------------------------------------------


def _page(mailroom: Mailroom, asked: Mapping[str, str]) -> dict[str, object]:
    """One page of the list. Raises Refused for a parameter that is none."""
    try:
        size, number = int(asked.get("PageSize", PAGE)), int(asked.get("Page", 0))
        token = asked.get("PageToken", "").removeprefix("PA")
        older, matches = mailroom.newest(int(token) if token else None), _filter(asked)
    except (ValueError, OverflowError):
        raise Refused(20001, "Invalid parameter") from None
    if not (1 <= size <= LARGEST_PAGE and number >= 0):
        raise Refused(20001, "PageSize must be 1 to 1000, and Page 0 or more.")
    found = [text for text in older if matches(text)]
    # A token says where a page begins; the page's number counts only where there is none.
    found = found if token else found[number * size :]
    return _listed(mailroom.account, asked, found[:size], (number, size), len(found) > size)


def _listed(
    account: SimulatedAccount,
    asked: Mapping[str, str],
    shown: list[Text],
    at: tuple[int, int],
    more: bool,
) -> dict[str, object]:
    (number, size), path = at, _path(account)
    filters = {name: value for name, value in asked.items() if name not in ("Page", "PageToken")}
    first = {**filters, "PageSize": size, "Page": 0}
    following = {**first, "Page": number + 1, "PageToken": f"PA{shown[-1].place if more else ''}"}
    return {
        "messages": [_shown(account, text) for text in shown],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": max(0, number * size + len(shown) - 1),
        "uri": f"{path}?{urlencode(asked)}",
        "first_page_uri": f"{path}?{urlencode(first)}",
        "next_page_uri": f"{path}?{urlencode(following)}" if more else None,
        "previous_page_uri": None,
    }


def _filter(asked: Mapping[str, str]) -> Callable[[Text], bool]:
    """Which texts are asked for. Raises ValueError for a date that is none."""
    to, sender = asked.get("To", ""), asked.get("From", "")
    spans = [
        _day(_moments(asked.get("DateSent", ""))),
        (EVER[0], _moments(asked.get("DateSent<", ""))[1]),
        (_moments(asked.get("DateSent>", ""))[0], EVER[1]),
    ]
    begin, end = max(span[0] for span in spans), min(span[1] for span in spans)

    def matches(text: Text) -> bool:
        at = text.sent
        known = (begin, end) == EVER if at is None else begin <= at <= end
        return known and to in ("", text.to) and sender in ("", text.sender)

    return matches


def _moments(text: str) -> tuple[datetime, datetime]:
    """The first and last moment that a date or a time, in GMT, means. Raises ValueError."""
    if not text:
        return EVER
    moment = datetime.fromisoformat(text)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _day((moment, moment)) if len(text) == len("2026-11-24") else (moment, moment)


def _day(moments: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """The whole days of these moments. Twilio's client writes a date as its midnight."""
    first, last = moments
    return (
        datetime.combine(first, time.min, UTC),
        datetime.combine(last, time.max, UTC),
    )


# --- answers ---------------------------------------------------------------------------------


def _path(account: SimulatedAccount) -> str:
    return f"/{VERSION}/Accounts/{account.sid}/Messages.json"


def _missing() -> Refused:
    return Refused(20404, f"The requested resource {request.path} was not found", 404)


def refused(no: Refused) -> Response:
    """What Twilio refuses, as an answer of the API."""
    return error(no.status, no.code, str(no))


def error(status: int, code: int, words: str) -> Response:
    """An answer of the API that says no, with Twilio's code."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return _answer({"code": code, "message": words, "more_info": more, "status": status}, status)


def _answer(shown: Mapping[str, object], status: int = 200) -> Response:
    response = jsonify(shown)
    response.status_code = status
    return response


def _shown(account: SimulatedAccount, text: Text) -> dict[str, object]:
    """A text in the form of Twilio's Message resource."""
    return {
        "sid": text.sid,
        "account_sid": account.sid,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "status": text.status,
        "direction": "outbound-api",
        "date_created": format_datetime(text.made),
        "date_updated": format_datetime(text.changed),
        "date_sent": format_datetime(text.sent) if text.sent else None,
        "num_segments": str(text.segments),
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "error_code": text.error,
        "error_message": ERRORS[text.error] if text.error else None,
        "messaging_service_sid": text.service or None,
        "api_version": VERSION,
        "uri": _path(account).replace(".json", f"/{text.sid}.json"),
        "subresource_uris": {},
    }
