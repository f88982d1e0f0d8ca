"""HTML pages as PDF, tagged so that a screen reader finds its way in them.

Owns the one call of WeasyPrint, which is an extra ("print") and needs Pango on the machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ivr.config.extras import ExtraMissingError, extra

VARIANT = "pdf/ua-1"
"""ISO 14289-1: structure, language, title and the words under every letter."""


def can_be_made() -> bool:
    """Whether this machine has what PDFs are made with."""
    try:
        _weasyprint()
    except ExtraMissingError:
        return False
    return True


def laid_out(html: str) -> Any:
    """The pages of an HTML document, as WeasyPrint's Document.

    Raises ExtraMissingError where WeasyPrint, or the Pango it draws letters with, is missing.
    """
    return _weasyprint().HTML(string=html).render(pdf_variant=VARIANT)


def _weasyprint() -> Any:
    try:
        return extra("weasyprint", "print")
    except OSError as error:
        raise ExtraMissingError(
            "This needs Pango, which draws the letters. To install it: sh tools/setup.sh print"
        ) from error


def content(html: str) -> bytes:
    """An HTML document as PDF. Raises ExtraMissingError."""
    made: bytes = laid_out(html).write_pdf(pdf_variant=VARIANT)
    return made


def write(html: str, path: Path) -> int:
    """Write an HTML document as PDF; how many pages it has. Raises ExtraMissingError."""
    document = laid_out(html)
    document.write_pdf(path, pdf_variant=VARIANT)
    return len(document.pages)
