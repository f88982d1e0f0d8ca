"""What all parts of the simulator's REST API have alike: the password, refusals, pages, moments.

Owns these forms: those of Twilio's OpenAPI documents (tests/unit/test_openapi.py holds them
against it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from ivr.simulator.account import SimulatedAccount

VERSION = "2010-04-01"
ACCOUNT = f"/{VERSION}/Accounts/<account_sid>"
PAGE, LARGEST_PAGE = 50, 1_000
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Refused(Exception):
    """The carrier does not do this: Twilio's code and words, and the HTTP status."""

    def __init__(self, code: int, words: str, status: int = 400) -> None:
        self.code = code
        self.status = status
        super().__init__(words)


def missing(what: str = "") -> Refused:
    """There is nothing of that name; else, at the address that is asked."""
    return Refused(20404, f"The requested resource {what or request.path} was not found", 404)


def resource(name: str, account: SimulatedAccount) -> Blueprint:
    """A part of the API: only for the account itself, and only at its own addresses."""
    api = Blueprint(name, __name__)
    api.before_request(partial(_authorised, account))
    api.register_error_handler(Refused, lambda no: error(no.status, no.code, str(no)))
    return api


def _authorised(account: SimulatedAccount) -> Response | None:
    given = request.authorization
    if not given or (given.username, given.password) != (account.sid, account.token):
        response = error(401, 20003, "Authenticate")
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return response
    if (request.view_args or {}).get("account_sid", account.sid) != account.sid:
        raise missing()
    return None


def path_of(account: SimulatedAccount, *parts: str) -> str:
    """An address below that of the account."""
    return "/".join((f"/{VERSION}/Accounts/{account.sid}", *parts))


def error(status: int, code: int, words: str) -> Response:
    """An answer of the API that says no, with Twilio's code."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    response = jsonify(code=code, message=words, more_info=more, status=status)
    response.status_code = status
    return response


def page(
    path: str,
    rows: Mapping[str, list[dict[str, object]]],
    *,
    number: int = 0,
    size: int = PAGE,
    following: str = "",
) -> dict[str, object]:
    """One page of a list. ``following``: the last thing on it, where more follow."""
    ((key, shown),) = rows.items()
    asked = request.args
    filters = {name: value for name, value in asked.items() if name not in ("Page", "PageToken")}
    first = {**filters, "PageSize": size, "Page": 0}
    after = {**first, "Page": number + 1, "PageToken": f"PA{following}"}
    return {
        key: shown,
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": max(0, number * size + len(shown) - 1),
        "uri": f"{path}?{urlencode(asked)}",
        "first_page_uri": f"{path}?{urlencode(first)}",
        "next_page_uri": f"{path}?{urlencode(after)}" if following else None,
        "previous_page_uri": None,
    }


def moment(text: str, otherwise: datetime) -> datetime:
    """A date (its midnight) or a time, in GMT. Raises ValueError."""
    found = datetime.fromisoformat(text) if text else otherwise
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
