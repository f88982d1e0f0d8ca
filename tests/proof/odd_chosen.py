"""Which inputs of a long search are worth keeping: few and small ones that reach what others do not.

``python -m tests.proof.odd_chosen NAME FOLDER`` keeps those of FOLDER, where ``odd_led`` has left what it
came upon. What reaches nothing beyond what is known already is left where it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from tests.proof.odd_kept import REACHED, keep, kept
from tests.proof.odd_led import LED_BY
from tests.proof.odd_targets import TARGETS, read

FINE = 32
"""How many pieces of an input are tried to be left out, at the most."""
Step = tuple[str, int, int]
"""From one line of a module to another."""


def reached(name: str, data: bytes) -> set[Step]:
    """The steps from line to line that this input takes in the code that its reader is led by."""
    modules = tuple(f"{module}." for module in LED_BY[name])
    steps, last = set[Step](), dict[FrameType, int]()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        module = frame.f_globals.get("__name__", "")
        if not f"{module}.".startswith(modules):
            return None
        if event == "line":
            steps.add((module, last.get(frame, 0), frame.f_lineno))
            last[frame] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        read(name, data)
    finally:
        sys.settrace(None)
    return steps


def chosen(name: str, inputs: Iterable[bytes]) -> list[bytes]:
    """Inputs that reach what neither the usual ones nor those kept reach, as few as will do."""
    known = set[Step]()
    for each in (*TARGETS[name].seeds(), *kept(name).values()):
        known |= reached(name, each)
    new = {each: reached(name, each) - known for each in sorted(set(inputs), key=len)}
    found = list[bytes]()
    while best := max(new, key=lambda each: (len(new[each]), -len(each)), default=None):
        if not (gained := new.pop(best)):
            break
        found.append(smaller(name, best, gained))
        new = {each: steps - gained for each, steps in new.items()}
    return found


def smaller(name: str, data: bytes, needed: set[Step]) -> bytes:
    """Little of an input that still takes these steps: no piece of it can be left out."""
    size, least = len(data) // 2, len(data) // FINE
    while size > least:
        cuts = (data[:at] + data[at + size :] for at in range(0, len(data), size))
        less = next((each for each in cuts if needed <= reached(name, each)), None)
        data, size = (data, size // 2) if less is None else (less, min(size, len(less)))
    return data


def main() -> None:
    """See the head of this file."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    inputs = [file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()]
    for each in chosen(name, inputs):
        print(keep(name, each, REACHED))


if __name__ == "__main__":
    main()
