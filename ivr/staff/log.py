"""The log in sentences: who did what, as a colleague would tell it.

Owns the words for each thing that staff do. What is kept of it is a short name, in the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ivr.staff.places import path_of
from ivr.staff.services import StaffServices
from ivr.staff.titles import title

SAYS: Mapping[str, str] = {
    "joined": "chose a password and joined",
    "invited": "invited somebody as {of}",
    "password": "changed their password",
    "factor": "set up their second factor",
    "role-viewer": "made {of} a viewer",
    "role-adviser": "made {of} an adviser",
    "role-editor": "made {of} an editor",
    "role-manager": "made {of} a manager",
    "signed-out": "signed {of} out everywhere",
    "removed": "removed {of}",
    "hours-open": "opened the line",
    "hours-close": "closed the line until midnight",
    "hours-usual": "let the usual hours hold again",
    "hours-withdraw": "took the announcement away",
    "announced": "put up an announcement",
    "draft": "changed {of}",
    "draft-thrown-away": "threw the draft away",
    "draft-put-back": "put the draft back",
    "publish": "published edition {of}",
    "back": "went back to edition {of}",
    "recording-sent": "sent up a recording of a sentence",
    "recording-used": "let callers hear a recording that a person has read",
    "recording-removed": "removed a recording that a person had read",
    "test-number-added": "entered a test number",
    "test-number-removed": "removed a test number",
    "texts-stop": "put a number on the do-not-text list",
    "texts-start": "took a number off the do-not-text list",
    "texts-misunderstood": "kept a text that was misunderstood",
    "adviser-added": "entered an adviser",
    "adviser-changed": "changed the adviser {of}",
    "adviser-removed": "took the adviser {of} away",
    "adviser-sooner": "let the adviser {of} ring sooner",
    "adviser-test-ring": "rang the adviser {of} for a test",
    "adviser-unread-removed": "took advisers away who could not be read",
    "adviser-ring": "changed whether advisers ring together",
    "adviser-taken-over": "entered the advisers of the file",
}
"""What comes after a name. ``{of}``: a person, an edition, a sentence."""


def told(services: StaffServices) -> Iterator[tuple[datetime, str, str]]:
    """When, who and what, the newest first."""
    names = services.people.accounts.names()
    known = names | {each.key: each.name for each in services.advisers.roster().people}
    for each in services.changes.newest():
        of = _sentence(services, each.of) if each.what == "draft" else known.get(each.of, each.of)
        says = SAYS.get(each.what, f"{each.what} {{of}}").format(of=of or "somebody")
        yield each.at, names.get(each.by, "Somebody in the terminal"), says


def _sentence(services: StaffServices, of: str) -> str:
    """What was changed, by its name; a name that was cut stays as it stands."""
    file, _, path = of.partition(" ")
    files = services.drafting.files()
    return title(services.line(), files, file, path_of(path)) if path and file in files else of
