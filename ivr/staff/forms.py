"""What forms of the staff pages have in common: each error stands at its field.

Owns the list of errors that a page begins with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from flask_wtf import FlaskForm

from ivr.content.edit import typed


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form whose errors are listed above it, each with a link to its field."""

    @property
    def wrong(self) -> Iterator[tuple[str, str]]:
        """The field and the words of each error."""
        return ((field.id, error) for field in self for error in field.errors)

    def at(self, place: object) -> Self:
        """The same with ids of its own: a page has several of them."""
        for field in self:
            field.id = field.label.field_id = f"{field.id}-{place}"
        return self


def tidy(words: str | None) -> str:
    """Words of a form as they are kept."""
    return typed(words or "")
