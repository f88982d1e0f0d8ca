"""What Hypothesis draws in the tests: the same in each run. A search draws afresh (``make fuzz``).

``pytest --hypothesis-profile=fresh tests/unit/test_dates.py`` searches with one file's tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

SAME, FRESH = "same", "fresh"


def draw_the_same() -> None:
    """Whatever ran before, however busy the machine is: every test draws what it always does."""
    # How long something takes decides nothing, and nothing is remembered from run to run.
    steady = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile(SAME, derandomize=True, **steady)
    settings.register_profile(FRESH, derandomize=False, print_blob=True, **steady)
    settings.load_profile(SAME)
    providers._get_local_constants = partial(_constants, providers._get_local_constants)


def _constants(usual: Callable[[], providers.Constants]) -> providers.Constants:
    """Hypothesis also draws what it reads in those of our modules that happen to be imported by
    then: after other tests it would be others."""
    same = settings.get_current_profile_name() == SAME
    return providers.Constants() if same else usual()


def begin_the_same() -> None:
    """Chance that is not drawn by Hypothesis begins anew for each test."""
    random.seed(1)
