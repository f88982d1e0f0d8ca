"""The one parser of YAML that people write: bounded in size, depth and number of values.

Owns what is refused before it is worked on, with its place: references, tags, and too much of
anything. Four hundred bytes of references take gigabytes where they are followed.
"""

from __future__ import annotations

import io
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError

from ivr.content.files import LARGEST

MOST_VALUES = 5_000
"""Words, lists and names of one file; ours has a thousand. So many take half a second to read."""
DEEPEST = 12
"""Lists and names within each other; ours go four deep."""
MOST_LINES = 8_000
"""Ours have 750. The parser reads each line of comments anew with each value: half a million of
them, a megabyte, took half a minute and 300 MB."""
LONGEST_LINE = 4_000
"""Characters; ours have 350. One of a million takes two seconds."""
TOO_LARGE = f"this file is larger than {LARGEST // 1_000_000} MB; make it shorter"
TOO_TALL = f"this is more than the {MOST_LINES} lines that a file may have; make it shorter"
TOO_LONG = "this line is too long; go on in the next one"
REFERENCE = "a reference (&, *) is not taken; write the words out, or put them in quotes"
TAG = "a tag (!) is not taken; take it out, or put the words in quotes"
TOO_DEEP = f"more than {DEEPEST} lists or brackets stand within each other"
TOO_MANY = f"this is more than the {MOST_VALUES} values that a file may hold; make it shorter"
TRIPPED = "names, or brackets, that do not fit"
TRIPPING = re.compile(r"<<|[\[{?]")


class Bounded(Composer):
    """Puts values together as they are read, and stops at the first that is not taken."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """See Composer."""
        event = self.parser.peek_event()
        self.values += 1
        wrong = {
            REFERENCE: event.anchor is not None,
            TAG: getattr(event, "ctag", None) is not None,
            TOO_DEEP: self.depth >= DEEPEST,
            TOO_MANY: self.values > MOST_VALUES,
        }
        for says, is_so in wrong.items():
            if is_so:
                raise MarkedYAMLError(problem=says, problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def tree_of(text: str) -> Any:
    """What stands in a file, comments and positions included. Raises YAMLError or ValueError."""
    _refuse_size(text)
    try:
        return _yaml().load(text)
    except (YAMLError, ValueError):
        raise
    except Exception as error:
        # The parser itself trips over some texts, such as a name that is a list.
        raise tripped(text) from error


def tripped(text: str) -> MarkedYAMLError:
    """What is said of a text over which the program trips."""
    found = TRIPPING.search(text)
    return _at(text, found.start() if found else 0, TRIPPED)


def text_of(tree: Any) -> str:
    """The file again: what was not changed in its tree stands as it stood."""
    made = io.StringIO()
    _yaml().dump(tree, made)
    return made.getvalue()


def plain(tree: Any) -> Any:
    """The same without comments and positions, so that strict shapes accept it."""
    if isinstance(tree, dict):
        return {plain(key): plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    for kind in (bool, int, float, str):
        if isinstance(tree, kind):
            return kind(tree)
    return tree


def _refuse_size(text: str) -> None:
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise _at(text, 0, TOO_LARGE)
    begin = 0
    # With YAML's own ends of lines, which are more than one.
    for count, line in enumerate(text.splitlines(keepends=True)):
        if count >= MOST_LINES or len(line) > LONGEST_LINE:
            raise _at(text, begin, TOO_TALL if count >= MOST_LINES else TOO_LONG)
        begin += len(line)


def _at(text: str, place: int, says: str) -> MarkedYAMLError:
    mark = StringMark("", place, text.count("\n", 0, place), 0, text, place)
    return MarkedYAMLError(problem=says, problem_mark=mark)


def _yaml() -> YAML:
    """Reading and writing that leaves alone what is not changed."""
    yaml = YAML(typ="rt")
    yaml.Composer = Bounded
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
