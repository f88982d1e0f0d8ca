"""Calls from test numbers: they hear the draft, are told so first, and are counted nowhere.

Owns what is another thing for such a call. It is asked of the database, as no other call is: where
that is away, it hears what callers hear.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ivr.line.call import Note
from ivr.line.model import Line
from ivr.line.numbers import one_form
from ivr.store import Journal
from ivr.store.last_nodes import LastNodes
from ivr.store.services import StoreServices
from ivr.webhooks.voice import CallServices, Lines

log = logging.getLogger(__name__)


class Uncounted(Journal):
    """A journal in which nothing is written."""

    def note(self, call_sid: str, notes: tuple[Note, ...]) -> None:
        """See Journal."""


@dataclass(frozen=True, slots=True)
class DraftFirst:
    """See ``Lines``: a call begins with the draft of this ``version``, where it can be read."""

    lines: Lines
    draft: str

    def line(self, version: str) -> Line:
        """See Lines."""
        if version or not self.draft:
            return self.lines.line(version)
        line = self.lines.line(self.draft)
        return replace(line, tried="draft_first" if line.version == self.draft else "draft_unread")


@dataclass(frozen=True, slots=True)
class Trying:
    """``numbers()``: the test numbers, in memory. ``draft()``: the version of the open draft, laid
    out on this machine, empty where there is none; it may raise anything."""

    kept: StoreServices
    numbers: Callable[[], frozenset[str]]
    draft: Callable[[], str]

    def __call__(self, services: CallServices, form: Mapping[str, str]) -> CallServices:
        """The services of this call."""
        if one_form(form.get("From", "")) not in self.numbers():
            return services
        store, references = self.kept.store, self.kept.references
        return replace(
            services,
            content_store=DraftFirst(services.content_store, self._draft()),
            journal=Uncounted(store, references),
            last_nodes=LastNodes(store, references, on=False),
            often=lambda *_: False,
        )

    def _draft(self) -> str:
        try:
            return self.draft()
        except Exception:
            # Whatever it was, the call goes on with what callers hear.
            log.exception("a test number hears no draft")
            return ""
