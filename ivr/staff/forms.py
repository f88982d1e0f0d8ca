"""What forms of the staff pages have in common: each error stands at its field.

Owns the list of errors that a page begins with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField

from ivr.content.edit import typed


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form whose errors are listed above it, each with a link to its field."""

    @property
    def wrong(self) -> Iterator[tuple[str, str]]:
        """The id and the words of each error, in the order of the page."""
        for field in self:
            for error in field.errors:
                yield f"{field.id}-0" if isinstance(field, RadioField) else field.id, error

    def refuse(self, name: str, error: object) -> Self:
        """The same with an error at a field that only the page could find."""
        self[name].errors = [*self[name].errors, str(error)]
        return self

    def at(self, place: object) -> Self:
        """The same with ids of its own: a page has several of them."""
        for field in self:
            field.id = field.label.field_id = f"{field.id}-{place}"
        return self


class SeenForm(PageForm):
    """A form that changes what its page has shown. ``seen``: how that stood then."""

    seen = HiddenField()


def tidy(words: str | None) -> str:
    """Words of a form as they are kept."""
    return typed(words or "")


def plain(words: str | None) -> str:
    """Words without spaces around them, and never None."""
    return (words or "").strip()
