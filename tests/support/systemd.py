"""What systemd keeps of a service while it is started anew: its file descriptor store.

As systemd 252 does it, by whom this was tried: what comes with ``FDSTORE=1`` is handed to the next
process from descriptor 3 on, and is let go of when the service is stopped for good.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from contextlib import suppress

HANDED_OVER = 'exec 3<&"$KEPT"; unset KEPT; export LISTEN_PID=$$; exec "$0" "$@"'


class DescriptorStore:
    """That of one service, which keeps no more than ``most``."""

    def __init__(self, most: int) -> None:
        self._most, self._kept = most, dict[str, int]()
        self._name = f"@{uuid.uuid4().hex}"
        self._heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._heard.bind(f"\0{self._name[1:]}")
        threading.Thread(target=self._hear, daemon=True).start()

    def handed_over(self, command: list[str]) -> tuple[list[str], dict[str, str], tuple[int, ...]]:
        """How a process is started: its command, what it is told, and the files it gets."""
        told = {"NOTIFY_SOCKET": self._name}
        if not self._kept:
            return command, told, ()
        ((name, file),) = self._kept.items()
        told |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": name, "KEPT": str(file)}
        return ["bash", "-c", HANDED_OVER, *command], told, (file,)

    def let_go(self) -> None:
        """The service is stopped for good."""
        for file in self._kept.values():
            os.close(file)
        self._kept.clear()

    def close(self) -> None:
        """The machine is gone."""
        self.let_go()
        with suppress(OSError):
            self._heard.shutdown(socket.SHUT_RDWR)
        self._heard.close()

    def _hear(self) -> None:
        while True:
            try:
                says, files, _, _ = socket.recv_fds(self._heard, 4096, 8)
            except OSError:
                return
            if not says:
                return
            told = dict(line.split("=", 1) for line in says.decode().splitlines())
            if "FDSTOREREMOVE" in told and told["FDNAME"] in self._kept:
                os.close(self._kept.pop(told["FDNAME"]))
            for file in files:
                if len(self._kept) < self._most:
                    self._kept[told["FDNAME"]] = file
                else:
                    os.close(file)
