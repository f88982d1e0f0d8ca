"""An edition's files as bytes: gathered, named by their hash, packed into one zip and written out.

Owns which files of a folder are content, and that a zip from outside can write nothing else.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, bytes]
"""Every content file by its name from the content folder on, such as ``en/menus.yaml``."""
NAME = re.compile(r"(?:[a-z]{2,3}(?:-[a-z]+)?/)?(?:topics/)?[a-z]+(?:-[a-z]+)*\.yaml")
LARGEST = 1_000_000
"""Bytes of one file; the largest of ours has 40,000."""
MOST_FILES = 500
SAME_DAY = (2020, 1, 1, 0, 0, 0)
"""The date of every file in a zip, so that the same files make the same zip."""


class PackError(Exception):
    """A zip that holds no edition: what is wrong with it, in plain words."""


def files_of(root: Path) -> Files:
    """The content files under ``root``. The example calls (``golden_calls``) are none."""
    found = (path.relative_to(root) for path in root.rglob("*.yaml"))
    names = sorted(path.as_posix() for path in found if "golden_calls" not in path.parts)
    return {name: (root / name).read_bytes() for name in names}


def version_of_files(files: Files) -> str:
    """A short hash of all of it: the version that a call is pinned to."""
    digest = hashlib.sha256()
    for name in sorted(files, key=lambda name: name.split("/")):
        digest.update(name.encode() + b"\0" + files[name])
    return digest.hexdigest()[:8]


def packed(files: Files) -> bytes:
    """The files as one zip, the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(files):
            pack.writestr(zipfile.ZipInfo(name, SAME_DAY), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def unpacked(pack: bytes) -> Files:
    """The files of a zip. Raises PackError for anything that is not only content files."""
    try:
        with zipfile.ZipFile(io.BytesIO(pack)) as opened:
            held = [each for each in opened.infolist() if not each.is_dir()]
            _refuse(held)
            return {each.filename: opened.read(each) for each in held}
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise PackError("This is not a zip file that can be read. Export it again.") from error


def written(files: Files, folder: Path) -> Path:
    """``folder`` with these files, there whole or not at all. One that is there stays."""
    if folder.is_dir():
        return folder
    fresh = folder.parent / f".{folder.name}-{uuid.uuid4().hex}"
    for name, text in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    try:
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not folder.is_dir():
            raise
    return folder


def _refuse(held: list[zipfile.ZipInfo]) -> None:
    if not held or len(held) > MOST_FILES:
        raise PackError(f"The zip holds {len(held)} files. It must hold the files of one edition.")
    for each in held:
        if not NAME.fullmatch(each.filename):
            raise PackError(f"“{each.filename}” is not a file of the line's words. Take it out.")
        if each.file_size > LARGEST:
            raise PackError(f"“{each.filename}” is larger than 1 MB. Make it shorter.")
