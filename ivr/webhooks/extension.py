"""What is joined to the application: the services of each package, one object of each kind.

Owns the one name under which they stand among Flask's extensions. Loads nothing of the line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from flask import Flask

Kind = TypeVar("Kind")
NAME = "ivr"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The line's own. ``begin()``: answer calls, in a process that was forked off.

    ``close()``: end what runs in the background, so that nothing that was noted is lost.
    ``processes``: how many web processes are usual.
    """

    begin: Callable[[], None]
    close: Callable[[], None]
    processes: int


def join(app: Flask, *services: object) -> None:
    """Join these to the application, each in place of what was there of its kind."""
    app.extensions.setdefault(NAME, {}).update({type(each): each for each in services})


def services_of(app: Flask, kind: type[Kind]) -> Kind:
    """What is joined to the application of this kind."""
    found: Kind = app.extensions[NAME][kind]
    return found
