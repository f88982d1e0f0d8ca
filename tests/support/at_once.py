"""Several who do the same at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Of, Outcome = TypeVar("Of"), TypeVar("Outcome")


def at_once(does: Callable[[Of], Outcome], things: Iterable[Of]) -> list[Outcome]:
    """Do this with each of these, all at once; what came of each, or the first error."""
    each = [*things]
    with ThreadPoolExecutor(len(each)) as pool:
        return [*pool.map(does, each)]
