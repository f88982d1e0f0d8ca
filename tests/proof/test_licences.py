"""The page of licences names every package of the locks, and what its licence asks of us."""

from __future__ import annotations

import importlib.metadata
import re

import pytest

from tools.licences import (
    KNOWN,
    PAGE,
    WHOLE,
    Package,
    installed,
    kind_of,
    locked,
    same,
    wrong,
)

ROW = re.compile(r"^\| ([\w.-]+) \| (\S+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[str, str, str]]:
    """Each package of the page: its version, licence and kind."""
    found = {name: rest for name, *rest in ROW.findall(PAGE.read_text("utf-8"))}
    return {name: tuple(rest) for name, rest in found.items() if name != "package"}


def test_the_page_names_every_package_of_every_lock_in_its_version(rows):
    wanted = {name: version for name, (version, _) in locked().items()}
    assert {name: version for name, (version, _, _) in rows.items()} == wanted, "run: make licences"


def test_the_licences_are_those_of_the_packages_that_are_installed_here(rows):
    for each in importlib.metadata.distributions():
        name = same(each.metadata["Name"])
        if name in rows and rows[name][0] == each.version:
            assert rows[name][1] == installed(name), name


def test_what_a_licence_asks_is_known_and_goes_with_ours(rows):
    found = [Package(name, version, licence, "") for name, (version, licence, _) in rows.items()]
    assert list(wrong(found)) == []
    assert all(kind_of(licence) == kind for _, licence, kind in rows.values())
    assert {each.name for each in found if kind_of(each.licence) == WHOLE} == set(KNOWN)


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("MIT", "free"),
        ("GPL-2.0-or-later OR MPL-1.1", "its files"),
        ("MPL-2.0 AND MIT", "its files"),
        ("MIT AND GPL-3.0-only", "the whole"),
    ],
)
def test_the_least_that_may_be_chosen_and_the_most_that_is_joined_counts(licence, kind):
    assert kind_of(licence) == kind


def test_an_unknown_licence_and_one_that_asks_for_the_whole_are_refused():
    found = [Package("a", "1", "Commercial", ""), Package("b", "1", "GPL-3.0-only", "")]
    assert [each.partition(":")[0] for each in wrong(found)] == ["a", "b"]
