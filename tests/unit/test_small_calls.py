"""Whole calls on the small line are heard, done and noted as they are kept, word for word."""

from __future__ import annotations

import pytest

from tests.support.small_calls import kept, walked

KEPT = kept()


@pytest.mark.parametrize("head", KEPT, ids=range(1, len(KEPT) + 1))
def test_a_call_on_the_small_line_goes_as_it_is_kept(head):
    assert walked(head) == KEPT[head]
