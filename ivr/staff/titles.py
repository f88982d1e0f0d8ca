"""What each changeable thing is called on pages: people's words in place of a file and a path.

Owns these names. ``Making a complaint · in short``; ``Christmas closure, last day``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ivr.content.edit import Step, value_at
from ivr.content.files import Files
from ivr.content.translation import SIGNED
from ivr.line.model import Line
from ivr.line.tongues import shown

KINDS: Mapping[str, str] = {
    "label": "its choice, after “To …”",
    "name": "its name",
    "help": "help after silence",
    "question": "the question",
    "summary": "in short",
    "short": "the short version",
    "text": "the text message",
    "says": "what is said",
    "facts": "what it must convey",
    "sources": "sources",
    "keywords": "words that people can text for it",
    "reviewed": "the day it was read against the law",
    "by": "who read it, and their qualification",
    "owner": "who sees that it is read again",
    "no_letter": "topics that say no time limit",
}
OF_FLOW = ("menus", "questions", "topics", "forms")
"""What of ``flow.yaml`` is about one place of the call."""
FILES: Mapping[str, str] = {
    "en/pieces.yaml": "Dates, days and numbers",
    "en/pronunciation.yaml": "How words sound",
    "en/questions.yaml": "Questions about a text",
    "en/forms.yaml": "What callers are asked",
    "facts.yaml": "What callers must learn",
    "flow.yaml": "Keys and menus",
}
CLOSURE: Mapping[str, str] = {
    "from": "first day",
    "until": "last day",
    "hours": "hours",
    "why": "why",
}
CONTACT: Mapping[str, str] = {
    "name": "name",
    "spoken": "name as callers hear it",
    "name_verified": "the day its name was checked",
    "number": "telephone number",
    "verified": "the day somebody rang it",
    "by": "who rang it",
}
OF_LINE: Mapping[str, str] = {
    "name": "The name of the line",
    "bank_holidays": "Bank holidays",
    "law_checked": "When a person last checked the law",
    "reviewed_by": "The lawyer who has checked it",
    "interpreters": "Interpreters",
    "desk": "Advisers",
    "safeguarding": "Who to tell about a child who is not safe",
    "talking": "Who listens at any hour",
    "languages": "Languages and voices",
}
SHOWN = 6
"""Words of a sentence without a name of its own by which people know it."""


def title(line: Line, files: Files, file: str, path: Sequence[Step]) -> str:
    """What the value at ``path`` is called, in the words of ``files``, where it stands."""
    if file.endswith(f"/{SIGNED}"):
        return f"Who has signed {shown(file.partition('/')[0])}"
    first, *rest = path
    if "/topics/" in file:
        stem = file.rpartition("/")[2].removesuffix(".yaml")
        return f"{_node(line, files, stem)} · {_inside(path)}"
    if file.endswith("/menus.yaml"):
        return " · ".join([_node(line, files, str(first)), *([_inside(rest)] if rest else [])])
    if file == "flow.yaml" and rest and first in OF_FLOW:
        return f"{_node(line, files, str(rest[0]))} · {_of_flow(path)}"
    if file.endswith("/says.yaml"):
        return f"“{first_words(str(_at(files, file, path) or first))}”"
    if file == "line.yaml":
        return _of_line(files, path)
    return " · ".join((FILES.get(file, "Texts that callers send"), _inside(path)))


def sentence(line: Line, files: Files, path: Sequence[Step]) -> str:
    """What a value of ``flow.yaml`` is to callers: a choice with its key, or a name."""
    to, lang = _at(files, "flow.yaml", path), line.languages[0]
    if to is None:
        return ""
    what = "label" if path[0] == "menus" else "name"
    words = str(_of_node(files, lang, str(to), what) or _words(to))
    return line.words(lang).choice(words, str(path[-1])) if path[0] == "menus" else words


def first_words(sentence: str) -> str:
    """The words by which people know a sentence."""
    words = sentence.split()
    return " ".join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")


def _of_flow(path: Sequence[Step]) -> str:
    if path[0] == "menus":
        return f"key {path[2]}" if path[2:] else "its choices"
    return "what comes next" if path[0] != "questions" else _inside(path[2:]) or "its answers"


def _node(line: Line, files: Files, name: str) -> str:
    """The name of a place: as callers hear it, or of one that is in the draft alone."""
    lang = line.languages[0]
    new = None if line.has(name) else _of_node(files, lang, name, "name")
    called = str(new or (line.words(lang).node(name).name if line.has(name) else _words(name)))
    return called[:1].upper() + called[1:]


def _of_node(files: Files, lang: str, name: str, what: str) -> Any:
    """A name or label as it stands in the file of its topic, or among those of menus and forms."""
    found = _at(files, f"{lang}/topics/{name}.yaml", (what,))
    rest = (_at(files, f"{lang}/{kind}.yaml", (name, what)) for kind in ("menus", "forms"))
    return found or next(filter(None, rest), None)


def _inside(path: Sequence[Step]) -> str:
    """A part of a node or file: ``part 2``; other steps as words."""
    if path[:1] == ("parts",) or path[:1] == ["parts"]:
        after = [KINDS.get(str(each), _words(each)) for each in path[2:] if each != "says"]
        return ", ".join([f"part {int(path[1]) + 1}" if len(path) > 1 else "its parts", *after])
    named = [
        str(each + 1) if isinstance(each, int) else KINDS.get(each, _words(each)) for each in path
    ]
    return ", ".join(named)


def _of_line(files: Files, path: Sequence[Step]) -> str:
    first, *rest = path
    if first == "hours":
        return f"Opening hours, {_words(rest[0]).capitalize()}" if rest else "Opening hours"
    if first in ("other_days", "contacts") and rest:
        of = value_at(_text(files, "line.yaml"), path[:2]) or {}
        kinds = CLOSURE if first == "other_days" else CONTACT
        what = [kinds.get(str(each), _words(each)) for each in rest[1:2]]
        called = _closure(of) if first == "other_days" else f"Contact: {of.get('name', '')}"
        return ", ".join([called, *what])
    named = [str(each + 1) if isinstance(each, int) else _words(each) for each in rest]
    return ", ".join([OF_LINE.get(str(first), _words(first).capitalize()), *named])


def _closure(days: Mapping[str, Any]) -> str:
    """``Christmas closure``; by its first day where nobody said why."""
    why, first = str(days.get("why", "")), days.get("from")
    if why:
        named = f"{why[:1].upper()}{why[1:]}"
        return named if "clos" in why.lower() else f"{named} (one-off days)"
    return f"One-off days from {first:%-d %B %Y}" if isinstance(first, date) else "One-off days"


def _at(files: Files, file: str, path: Sequence[Step]) -> Any:
    return value_at(_text(files, file), path)


def _text(files: Files, file: str) -> str:
    return files.get(file, b"").decode("utf-8", "replace")


def _words(step: Step) -> str:
    return str(step).replace("_", " ").replace("-", " ")
