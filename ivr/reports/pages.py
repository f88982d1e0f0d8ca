"""How all that is printed or drawn becomes a page: one set of templates.

Owns the settings of the template engine, and its one filter.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader


def rendered(template: str, **values: object) -> str:
    """A template of ``templates`` with these values; what people wrote cannot become markup."""
    pages = Environment(
        loader=PackageLoader("ivr.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["end_kept"] = _end_kept
    return pages.get_template(template).render(values)


def _end_kept(words: str) -> str:
    """A choice whose key does not stand alone on the next line."""
    start, space, key = words.rpartition(" ")
    return start + "\N{NO-BREAK SPACE}" * len(space) + key
