"""How much of each limit on texts is used, in words.

Owns the name of each limit for people, and the setting that raises it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.health.doctor.checkup import Checkup
from ivr.health.doctor.finding import Diagnosis, good, look

NEAR = 80
"""Per cent of a limit from which it is said."""
SHORT = "given when ANSWERS_A_DAY or ANSWERS_PENCE_A_MONTH is used up"
FIXED = "fixed"
LIMITS = {
    "a_day": ("texts in 24 hours", "TEXTS_A_DAY"),
    "a_month": ("texts this month", "TEXTS_A_MONTH"),
    "pence_a_month": ("pence this month, at {pence} a part", "TEXTS_PENCE_A_MONTH"),
    "staff_a_day": ("parts to staff in 24 hours", "STAFF_TEXTS_A_DAY"),
    "staff_pence_a_month": ("pence to staff this month", "STAFF_TEXTS_PENCE_A_MONTH"),
    "answers_a_day": ("parts in answer in 24 hours", "ANSWERS_A_DAY"),
    "answers_pence_a_month": ("pence in answer this month", "ANSWERS_PENCE_A_MONTH"),
    "short_a_day": ("parts in short answers in 24 hours", SHORT),
    "short_pence_a_month": ("pence in short answers this month", SHORT),
    "danger_a_day": ("parts in danger above the limits in 24 hours", "DANGER_A_DAY"),
    "danger_pence_a_month": ("pence in danger above the limits this month", "DANGER_A_DAY"),
    "elsewhere_a_day": ("parts to other than UK mobiles in 24 hours", FIXED),
    "elsewhere_pence_a_month": ("pence to other than UK mobiles this month", FIXED),
    "elsewhere_danger_a_day": ("parts to these in danger in 24 hours", FIXED),
    "elsewhere_danger_pence_a_month": ("pence to these in danger this month", FIXED),
}


def limits(checkup: Checkup) -> Iterator[Diagnosis]:
    """Whether a limit on texts is nearly used up. Each is told of by itself."""
    near = [use for use in checkup.kept.sent.used(checkup.now) if use.level >= NEAR]
    for use in near:
        what, setting = LIMITS[use.limit]
        what = what.format(pence=checkup.settings.pence_a_segment)
        says = f"{use.level} % of a limit on texts is used: {use.used} of {use.most} {what}."
        do = f"Callers are told when texts stop. To raise it: {setting} (docs/settings.md)."
        yield look(f"limits:{list(LIMITS).index(use.limit)}", says, do)
    if not near:
        yield good("limits", "No limit on texts is nearly used up.")
