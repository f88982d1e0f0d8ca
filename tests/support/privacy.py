"""docs/privacy.md: the map of personal data."""

from __future__ import annotations

from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "privacy.md").read_text("utf-8")
ROWS = [row.split("|") for row in PAGE.splitlines() if row.startswith("| `")]
