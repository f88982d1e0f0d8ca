#!/bin/sh
# What "make bench" measures beside the line, into build/bench. What cannot be had is said, and left out.
set -eu
cd "$(dirname "$0")/.."
into=build/bench
mkdir -p "$into"
if [ ! -d "$into/python" ]; then
    .venv/bin/pip install -q --disable-pip-version-check --no-deps --target "$into/python" granian==2.8.9 ||
        rm -rf "$into/python"
fi
if command -v npm >/dev/null && [ ! -d "$into/node_modules" ]; then
    cp bench/package.json "$into/"
    npm install --prefix "$into" --silent --no-audit --no-fund || rm -rf "$into/node_modules"
fi
command -v wrk >/dev/null || { [ "$(id -u)" = 0 ] && apt-get install -y -qq wrk >/dev/null 2>&1; } || true
for each in "$into/python:granian" "$into/node_modules:express (node and npm)"; do
    [ -d "${each%%:*}" ] || echo "Without ${each#*:}: it is left out." >&2
done
