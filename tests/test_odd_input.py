"""Odd input led by coverage (T4, T5): each reader in a process of its own, for ten seconds.

The same chance in each run, so that a change is not held up by what another brought; ``make fuzz``
takes another each time, and longer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.odd_input import READERS, ROOT, tried
from tests.odd_targets import TARGETS, read

SECONDS, FIRST = 10, 1
led = pytest.mark.skipif(
    find_spec("atheris") is None and not os.environ.get("CI"),
    reason="atheris is not there for this kind of machine",
)


@led
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", READERS)
def test_odd_input_led_by_coverage_brings_no_error(name):
    done = tried(name, SECONDS, seed=FIRST)
    assert done.crash is None, done.crash.read_text()
    # How much more is reached depends on how busy the machine is.
    assert done.after >= done.before > 0


@pytest.mark.parametrize("name", READERS)
def test_each_reader_takes_what_it_usually_gets(name):
    seeds = list(TARGETS[name].seeds())
    assert len(seeds) >= 3
    for each in seeds:
        read(name, each)


@led
@pytest.mark.timeout(300)
def test_a_crash_is_kept_with_how_to_try_it_again(tmp_path):
    """A reader that is broken on purpose: what it fell over is found, told, and falls over again."""
    done = tried("broken", SECONDS, seed=FIRST, keep=tmp_path)
    assert done.crash and f"tests.odd_input {done.crash}" in done.crash.read_text()
    command = [sys.executable, "-m", "tests.odd_input", str(done.crash)]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 1 and "AssertionError" in again.stderr
