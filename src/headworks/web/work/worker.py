"""The one worker: takes work, does it, says how it went. ``headworks serve`` starts it beside the pages."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import OperationalError, close_old_connections

from headworks.core.errors import HeadworksError
from headworks.web.audit.chain import record
from headworks.web.work.kinds import perform_of
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import Cancelled, beat, end, take

_LOG = logging.getLogger(__name__)
_BEAT_SECONDS = 5.0
_IDLE_SECONDS = 0.5


def work_until(is_over: Callable[[], bool]) -> None:
    """Work until told to stop; an item under way is finished or, when killed, taken again by the next worker."""
    while not is_over():
        close_old_connections()
        try:
            is_idle = not work_once()
        except OperationalError:
            _LOG.exception("the database did not answer; trying again")
            is_idle = True
        if is_idle:
            time.sleep(_IDLE_SECONDS)


def work_once() -> bool:
    """Do one item; False when there was none."""
    item = take()
    if item is None:
        return False
    with _Heart(item):
        state, outcome = _perform(item)
    end(item, state, outcome)
    said = {"object_kind": "work", "object_id": str(item.pk), "area_path": item.area_path}
    record(f"work_{state}", actor=item.asked_by or "worker", detail={"kind": item.kind, **_short(outcome)}, **said)
    return True


def _perform(item: WorkItem) -> tuple[str, dict[str, object]]:
    try:
        return "done", perform_of(item.kind)(item.said, lambda step: beat(item, step))
    except Cancelled:
        return "cancelled", {}
    except HeadworksError as problem:
        return "failed", dict(problem.as_dict())
    except Exception as problem:  # noqa: BLE001  the worker outlives whatever one item does
        _LOG.exception("work %s failed", item.pk)
        return "failed", {"what": "Something failed that should not.", "found": type(problem).__name__, "code": "HW-0000"}


def _short(outcome: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in outcome.items() if isinstance(value, (str, int, float, bool)) and value != ""}


class _Heart:
    """Beats while an item is under way, from a thread of its own."""

    def __init__(self, item: WorkItem) -> None:
        self._item = item
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_BEAT_SECONDS):
            try:
                beat(self._item)
            except OperationalError:
                _LOG.warning("a heartbeat was lost")
            finally:
                close_old_connections()
