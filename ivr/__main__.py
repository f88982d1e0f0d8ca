"""``python -m ivr``: the same as ``ivr``."""

from ivr.cli import main

main()
