"""What golden calls promise by their names: whether one keeps it, and which topic has none.

Owns the meaning of names. ``topic-complaint`` hears that topic to its end; another first word that
is a menu, a form or a purpose of the line's own (``choose``, ``deadline``, ``text``) is reached;
``person-busy`` ends so. Any other name promises nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product

from ivr.flow import OWN, family
from ivr.line.model import Line
from ivr.simulator import events
from ivr.simulator.golden_calls import GoldenCall, MadeCall

NODE = re.compile(rb"[?;&]at=([a-z0-9-]+)")
"""Where a call is, in the address that the line gives out for its next step."""
PERSON, TOPIC = "person", "topic"
ENDS = ("closed", "busy", "no-answer", "failed", "refused")
"""How asking for a person may end."""
UNRECORDED = "Line (Twilio's voice): "


def lost(line: Line, script: GoldenCall, made: MadeCall) -> str:
    """What a call does not reach that its name says; empty where it keeps its promise."""
    kind, _, rest = _short(script.name).partition("-")
    nodes = _nodes(made)
    if kind == TOPIC:
        return _unheard(line, script, made, rest, nodes)
    if kind == PERSON and (ends := [end for end in ENDS if rest.startswith(end)]):
        return "" if f"nobody-{ends[0]}" in nodes else f"the end “{ends[0]}”"
    purposes = {handler.family or node for node, handler in OWN.items()}
    if kind not in purposes and not line.has(kind):
        return ""
    return "" if kind in (*nodes, *map(family, nodes)) else f"“{kind}”"


def unrecorded(made: MadeCall) -> list[str]:
    """Sentences of the line's that have no recording yet, so that Twilio's voice says them."""
    said = [row for row in made.transcript if row.startswith(UNRECORDED)]
    return [row.removeprefix(UNRECORDED) for row in said]


def missing(line: Line, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each topic's call in each language that is not among these names, and what is in its file."""
    chosen_by = {lang: [key] for key, lang in line.language_keys.items()}
    for lang, topic in product(line.languages, line.topics):
        name = f"{lang}/{TOPIC}-{topic}"
        way = _way(line, topic)
        if name not in names and way is not None:
            keys = [*chosen_by.get(lang, ()), *way]
            words = line.words(lang).topics[topic]
            pressed = ", ".join(f'"{key}"' for key in [*keys, "-", *("-" for _ in words.parts)])
            about = f"A parent hears all of {words.name} without pressing a key, then rings off."
            yield name, f"about: {about}\nkeys: [{pressed}]\n"


def _short(name: str) -> str:
    return name.rpartition("/")[2]


def _nodes(made: MadeCall) -> list[str]:
    """Where the call came, in order, by the addresses that it was given."""
    asked = [event for event in made.events if isinstance(event, events.Asked)]
    found = [at.decode() for event in asked for at in NODE.findall(event.body)]
    return list(dict.fromkeys(found))


def _unheard(
    line: Line, script: GoldenCall, made: MadeCall, topic: str, nodes: Collection[str]
) -> str:
    if topic not in line.topics:
        return f"“{topic}”, which is no topic any more"
    words = line.words(script.name.partition("/")[0]).topics[topic]
    heard = [row.partition(": ")[2] for row in made.transcript]
    if topic not in nodes or any(part.says not in heard for part in words.parts):
        return f"the end of the topic “{topic}”"
    return ""


def _way(line: Line, topic: str) -> list[str] | None:
    """The fewest keys from the main menu to a topic; None where no menu leads there."""
    ways: dict[str, list[str]] = {line.start: []}
    for node in (queue := [line.start]):
        for key, to in line.menus[node].keys.items() if node in line.menus else ():
            if to not in ways:
                ways[to] = [*ways[node], key]
                queue.append(to)
    return ways.get(topic)
