"""Who proposes on lists and who decides. A rule set and an assessment speak of every area, so both need every area.

Proposing follows the role, for no scope of its own stands in the table of roles: the assessor sees figures only, and proposes
on lists without touching one. Deciding needs both to see the area and to approve there: a reviewer of a laboratory approves
results, and sees no lists.
"""

from __future__ import annotations

from typing import Final

from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader

PROPOSERS: Final = ("assessor", "officer", "epidemiologist", "director")
# An officer speaks for their area; rules and assessments are not an officer's.
ASSESSORS: Final = ("assessor", "epidemiologist", "director")


def may_propose(reader: Reader, path: str) -> bool:
    """Whether a reader may appeal or propose an acceptance for an area."""
    return _holds(reader, PROPOSERS, path)


def may_decide(reader: Reader, path: str) -> bool:
    """Whether a reader may decide on what somebody else proposed for an area."""
    return reader.has("view", path) and reader.has("approve", path)


def may_assess(reader: Reader) -> bool:
    """Whether a reader may propose rule sets and ask for assessments."""
    return all(_holds(reader, ASSESSORS, path) for path in _tops())


def may_confirm(reader: Reader) -> bool:
    """Whether a reader may bring rule sets into force and confirm assessments."""
    return all(may_decide(reader, path) for path in _tops())


def require(is_allowed: bool, what: str) -> None:
    """Refuse as if nothing were there.

    Raises
    ------
    NotVisible
        Where it is not allowed.
    """
    if not is_allowed:
        raise NotVisible(what)


def _holds(reader: Reader, roles: tuple[str, ...], path: str) -> bool:
    # A token carries scopes, not roles; it proposes nothing here.
    held = reader.rights if reader.only_scopes is None else ()
    return any(right.role in roles and path.startswith(right.area_path) for right in held)


def _tops() -> list[str]:
    """Paths of the areas above which there is none; all areas at once before there are any."""
    return list(AreaNode.objects.filter(parent=None).values_list("path", flat=True)) or [""]
