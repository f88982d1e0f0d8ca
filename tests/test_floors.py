"""The house itself: who may import whom, what is pure, and how large a piece may grow."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "ivr").rglob("*.py"))

FLOORS = {
    "call": 0,
    "dates": 0,
    "retention": 0,
    "usage": 0,
    "extras": 0,
    "nobody": 0,
    "hours": 0,
    "phrases": 0,
    "desks": 1,
    "sealed_box": 1,
    "exchange": 0,  # knows nothing of the line, so that it may stand below everything
    "numbers": 1,
    "wording": 1,
    "seal": 1,
    "secrets_in_files": 0,
    "config": 2,
    "line": 2,
    "logs": 3,
    "address": 2,
    "flow": 3,
    "staff_line": 3,
    "texts": 3,
    "speech": 4,
    "sentry": 2,
    "checks": 5,
    "content": 5,
    "twiml": 6,
    "twin": 6,
    "store": 6,
    "carrier": 6,
    "mail": 6,
    "errands": 7,
    "lookups": 7,
    "doctor": 7,
    "jobs": 8,
    "web": 7,
    "demonstration": 8,
    "parts": 10,
    "app": 11,
    "inspection": 8,
    "pages": 9,
    "office": 10,
    "editions": 9,
    "rehearsal": 9,
    "trials": 12,
    "commands": 13,
    "cli": 14,
    "__main__": 15,
    "__init__": 0,
}
"""A module imports only from floors below its own, or from its own package."""

CORE = (
    "call dates hours retention usage desks staff_line phrases wording numbers line address flow texts checks twiml "
    "twin"
)
PURE = set(CORE.split())
IMPURE = {
    "datetime.datetime.now",
    "os",
    "pathlib",
    "random",
    "requests",
    "secrets",
    "socket",
    "sqlalchemy",
    "subprocess",
    "threading",
    "time",
    "urllib.request",
    "flask",
    "twilio",
}
MOST_LINES = 300
LONGEST_FUNCTION = 40


def room(path: Path) -> str:
    """The module or package of ``ivr`` that a file belongs to."""
    return path.relative_to(ROOT / "ivr").parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> list[str]:
    """Every module that a file imports, with the name taken from it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{name.name}" for name in node.names]
    return found


@pytest.fixture(params=FILES, ids=lambda path: str(path.relative_to(ROOT)))
def file(request: pytest.FixtureRequest) -> tuple[Path, ast.Module]:
    return request.param, ast.parse(request.param.read_text())


def test_imports_run_downwards(file):
    path, tree = file
    here = room(path)
    assert here in FLOORS, f"{here} has no floor yet: add it to FLOORS"
    for name in imports(tree):
        if not name.startswith("ivr."):
            continue
        other = name.split(".")[1]
        if other not in FLOORS:  # "from ivr import twiml" names the module last
            continue
        assert other == here or FLOORS[other] < FLOORS[here], f"{here} imports {other}, above it"


def test_no_import_hides_in_a_function(file):
    _, tree = file
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = any(isinstance(each, ast.Import | ast.ImportFrom) for each in ast.walk(node))
            assert not hidden, f"{node.name} imports inside itself"


def test_the_core_is_pure(file):
    path, tree = file
    if room(path) not in PURE:
        return
    for name in imports(tree):
        assert not any(name == bad or name.startswith(bad + ".") for bad in IMPURE), name
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not [call for call in calls if call in ("open", "datetime.now", "date.today", "print")]


def test_only_one_file_knows_twilio_rest(file):
    path, tree = file
    if any(name.startswith("twilio.rest") for name in imports(tree)):
        assert room(path) == "carrier"


def test_only_the_store_knows_sql(file):
    path, tree = file
    if any(name.split(".")[0] in ("sqlalchemy", "alembic") for name in imports(tree)):
        assert room(path) == "store"


def test_only_content_knows_yaml(file):
    path, tree = file
    allowed = ("content", "commands", "rehearsal")
    if any(name.startswith("ruamel") for name in imports(tree)):
        assert room(path) in allowed


def test_sizes(file):
    path, tree = file
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    code = [line for line in lines if not line.strip().startswith("#")]
    assert len(code) <= MOST_LINES, f"{len(code)} lines: divide it along an idea"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= LONGEST_FUNCTION, f"{node.name} has {size} lines"


def test_every_module_says_what_it_owns(file):
    path, tree = file
    assert ast.get_docstring(tree), f"{path.name} opens without a docstring"


def test_functions_are_small_on_the_whole():
    sizes = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    sizes.sort()
    assert sizes[len(sizes) // 2] <= 8
