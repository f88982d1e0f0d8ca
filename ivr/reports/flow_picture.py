"""The call flow as a picture: nodes as boxes, ways as bands as wide as callers are many.

Owns where boxes stand and how wide bands are. It shows nothing that the tables beside it do not
say in words, and only numbers that ``usage`` lets be shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.line.model import Line
from ivr.line.statistics import rounded, share, shown
from ivr.reports.callers import OWN_NAMES, name_of
from ivr.reports.pages import rendered
from ivr.store.statistics import Span

WIDE, HIGH = 200, 66
ACROSS, DOWN = 330, 88
MARGIN = 16
THICKEST = 22
"""Pixels of the band that most calls went along."""
LETTERS = 23
"""Letters of a line in a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """One node. ``bars``: heard to the end, asked for a person, ended here, in hundredths."""

    node: str
    x: int
    y: int
    lines: tuple[str, ...]
    callers: str
    bars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """One way that callers went: the curve, its width, and how many."""

    path: str
    width: float
    callers: str
    x: float
    y: float
    says: str


def svg(line: Line, span: Span) -> str:
    """The picture, to stand in a page. Empty where nobody rang."""
    boxes = {box.node: box for box in _boxes(line, span)}
    if not boxes:
        return ""
    return rendered(
        "flow.svg",
        boxes=boxes.values(),
        bands=list(_bands(line, span, boxes)),
        wide=max(box.x for box in boxes.values()) + WIDE + ARCS,
        high=max(box.y for box in boxes.values()) + HIGH + MARGIN,
        box=(WIDE, HIGH),
        top=LEGEND,
    )


ARCS = 70
"""Pixels beside the last column, for bands that go around within it."""
LEGEND = 40
"""Pixels above the boxes, where the marks are explained."""


def _boxes(line: Line, span: Span) -> Iterator[Box]:
    columns = _columns(line, span)
    deepest = max((len(column) for column in columns), default=0)
    for across, column in enumerate(columns):
        spare = (deepest - len(column)) * DOWN // 2
        for down, node in enumerate(column):
            yield _box(line, span, node, across, LEGEND + MARGIN + spare + down * DOWN)


def _box(line: Line, span: Span, node: str, across: int, y: int) -> Box:
    name, came = name_of(line, node), span.of("place", node)
    lines = textwrap.wrap(name[:1].upper() + name[1:], LETTERS, max_lines=2, placeholder=" …")
    bars = tuple(share(span.of(what, node), came) or 0 for what in ("heard", "zero", "left"))
    return Box(node, MARGIN + across * ACROSS, y, tuple(lines), shown(came), bars)


def _columns(line: Line, span: Span) -> list[list[str]]:
    """The nodes that anybody came to, by how many keys they are from the start."""
    came = {at for (at, _), calls in span.each("place").items() if calls}
    depth = _depths(line)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for node, keys in depth.items():
        if node in came:
            columns[keys].append(node)
    # Anything may lead to what the line has of its own.
    columns.append([node for node in OWN_NAMES if node in came])
    return [column for column in columns if column]


def _depths(line: Line) -> dict[str, int]:
    """How many keys each node is from the start; in the order in which keys offer them."""
    keys: Mapping[str, Mapping[str, str]] = line.keys()
    depth, ring = {line.start: 0}, [line.start]
    while ring:
        found = [to for at in ring for to in _offered(line, keys, at) if to not in depth]
        depth |= dict.fromkeys(found, depth[ring[0]] + 1)
        ring = list(dict.fromkeys(found))
    return depth


def _offered(line: Line, keys: Mapping[str, Mapping[str, str]], at: str) -> list[str]:
    """What a menu offers; a topic only goes on to the next, and that is no deeper."""
    return list(keys[at].values()) if at in line.menus else []


def _bands(line: Line, span: Span, boxes: Mapping[str, Box]) -> Iterator[Band]:
    most = max((rounded(calls) or 1 for calls in span.each("path").values()), default=1)
    for (at, to), callers in span.each("path").items():
        near = rounded(callers)
        if at not in boxes or to not in boxes or not near:
            continue
        here, there = boxes[at], boxes[to]
        if there.x < here.x:
            # Going back crosses everything else; the table has it.
            continue
        says = f"{shown(callers)} calls went from {name_of(line, at)} to {name_of(line, to)}"
        path, x, y = _curve(here, there)
        width = max(1.5, THICKEST * near / most)
        yield Band(path, round(width, 1), shown(callers), x, y, says)


def _curve(here: Box, there: Box) -> tuple[str, float, float]:
    """From the right side of one box to the left of another; in one column, around to the right."""
    x, y, v = here.x + WIDE, here.y + HIGH / 2, there.y + HIGH / 2
    if there.x == here.x:
        out = x + 30 + abs(v - y) / 6
        return (
            f"M{x} {y + 12:.0f} C{out:.0f} {y:.0f} {out:.0f} {v:.0f} {x} {v - 12:.0f}",
            out - 18,
            (y + v) / 2,
        )
    half = (x + there.x) / 2
    # The number stands near the end of a short band, and near the start of one that crosses others.
    along = 0.78 if there.x - here.x == ACROSS else 0.06
    at = _at(along, (x, y), (half, y), (half, v), (there.x, v))
    return f"M{x} {y:.0f} C{half:.0f} {y:.0f} {half:.0f} {v:.0f} {there.x} {v:.0f}", *at


def _at(along: float, *points: tuple[float, float]) -> tuple[float, float]:
    """The point of a cubic curve, ``along`` of the way from its start to its end."""
    back = 1 - along
    parts = (back**3, 3 * back**2 * along, 3 * back * along**2, along**3)
    x, y = (sum(part * p[side] for part, p in zip(parts, points, strict=True)) for side in (0, 1))
    return x, y
