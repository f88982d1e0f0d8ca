#!/bin/sh
# Install what one task needs into .venv: "sh tools/setup.sh base|dev|voice|listen|print|sentry".
# Does nothing when that has been done for this lock file. Needs python3 (3.11 or newer).
set -eu
cd "$(dirname "$0")/.."
what=$1
lock=requirements/$what.lock
stamp=.venv/$what.installed
say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

debian() {
    command -v apt-get >/dev/null || return 1
    as_root apt-get update -qq >/dev/null 2>&1 || return 1
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq "$@" >/dev/null 2>&1
}

if ! cmp -s "$lock" "$stamp"; then
    if [ ! -x .venv/bin/pip ]; then
        say "Making .venv ..."
        rm -rf .venv
        python3 -m venv .venv 2>/dev/null || {
            say "python3 has no venv; installing Debian's python3-venv ..."
            debian python3-venv || { say "Please install python3-venv, then try again."; exit 1; }
            rm -rf .venv
            python3 -m venv .venv
        }
    fi
    say "Installing what \"$what\" needs (once; a minute or two) ..."
    .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r "$lock" 2>.venv/pip.log ||
        { cat .venv/pip.log >&2; exit 1; }
    .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . \
        >.venv/pip.log 2>&1 || { cat .venv/pip.log >&2; exit 1; }
    cp "$lock" "$stamp"
fi

if [ "$what" = dev ] || [ "$what" = print ]; then
    ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0.so.0 && fc-list 2>/dev/null | grep -q . ||
        { say "Installing Pango and a typeface, for printed pages ..."; debian libpango-1.0-0 \
            libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core; } ||
        say "Pango cannot be installed here: no PDF can be made."
fi

if [ "$what" = dev ]; then
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        { say "Installing Chromium for the page's tests ..."; debian chromium; } ||
        say "Chromium cannot be installed here: the page's tests are skipped."
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
        { say "Installing PostgreSQL for the database tests ..."; debian postgresql; } ||
        say "PostgreSQL cannot be installed here: its tests are skipped."
    command -v caddy >/dev/null && command -v systemd-analyze >/dev/null ||
        { say "Installing Caddy and systemd for the tests of a server ..."; debian caddy systemd; } ||
        say "Caddy cannot be installed here: the tests of a server are skipped."
fi
