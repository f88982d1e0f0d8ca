#!/bin/sh
# Change FILE in small ways, one at a time, and see whether TESTS notice: what they do not is listed.
# sh tools/mutants.sh ivr/dates.py tests/test_dates.py
set -eu
cd "$(dirname "$0")/.."
file=$1 tests=$2 here=$(pwd) place=build/mutants
[ -d build/mutmut ] || .venv/bin/pip install -q --no-deps --target build/mutmut \
	mutmut==3.3.1 libcst==1.7.0 setproctitle==1.3.8 textual==8.2.8 rich==15.0.0
rm -rf "$place" && git clone -q . "$place" && cd "$place"
cat >> pyproject.toml <<END

[tool.mutmut]
paths_to_mutate = ["$file"]
tests_dir = ["$tests"]
also_copy = ["ivr", "tests", "docs", "prompts", "audio", "tools", "README.md", "Makefile", "CHANGELOG.md"]
END
export PYTHONPATH="$here/$place/mutants:$here/build/mutmut"
"$here/.venv/bin/python" -m mutmut run --max-children 2
"$here/.venv/bin/python" -m mutmut results
