"""What a check has to say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing to know about the workspace.

    An ``error`` means that something promised does not hold; a ``warning`` that a reader should look; an ``info`` is only
    told.
    """

    severity: str
    code: str
    message: str
    remedy: str = ""
