"""How large a piece may grow, and that the core asks no clock. Who may import whom: pyproject.toml."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from statistics import median

from tests.support.paths import ROOT

TREES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "ivr").rglob("*.py"))}
MOST_LINES, LONGEST_FUNCTION, MIDDLE_FUNCTION = 300, 40, 8
ASKS = {"open", "print", "datetime.now", "date.today", "datetime.today", "datetime.utcnow"}
"""What the core never calls. What it never imports is a contract in pyproject.toml."""


def functions() -> list[tuple[str, int]]:
    """Every function with its lines."""
    return [
        (f"{path.relative_to(ROOT)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def code_lines(path: Path) -> int:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return len([line for line in lines if line and not line.startswith("#")])


def pure_files() -> list[Path]:
    """The files of the packages that pyproject.toml calls pure."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (pure,) = [each for each in rules["contracts"] if each["id"] == "pure"]
    read = {each.split(" ")[0] for each in pure["ignore_imports"]}
    inside = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in TREES}
    return [
        path
        for path, name in inside.items()
        if f"{name}.".startswith(tuple(f"{each}." for each in pure["source_modules"]))
        and name not in read
    ]


def test_no_file_has_grown_past_its_idea():
    grown = {str(path): code_lines(path) for path in TREES if code_lines(path) > MOST_LINES}
    assert not grown, "divide these along an idea"


def test_functions_are_small_on_the_whole_and_none_is_long():
    sizes = functions()
    assert not [(name, lines) for name, lines in sizes if lines > LONGEST_FUNCTION]
    assert median(lines for _, lines in sizes) <= MIDDLE_FUNCTION


def test_the_core_asks_no_network():
    """A contract knows a library as a whole, and the core may take an address apart."""
    modules = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in pure_files()
        for node in ast.walk(TREES[path])
        for name in imported(node)
        if re.match(r"urllib\.(request|error|robotparser)|http\b|ssl\b|asyncio\b", name)
    ]
    assert not modules


def imported(node: ast.AST) -> list[str]:
    """The modules that a line imports, with what it takes from them."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{each.name}" for each in node.names]
    return []


def test_the_core_asks_no_clock_and_no_file():
    assert len(pure_files()) > 40
    asked = [
        f"{path.relative_to(ROOT)}, line {node.lineno}: {ast.unparse(node.func)}"
        for path in pure_files()
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKS
    ]
    assert not asked
