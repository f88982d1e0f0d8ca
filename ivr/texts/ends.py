"""What became of a text, in plain words for staff, and what they can do.

Owns these words. Source of the codes: Twilio's pages of its errors.
"""

from __future__ import annotations

from collections.abc import Mapping

ENDS: Mapping[str, tuple[str, str]] = {
    "21211": ("there is no such number", "nothing"),
    "21610": ("this phone has said STOP", "nothing; it can text START"),
    "30003": ("the phone was off or out of reach", "it may be asked for again"),
    "21408": ("Twilio may not text that country", "nothing; only UK mobiles are texted"),
    "21608": ("a trial account texts only numbers it knows", "pay for the account at Twilio"),
    "21614": ("this is no mobile number", "nothing"),
    "30004": ("the phone or its network takes no texts from us", "nothing"),
    "30032": ("the line's number is not registered for texts", "register it at Twilio"),
    "30005": ("there is no such phone", "nothing"),
    "30006": ("a landline, or a phone that takes no texts", "nothing"),
    "30007": (
        "the network held it back as unwanted",
        "ask Twilio why",
    ),
    "30008": ("the network did not say why", "it may be asked for again"),
    "30450": (
        "too many to one range of numbers at once",
        "look if the line is being misused",
    ),
    "unnamed": ("sent; the carrier gave it an id that another text has", "nothing"),
    "too late": ("it could not be sent for 4 hours", "look if Twilio is reachable, and its money"),
    "not mobile": ("Twilio says that this is no mobile", "nothing"),
    "stopped": ("this phone said STOP before it was sent", "nothing; it can text START"),
}
"""The carrier's code, or our own word: why it did not arrive, and what staff can do."""
STUCK = ("handed over, and the carrier told nothing final for an hour", "look in Twilio's log")
WAITS = ("not handed over for an hour", "look if the worker runs: ivr work")
ACCOUNT_CODE = "account "
"""Before the code of a text that waits because the carrier serves nobody of this account."""
ACCOUNT = (
    "Twilio serves nobody of this account now",
    "look at the account: its money, its token, its number, is it suspended",
)
UNKNOWN = ("the carrier's code is {error}", "look the code up on Twilio's page of errors")


def told(status: str, error: str) -> tuple[str, str]:
    """Why a text did not arrive, and what staff can do about it."""
    if status == "waiting":
        return ACCOUNT if error.startswith(ACCOUNT_CODE) else WAITS
    if status not in ("undelivered", "failed", "canceled"):
        return STUCK
    why, do = ENDS.get(error, UNKNOWN if error else ("it did not arrive", UNKNOWN[1]))
    return why.format(error=error), do
