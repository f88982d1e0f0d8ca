"""Texts reach the carrier soon, also while many are asked for (fault F10)."""

from __future__ import annotations

from tests.proof.handed_over import measure


def test_under_load_nearly_all_texts_are_handed_over_within_ten_seconds(tmp_path):
    measured = measure(f"sqlite:///{tmp_path}/line.db", texts=20, per_second=5)
    assert measured.within(10) >= 0.95, measured
    assert measured.within(60) >= 0.995, measured
