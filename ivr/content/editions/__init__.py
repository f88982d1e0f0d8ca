"""Editions: the words that callers hear as a whole, drafted, published, kept and gone back to.

Owns the way of a change from a draft to every host. Files are the truth: an edition is a folder of
content like ``prompts/``, which is edition 0. Publishing is not imported here: it loads what
measures recordings, and a line that only answers starts without.
"""

from __future__ import annotations

from ivr.content.editions.folders import EditionFolders, edition_folders

__all__ = ["EditionFolders", "edition_folders"]
