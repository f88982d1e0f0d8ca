"""The Lookup part of Twilio's REST API (version 2), over HTTP: what kind of number one is.

Owns its address and answers: those of Twilio's OpenAPI document (tests/unit/test_openapi.py holds
them against it). Knows Ofcom's drama numbers only; of others it cannot tell the kind.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, jsonify, request

from ivr.simulator.account import SimulatedAccount
from ivr.simulator.mailroom import LANDLINES
from ivr.simulator.rest import Refused, resource

MOBILES = "+447700900"
PORTED = "+447700900998"
"""A number that begins as mobiles do and is a landline, so that this can be tried."""
FIELD = "line_type_intelligence"
PACKAGES = (
    "call_forwarding",
    "caller_name",
    "identity_match",
    "line_status",
    "phone_number_quality_score",
    "pre_fill",
    "reassigned_number",
    "sim_swap",
    "sms_pumping_risk",
)
"""What else Twilio can tell of a number, and the simulator cannot."""


def blueprint(account: SimulatedAccount) -> Blueprint:
    """The Lookup resource over HTTP."""
    api = resource("lookups", account)

    @api.get("/v2/PhoneNumbers/<number>")
    def fetch(number: str) -> Response:
        fields = set(filter(None, request.args.get("Fields", "").split(",")))
        if not fields <= {FIELD, "validation"}:
            raise Refused(60606, "The package is not enabled here.")
        return jsonify(_shown(number, FIELD in fields))

    return api


def line_type(number: str) -> str:
    """Twilio's word for the kind of ``number``."""
    if number == PORTED or number.startswith(LANDLINES):
        return "landline"
    return "mobile" if number.startswith(MOBILES) else "unknown"


def _shown(number: str, typed: bool) -> dict[str, object]:
    """What is told of a number. Only British ones of the right length are valid here."""
    known = re.fullmatch(r"\+[1-9]\d{6,14}", number) is not None
    valid = re.fullmatch(r"\+44[1-9]\d{8,9}", number) is not None
    return {
        "calling_country_code": "44" if valid else None,
        "country_code": "GB" if valid else None,
        "phone_number": number if known else None,
        "national_format": f"0{number[3:7]} {number[7:]}" if valid else None,
        "valid": valid,
        "validation_errors": None if valid else ["INVALID_BUT_POSSIBLE"],
        **dict.fromkeys(PACKAGES),
        FIELD: _typed(line_type(number)) if valid and typed else None,
        "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
    }


def _typed(kind: str) -> dict[str, object]:
    """The kind, and whose number it is: 234 is Britain and 15 a mobile network there."""
    return {
        "carrier_name": "The exchange",
        "error_code": None,
        "mobile_country_code": "234",
        "mobile_network_code": "15",
        "type": kind,
    }
