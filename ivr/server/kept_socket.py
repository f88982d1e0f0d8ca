"""The socket that callers come to, which systemd keeps while the line starts anew.

Owns how it is handed over and taken back: the file descriptor store of systemd's page
"File Descriptor Store". Whoever comes while nothing answers waits at it, and nobody is refused.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress

FIRST = 3
"""The first descriptor that systemd hands over (sd_listen_fds)."""
WAITING = 2048
"""Connections that may wait for a web process, as in gunicorn."""


def listening(host: str, port: int) -> socket.socket:
    """The socket that was kept of this address, or a new one, which is kept where systemd is.

    Raises OSError: the port is taken.
    """
    told = {name: os.environ.pop(f"LISTEN_{name}", "") for name in ("PID", "FDS", "FDNAMES")}
    systemd = os.environ.pop("NOTIFY_SOCKET", "")
    name = f"{host}-{port}".replace(":", ".")
    if told["PID"] == str(os.getpid()) and told["FDS"] == "1":
        kept = socket.socket(fileno=FIRST)
        if told["FDNAMES"] == name:
            return kept
        kept.close()
        _tell(systemd, f"FDSTOREREMOVE=1\nFDNAME={told['FDNAMES']}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family, backlog=WAITING)
    _tell(systemd, f"FDSTORE=1\nFDNAME={name}", made.fileno())
    return made


def _tell(systemd: str, says: str, *files: int) -> None:
    """See sd_notify. Where systemd does not hear it, the line goes on, only nothing is kept."""
    if not systemd:
        return
    # An "@" stands for a name that is in no folder.
    address = f"\0{systemd[1:]}" if systemd.startswith("@") else systemd
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
        way.connect(address)
        socket.send_fds(way, [says.encode()], list(files))
