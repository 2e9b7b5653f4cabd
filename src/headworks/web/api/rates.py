"""How often one reader may ask: so many requests a minute, counted in the memory of each process."""

from __future__ import annotations

import threading
import time

from ninja.errors import Throttled

PER_MINUTE = 600
_WINDOW_S = 60
_MOST_KEYS = 10_000
_lock = threading.Lock()
_counts: dict[str, tuple[int, int]] = {}


def require_rate(key: str, now_s: float | None = None) -> None:
    """Count a request of a reader; refuse it when there were too many within the minute.

    Parameters
    ----------
    key
        Names the reader and the token.
    now_s
        Seconds of a clock that only goes forward; the process's own when None.

    Raises
    ------
    Throttled
        With the seconds to wait.
    """
    at = time.monotonic() if now_s is None else now_s
    window = int(at // _WINDOW_S)
    with _lock:
        if len(_counts) > _MOST_KEYS:
            for old in [name for name, (when, _) in _counts.items() if when != window]:
                del _counts[old]
        when, count = _counts.get(key, (window, 0))
        count = count + 1 if when == window else 1
        _counts[key] = (window, count)
    if count > PER_MINUTE:
        raise Throttled(wait=int((window + 1) * _WINDOW_S - at) + 1)
