"""What a manager does about a finding, in words that name no file, setting or command.

Owns these words, the page of the staff pages that helps, what callers notice, and what is only
missing because a line is a demonstration. What is for whoever runs the server stays in the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ivr.health.doctor.finding import Diagnosis, Health

SERVER = "Tell whoever runs the server."
WAITING, TEXTS, CONTACTS = "/office/waiting", "/office/texts", "/office/draft/contacts"
ADVISERS, TOPICS, CHANGES = "/office/advisers", "/office/words", "/office/draft"


class _Words(NamedTuple):
    """``says`` empty: what the finding says. ``noticed``: by callers, while it is bad."""

    says: str = ""
    do: str = SERVER
    page: str = ""
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs doing. ``page``: where, empty where no page of ours helps."""

    says: str
    do: str
    page: str
    red: bool


WORDS: Mapping[str, _Words] = {
    "database": _Words(
        "Texts, messages and requests to be rung back may be refused. Calls are answered.",
        noticed=True,
    ),
    "worker": _Words("Texts are not sent, and messages do not come in.", noticed=True),
    "purge": _Words("Old messages and numbers are not being deleted."),
    "counting": _Words("The figures on the page Callers are not up to date."),
    "test-call": _Words(
        "The line could not be tried out by a test call.",
        "Ring the line and press a key. If you hear nothing, tell whoever runs the server at once.",
        noticed=True,
    ),
    "backup": _Words("There is no fresh backup of what callers left."),
    "recordings": _Words(
        do="Callers hear these in another voice. Ask whoever runs the server to record them.",
    ),
    "texts": _Words(do="See which, and why.", page=TEXTS),
    "limits": _Words(
        do="At 100 % callers hear that no text can be sent. Whoever runs the server can allow "
        "more.",
        page=TEXTS,
    ),
    "old-texts": _Words("Texts that should be deleted are still at Twilio."),
    "account": _Words(
        "No text goes out: Twilio does not serve our account. Texts wait up to 4 hours.",
        "Has the account any money left? If it has, tell whoever runs the server.",
        noticed=True,
    ),
    "refusals": _Words(
        "Many requests that were not signed as Twilio signs them were refused.",
        "Ring the line. If it does not answer, tell whoever runs the server at once.",
    ),
    "waiting": _Words(do="Ring the oldest first: they stand at the top.", page=WAITING),
    "bank-holidays": _Words(do="Ask whoever runs the server for the newest version."),
    "advisers": _Words(do="See to it on the page Advisers.", page=ADVISERS, noticed=True),
    "rota": _Words(do="Agree who is on duty then, or close the line for that time.", page=ADVISERS),
    "proxies": _Words("One visitor who guesses passwords could lock everybody out."),
    "contacts": _Words(
        do="Check each name, and ring each number; then write down the day.", page=CONTACTS
    ),
    "advice": _Words(do="Read it against the law, then write down the day.", page=TOPICS),
    "edition": _Words(
        "The program has new sentences that your published words lack. Callers hear its own.",
        "Read them, and publish.",
        CHANGES,
    ),
    "keys": _Words(
        do="Ring the line from a mobile and from a home phone, and press 2. If the line "
        "does not hear it, tell whoever runs the server."
    ),
    "disk": _Words("The server’s disk is nearly full."),
    "files": _Words("Others who use the server can read what callers left."),
    "address": _Words("The line cannot be reached from outside as it should be.", noticed=True),
    "signature": _Words("The line answers calls that do not come from Twilio."),
    "certificate": _Words("The line’s web address cannot be trusted, or not for much longer."),
    "audio-address": _Words("Callers hear no recordings.", noticed=True),
    "clock": _Words("The server’s clock may be wrong."),
    "number": _Words("The number that callers ring does not lead to this line.", noticed=True),
    "twilio": _Words("The account at Twilio is not ready for many calls at once."),
    "fallback": _Words("When the line is down, callers hear nothing."),
    "mail": _Words("Nobody is told by mail when a caller has left something."),
}
"""By the name of a finding; of one with a part (``limits:3``), by what stands before it."""
LAUNCH = frozenset(
    {"number", "twilio", "fallback", "mail", "contacts", "certificate", "proxies", "files"}
)
"""What a demonstration lacks and a line for real calls must have."""


def need(finding: Diagnosis) -> Need:
    """What to do about a finding that is not good. One that is not known is for the server."""
    words = WORDS.get(finding.name.partition(":")[0], _Words())
    red = finding.state is Health.BAD and words.noticed
    return Need(words.says or finding.says, words.do, words.page, red)
