"""``prompts/`` → a Line, or every fault in it at once, each with file, line and what to do.

Owns reading, editing and publishing content. The only package that knows YAML. ``checks`` holds the
rules for people who write words, ``editions`` the way from a draft to what callers hear.
"""

from __future__ import annotations

from ivr.content.load import Content, ContentError, load, read, version_of
from ivr.content.source import Fault

__all__ = ["Content", "ContentError", "Fault", "load", "read", "version_of"]
