"""Every seam of the line: each thing that a step asks of something else, and how to break one.

Owns the list, made from the program itself, so that a new seam cannot be missed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

from flask import Flask

from ivr.store import Inbox, Journal, Outbox, Recordings, Store, Talks
from ivr.store.board import Board, BoardCopy
from ivr.store.limits import Limits
from ivr.store.optouts import OptOuts
from ivr.store.staff import StaffList

STORE = (
    *(Store, Outbox, Inbox, Recordings, Talks, Journal, Board, BoardCopy, Limits, OptOuts),
    StaffList,
)
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
        f"{desk} {field.name}"
        for desk in ("desk", "staff_desk")
        for field in fields(app.extensions[desk])
        if not isinstance(getattr(app.extensions[desk], field.name), VALUES)
        and field.name != "last_words"
    ]
    return [*named, *(f"{kind.__name__} {name}" for kind in STORE for name in public(kind))]


@contextmanager
def break_(app: Flask, seam: str) -> Iterator[None]:
    """One seam raises in this block."""
    part, name = seam.split()
    kinds = {kind.__name__: kind for kind in STORE}
    if part in kinds:
        whole = getattr(kinds[part], name)
        setattr(kinds[part], name, broken)
        yield
        setattr(kinds[part], name, whole)
    else:
        desk = app.extensions[part]
        app.extensions[part] = replace(desk, **{name: Broken()})
        yield
        app.extensions[part] = desk
