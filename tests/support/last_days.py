"""Letters, certificates and days, each with what a careful adviser would say: one table.

It is asked of the sums, of ``ivr deadline``, over the telephone and by text. Typed by hand from the
rules on docs/deadlines.md; shares nothing with the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Case:
    """A letter rung about on a day.

    ``day`` is the one to act by, said twice; ``law`` the last day of the law, where it is another.
    """

    letter: date
    certificate: date | None
    kind: str
    today: date
    day: date | None
    law: date | None
    advice: tuple[str, ...]


SPOKEN = {
    "ring by": "Ring the mediation adviser by",
    "ring today": "Ring the mediation adviser today.",
    "then a month": "Say you want to appeal. You get a certificate. Then you have at least one month",
    "no certificate": "ask the Tribunal to let you appeal without a certificate. Say why",
    "aim": "Aim for your appeal to arrive by",
    "missed": "If you miss that day, ring us again. You may still be in time.",
    "same day": "That is also the last day the law gives.",
    "still": "You may still be in time. Send your appeal now. The last day the law gives is",
    "perhaps": "You may be in time until",
    "now with advice": "Send your appeal now, and get advice.",
    "late": "It looks late, but you can still ask.",
    "rung too late": "If you first rang the mediation adviser after the two months, get advice.",
}
"""What is heard; ``ivr deadline`` prints the same."""
TEXTED = {
    "ring by": "ing the mediation adviser by",
    "ring today": "ing the mediation adviser today.",
    "then a month": "Say you want to appeal. You get a certificate. Then you have at least 1 month",
    "no certificate": "Ask to appeal without a certificate, and say why.",
    "aim": "im for your appeal to arrive by",
    "missed": "If you miss that, ring us. The last day the law gives is",
    "same day": "That is also the last day the law gives.",
    "still": "ou may still be in time. Send your appeal now.",
    "perhaps": "ou may be in time until",
    "now with advice": "Send your appeal now, and get advice.",
    "late": "t looks late, but you can still ask.",
    "rung too late": "If you first rang the adviser after the 2 months, get advice.",
}
ROWS = {
    "no certificate": "2026-11-23 - other 2026-11-24 2027-01-22 - | ring by, then a month",
    "not sure": "2026-11-23 - not-sure 2026-11-24 2027-01-22 - | ring by, then a month",
    "on the adviser's last day": "2026-10-01 - other 2026-12-01 2026-12-01 - | ring by, then a month",
    "on the Saturday after it": "2026-11-23 - other 2027-01-23 - - | ring today, then a month",
    "adviser's months over, August": "2026-06-15 - other 2026-08-20 2026-09-01 - | no certificate, still",
    "both over": "2026-08-03 - other 2026-10-20 - - | no certificate, late",
    "certificate, Christmas": "2026-10-01 2026-11-29 other 2026-11-29 2026-12-29 2027-01-04 | aim, missed",
    "certificate, a plain day": "2026-10-01 2026-11-10 other 2026-11-24 2026-12-10 - | aim, same day",
    "certificate, not sure": "2026-10-01 2026-11-10 not-sure 2026-11-24 2026-12-10 - | aim, same day",
    "certificate, safe day over": "2026-10-01 2026-11-29 other 2026-12-30 2027-01-04 - | still",
    "certificate, late": "2026-08-03 2026-09-03 other 2026-10-20 - - | late",
    "certificate long after two months": (
        "2026-06-01 2026-10-20 other 2026-11-02 2026-11-20 - | aim, same day, rung too late"
    ),
    "certificate long after, safe day over": (
        "2026-06-01 2026-10-29 other 2026-11-30 2026-11-30 - | still, rung too late"
    ),
    "only the school, August": "2026-06-15 - placement-only 2026-06-20 2026-08-14 2026-09-01 | aim, missed",
    "only the school, late": "2026-08-03 - placement-only 2026-10-20 - - | late",
    "only the school, certificate": (
        "2026-09-20 2026-11-10 placement-only 2026-11-24 2026-12-10 - | perhaps, now with advice"
    ),
    "only the school, its last day": (
        "2026-09-20 2026-11-10 placement-only 2026-12-10 2026-12-10 - | perhaps, now with advice"
    ),
    "only the school, a day after": "2026-09-20 2026-11-10 placement-only 2026-12-11 - - | late",
    "only the school, certificate in time": (
        "2026-11-02 2026-11-20 placement-only 2026-11-24 2026-12-31 2027-01-04 | aim, missed"
    ),
    "only the school, older certificate": (
        "2026-11-02 2026-10-20 placement-only 2026-11-24 2026-12-31 2027-01-04 | aim, missed"
    ),
}
"""Letter, certificate, kind, today, day to act by, day of the law, ``-`` for none; the advice."""


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


def _case(row: str) -> Case:
    head, _, tail = row.partition(" | ")
    letter, certificate, kind, today, day, law = head.split()
    days = (date.fromisoformat(letter), _day(certificate), kind, date.fromisoformat(today))
    return Case(*days, _day(day), _day(law), tuple(tail.split(", ")))


CASES = {name: _case(row) for name, row in ROWS.items()}


@dataclass(frozen=True)
class Odd:
    """A letter for which no date is given, and what is said of it in each way."""

    letter: date
    certificate: date | None
    kind: str
    today: date
    named: str
    status: int
    printed: str
    heard: str
    texted: str


FRESH = "ertificate may still give"
ODD = {
    "over a year old": Odd(
        date(2025, 11, 10), None, "other", date(2026, 11, 24), "too-old", 1,
        "more than 12 months old", "That was more than a year ago", "more than a year ago",
    ),
    "over a year old, fresh certificate": Odd(
        date(2025, 11, 10), date(2026, 11, 10), "other", date(2026, 11, 24), "too-old-certified", 1,
        FRESH, FRESH, FRESH,
    ),
    "the same, only the school": Odd(
        date(2025, 11, 10), date(2026, 11, 10), "placement-only", date(2026, 11, 24),
        "too-old-certified", 1, FRESH, FRESH, FRESH,
    ),
    "certificate older than the letter": Odd(
        date(2026, 11, 10), date(2026, 10, 20), "other", date(2026, 11, 24),
        "certificate-before-letter", 2, "A new letter needs a new certificate.",
        "A new letter needs a new certificate.", "",
    ),
}  # fmt: skip
