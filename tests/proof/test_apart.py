"""Tests leave a demonstration alone that is open on the same machine."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress

import pytest


@pytest.mark.parametrize("port", [8000, 8025])
def test_no_test_reaches_the_ports_of_a_demonstration(port):
    with ExitStack() as stack:
        with suppress(OSError):  # Somebody has one open already.
            stack.enter_context(socket.create_server(("127.0.0.1", port)))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
