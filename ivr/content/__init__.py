"""``prompts/`` → a Line, or every fault in it at once, each with file, line and plain words.

Owns reading content. The only folder that knows YAML; what a valid line must also be true of is
the business of ``ivr.content.checks``.
"""

from __future__ import annotations

from ivr.content.load import Content, ContentError, load, read, version_of
from ivr.content.source import Fault

__all__ = ["Content", "ContentError", "Fault", "load", "read", "version_of"]
