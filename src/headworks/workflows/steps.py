"""Which step a run is in, and how long each took."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Steps:
    """Seconds by step, over all years; steps of two threads overlap."""

    def __init__(self, tell: Callable[[str], None] = lambda step: None) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell
        self._own = threading.local()
        self._lock = threading.Lock()

    def begin(self, name: str) -> None:
        """End the thread's step before and begin one; none when it has no name."""
        self.end()
        self._own.step = name, time.perf_counter()
        if name:
            self._tell(name)

    def end(self) -> None:
        """End the thread's step."""
        name, since = getattr(self._own, "step", ("", 0.0))
        if name:
            with self._lock:
                self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - since, 3)
            self._own.step = "", 0.0
