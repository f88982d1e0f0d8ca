#!/bin/sh
# Write requirements/*.lock anew: every package pinned, with its hashes, and no address of an index.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv build/lock
build/lock/bin/pip install -q pip-tools
lock() {
    name=$1
    shift
    build/lock/bin/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
        --extra build "$@" -o "requirements/$name.lock" pyproject.toml
}
lock base
lock dev --extra dev
lock voice --extra voice
lock listen --extra listen
lock print --extra print
lock sentry --extra sentry
python3 -m venv build/licences
build/licences/bin/pip install -q -U pip
build/licences/bin/python tools/licences.py
