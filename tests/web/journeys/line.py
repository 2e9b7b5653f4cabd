"""The line between a phone and the server, which can be cut: a phone behind it has no signal, its service worker neither."""

from __future__ import annotations

import contextlib
import socket
import threading

_CHUNK = 65_536


class Line:
    """Listens on a port of its own and passes everything on, while it is whole."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._guard = threading.Lock()
        self.port = 0
        self.mend()

    @property
    def address(self) -> str:
        """Where the phone finds the server."""
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """There is signal."""
        self._listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listening.getsockname()[1]
        self._run(self._accept, self._listening)

    def cut(self) -> None:
        """There is none: what is open ends, and nothing new begins."""
        if self._listening is None:
            return
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._listening = None
        with self._guard:
            ends = list(self._open)
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._threads.clear()

    def _run(self, what, *said) -> None:
        thread = threading.Thread(target=what, args=said, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            self._run(self._pass_on, near)

    def _pass_on(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            near.close()
            return
        with self._guard:
            self._open |= {near, far}
        back = threading.Thread(target=_copy, args=(far, near), daemon=True)
        back.start()
        _copy(near, far)
        back.join()
        with self._guard:
            self._open -= {near, far}
        near.close()
        far.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
