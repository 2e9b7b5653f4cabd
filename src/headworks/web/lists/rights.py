"""Who proposes on lists and who decides. A rule set and an assessment speak of every area, so both need every area.

Each right needs to see the area as well: a reviewer of a laboratory approves results, and sees no lists. An officer proposes
no rules, but whoever answers for an area (scope ``decide``) may appeal for it.
"""

from __future__ import annotations

from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader


def may_propose(reader: Reader, path: str) -> bool:
    """Whether a reader may appeal, propose an acceptance or register an evaluation for an area."""
    return reader.has("view", path) and (reader.has("assess", path) or reader.has("decide", path))


def may_decide(reader: Reader, path: str) -> bool:
    """Whether a reader may decide on what somebody else proposed for an area."""
    return reader.has("view", path) and reader.has("approve", path)


def may_assess(reader: Reader) -> bool:
    """Whether a reader may propose rule sets and ask for assessments."""
    return all(reader.has("view", path) and reader.has("assess", path) for path in _tops())


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


def _tops() -> list[str]:
    """Paths of the areas above which there is none; all areas at once before there are any."""
    return list(AreaNode.objects.filter(parent=None).values_list("path", flat=True)) or [""]
