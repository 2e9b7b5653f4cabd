"""What kinds of work there are. A room that brings work registers its function here when Django starts (``apps.py``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Tell = Callable[[str], None]
Perform = Callable[[dict[str, Any], Tell], dict[str, Any]]
_KINDS: dict[str, Perform] = {}


def register_kind(name: str, perform: Perform) -> None:
    """Make work of this kind known: what was said of it and a function to tell steps to; returns its outcome."""
    _KINDS[name] = perform


def perform_of(name: str) -> Perform:
    """The function of a kind."""
    return _KINDS[name]


def kinds() -> tuple[str, ...]:
    """All kinds."""
    return tuple(_KINDS)
