"""The simulator's account and numbers: that part of Twilio's REST API.

Owns which addresses each number asks, as somebody has set them there. Forms are those of Twilio's
Account and IncomingPhoneNumbers resources.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from ivr.simulator.account import SimulatedAccount
from ivr.simulator.rest import ACCOUNT, VERSION, Refused, missing, page, path_of, resource

API = ACCOUNT + "/IncomingPhoneNumbers"
URLS = ("voice_url", "voice_fallback_url", "status_callback", "sms_url", "sms_fallback_url")
METHODS = (
    *("voice_method", "voice_fallback_method", "status_callback_method"),
    *("sms_method", "sms_fallback_method"),
)
NOTHING = {"voice_url": None, "voice_fallback_url": None}
"""How Twilio shows an address that is not set; the others are empty."""
OTHER = {"sms_application_sid": "", "voice_application_sid": "", "friendly_name": ""}


class Numbers:
    """The numbers of the account, each with its addresses. May be shared by threads."""

    def __init__(self, account: SimulatedAccount, *others: str) -> None:
        self.account = account
        self.made = datetime.now(UTC)
        self._set: dict[str, dict[str, str]] = {
            number: dict.fromkeys(URLS, "") | dict.fromkeys(METHODS, "POST") | OTHER
            for number in (account.number, *others)
        }
        self._lock = threading.Lock()

    def listed(self, wanted: str = "") -> list[str]:
        """The numbers that hold these digits."""
        return [number for number in self._set if wanted in number]

    def of(self, sid: str) -> str | None:
        """The number of this id."""
        return next((number for number in self._set if _sid(number) == sid), None)

    def addresses(self, number: str) -> Mapping[str, str]:
        """What stands in the fields of a number."""
        with self._lock:
            return dict(self._set[number])

    def change(self, number: str, form: Mapping[str, str]) -> None:
        """Change what a form names; nothing where any of it is wrong. Raises Refused."""
        fields = {_snake(name): value for name, value in form.items()}
        for name, value in fields.items():
            if name in URLS and value and not _is_address(value):
                raise Refused(21502, f"{name} is not a web address")
            if name in METHODS and value not in ("GET", "POST"):
                raise Refused(21403, f"{name} must be GET or POST")
        with self._lock:
            known = self._set[number]
            known.update({name: value for name, value in fields.items() if name in known})


def blueprint(numbers: Numbers) -> Blueprint:
    """The resource over HTTP."""
    api = resource("numbers", numbers.account)

    @api.get(ACCOUNT + ".json")
    def account_itself(account_sid: str) -> Response:
        return jsonify(_account(numbers))

    @api.get(API + ".json")
    def index(account_sid: str) -> Response:
        return jsonify(_page(numbers, request.args))

    @api.get(API + "/<sid>.json")
    def fetch(account_sid: str, sid: str) -> Response:
        return jsonify(_shown(numbers, _number(numbers, sid)))

    @api.post(API + "/<sid>.json")
    def update(account_sid: str, sid: str) -> Response:
        number = _number(numbers, sid)
        numbers.change(number, request.form)
        return jsonify(_shown(numbers, number))

    return api


def _account(numbers: Numbers) -> dict[str, object]:
    sid, made = numbers.account.sid, format_datetime(numbers.made)
    return {
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "The telephone company on this machine",
        "status": "active",
        "type": "Full",
        "auth_token": "",
        "date_created": made,
        "date_updated": made,
        "uri": f"/{VERSION}/Accounts/{sid}.json",
        "subresource_uris": {},
    }


def _page(numbers: Numbers, asked: Mapping[str, str]) -> dict[str, object]:
    found = numbers.listed(asked.get("PhoneNumber", ""))
    path = path_of(numbers.account, "IncomingPhoneNumbers.json")
    return page(path, {"incoming_phone_numbers": [_shown(numbers, number) for number in found]})


def _shown(numbers: Numbers, number: str) -> dict[str, object]:
    sid = _sid(number)
    set_there = numbers.addresses(number)
    made = format_datetime(numbers.made)
    return {
        "sid": sid,
        "account_sid": numbers.account.sid,
        "phone_number": number,
        "uri": path_of(numbers.account, "IncomingPhoneNumbers", f"{sid}.json"),
        "api_version": VERSION,
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": made,
        "date_updated": made,
        "origin": "twilio",
        "status": "in-use",
        "type": "local",
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
        "emergency_status": "Inactive",
        "emergency_address_status": "unregistered",
        **dict.fromkeys(
            ("address_sid", "identity_sid", "trunk_sid", "emergency_address_sid", "bundle_sid")
        ),
        **{name: value or NOTHING.get(name, "") for name, value in set_there.items()},
    }


def _sid(number: str) -> str:
    return "PN" + hashlib.sha256(number.encode()).hexdigest()[:32]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _number(numbers: Numbers, sid: str) -> str:
    if number := numbers.of(sid):
        return number
    raise missing()
