"""The Messages part of Twilio's REST API, over HTTP, for the simulator's texts.

Owns its addresses, forms and answers: those of Twilio's OpenAPI document (held against it in
tests/unit/test_openapi.py). What becomes of a text is the mailroom's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from email.utils import format_datetime

from flask import Blueprint, Response, jsonify, request

from ivr.simulator.account import SimulatedAccount
from ivr.simulator.mailroom import ERRORS, Mailroom, Text
from ivr.simulator.rest import (
    ACCOUNT,
    FIRST,
    LARGEST_PAGE,
    LAST,
    PAGE,
    VERSION,
    Refused,
    missing,
    moment,
    page,
    path_of,
    resource,
)

API = f"{ACCOUNT}/Messages"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def blueprint(mailroom: Mailroom) -> Blueprint:
    """The Messages resource over HTTP. Every other address of the API is not found."""
    api = resource("messages", mailroom.account)
    _add_all(api, mailroom)
    _add_one(api, mailroom)

    @api.route(f"/{VERSION}/<path:rest>", methods=METHODS)
    def unknown(rest: str) -> Response:
        raise missing()

    return api


def _add_all(api: Blueprint, mailroom: Mailroom) -> None:
    """Create a text, and list them."""

    @api.post(API + ".json")
    def create(account_sid: str) -> tuple[Response, int]:
        return jsonify(_shown(mailroom.account, mailroom.take(request.form))), 201

    @api.get(API + ".json")
    def index(account_sid: str) -> Response:
        return jsonify(_page(mailroom, request.args))


def _add_one(api: Blueprint, mailroom: Mailroom) -> None:
    """Fetch, update and delete one text."""
    one = API + "/<sid>.json"

    @api.get(one)
    def fetch(account_sid: str, sid: str) -> Response:
        return jsonify(_shown(mailroom.account, mailroom.get(sid)))

    @api.post(one)
    def update(account_sid: str, sid: str) -> Response:
        return jsonify(_shown(mailroom.account, _updated(mailroom, sid)))

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
    shown = found[:size]
    rows = {"messages": [_shown(mailroom.account, text) for text in shown]}
    following = str(shown[-1].place) if len(found) > size else ""
    path = path_of(mailroom.account, "Messages.json")
    return page(path, rows, number=number, size=size, following=following)


def _filter(asked: Mapping[str, str]) -> Callable[[Text], bool]:
    """Which texts are asked for. Raises ValueError for a date that is none."""
    to, sender = asked.get("To", ""), asked.get("From", "")
    spans = [
        _day(_span(asked.get("DateSent", ""))),
        (FIRST, _span(asked.get("DateSent<", ""))[1]),
        (_span(asked.get("DateSent>", ""))[0], LAST),
    ]
    begin, end = max(span[0] for span in spans), min(span[1] for span in spans)

    def matches(text: Text) -> bool:
        at = text.sent
        known = (begin, end) == (FIRST, LAST) if at is None else begin <= at <= end
        return known and to in ("", text.to) and sender in ("", text.sender)

    return matches


def _span(text: str) -> tuple[datetime, datetime]:
    """The first and last moment that a date or a time, in GMT, means. Raises ValueError."""
    span = moment(text, FIRST), moment(text, LAST)
    return _day(span) if len(text) == len("2026-11-24") else span


def _day(moments: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """The whole days of these moments. Twilio's client writes a date as its midnight."""
    first, last = moments
    return datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC)


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
        "uri": path_of(account, "Messages", f"{text.sid}.json"),
        "subresource_uris": {},
    }
