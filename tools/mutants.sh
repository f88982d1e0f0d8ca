#!/bin/sh
# Try small faults in the core: "sh tools/mutants.sh [dates|guard|limits|texts|flow ...]", see docs/mutants.md.
# mutmut has an environment of its own, which sees the line's packages, so that nothing of it is ever shipped.
set -eu
cd "$(dirname "$0")/.."
into=build/mutmut
purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
if [ ! -x "$into/bin/mutmut" ]; then
    .venv/bin/python -m venv "$into"
    .venv/bin/python -c "$purelib" >"$($into/bin/python -c "$purelib")/line.pth"
    "$into/bin/pip" install -q --disable-pip-version-check mutmut==3.8.1
fi
exec nice -n 5 .venv/bin/python -m tests.proof.mutants "$@"
