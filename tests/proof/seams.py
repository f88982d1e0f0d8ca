"""Every seam of the line: each thing that a step asks of something else, and how to break one.

Owns the list, made from the program itself, so that a new seam cannot be missed, and who asks a
method of the store.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from functools import wraps
from typing import Any
from unittest.mock import patch

from flask import Flask

from ivr.store import Inbox, Journal, Outbox, Recordings, Store, Talks
from ivr.store.answers import AnswerLog
from ivr.store.live_settings import LiveSettings, LiveSettingsCopy
from ivr.store.optouts import OptOuts
from ivr.store.staff import StaffList
from ivr.webhooks.extension import join, services_of
from ivr.webhooks.staff import StaffLineServices
from ivr.webhooks.voice import CallServices

STORE = (
    *(
        Store,
        Outbox,
        Inbox,
        Recordings,
        Talks,
        Journal,
        LiveSettings,
        LiveSettingsCopy,
        AnswerLog,
        OptOuts,
    ),
    StaffList,
)
STEPS = (CallServices, StaffLineServices)
"""What the steps of a call ask."""
VALUES = (str, bytes)


class BrokenOnPurpose(Exception):
    """What a broken seam raises: nothing that the line could expect."""


def broken(*args: object, **more: object) -> Any:
    """What stands in a broken seam's place."""
    raise BrokenOnPurpose("broken on purpose")


class Broken:
    """A part that raises, whatever is asked of it."""

    __call__ = staticmethod(broken)

    def __getattr__(self, name: str) -> Any:
        raise BrokenOnPurpose(name)


def public(kind: type) -> list[str]:
    """What others may call of a class."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return [name for name, _ in found if not name.startswith("_") and name != "close"]


def seams(app: Flask) -> list[str]:
    """By name: each part of the two desks that is no plain value, and each method of the store."""
    named = [
        f"{kind.__name__} {field.name}"
        for kind in STEPS
        for field in fields(kind)
        if not isinstance(getattr(services_of(app, kind), field.name), VALUES)
        and field.name != "last_words"
    ]
    return [*named, *(f"{kind.__name__} {name}" for kind in STORE for name in public(kind))]


@contextmanager
def break_(app: Flask, seam: str) -> Iterator[None]:
    """One seam raises in this block."""
    part, name = seam.split()
    kinds = {kind.__name__: kind for kind in STORE}
    if part in kinds:
        with patch.object(kinds[part], name, broken):
            yield
    else:
        (kind,) = (each for each in STEPS if each.__name__ == part)
        whole = services_of(app, kind)
        join(app, replace(whole, **{name: Broken()}))
        try:
            yield
        finally:
            join(app, whole)


def of_the_store(seam: str) -> bool:
    """Whether it is a method of the store, of which ``watched`` tells."""
    return seam.split()[0] in {kind.__name__ for kind in STORE}


@contextmanager
def watched(tell: Callable[[str], None]) -> Iterator[None]:
    """Whenever a method of the store is asked in this block, its seams are told."""
    with ExitStack() as stack:
        for kind in STORE:
            for name in public(kind):
                named = [f"{each.__name__} {name}" for each in kind.__mro__ if each in STORE]
                telling = _telling(getattr(kind, name), named, tell)
                stack.enter_context(patch.object(kind, name, telling))
        yield


def _telling(whole: Callable[..., Any], named: list[str], tell: Callable[[str], None]) -> Any:
    @wraps(whole)
    def telling(*args: Any, **more: Any) -> Any:
        for seam in named:
            tell(seam)
        return whole(*args, **more)

    return telling
