"""Outcomes as a reader may see them: of the areas granted, where the tier sees the figure behind.

A row that the tier may not see is not there; the figures behind one are shown only where every figure of the area is, since
the past an outcome looks back on may be withheld where the newest figure is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible, visible_areas
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.lists.models import Assessment, ListOutcome

NOT_LISTED = ("stays_off", "not_assessable")


@dataclass(frozen=True)
class ShownOutcome:
    """An outcome with its area."""

    row: ListOutcome
    area: AreaNode
    has_evidence: bool


@dataclass(frozen=True)
class ShownList:
    """One list: who is on it, under review, came and went, as far as the reader sees."""

    name: str
    rows: list[ShownOutcome]

    def count(self, *states: str) -> int:
        """Areas in some states."""
        return sum(one.row.state in states for one in self.rows)

    @property
    def n_on(self) -> int:
        """On the list."""
        return self.count("on")

    @property
    def n_review(self) -> int:
        """Under review before they leave."""
        return self.count("review")

    @property
    def n_entered(self) -> int:
        """Entered in this period."""
        return sum(one.row.outcome == "entered" for one in self.rows)

    @property
    def n_left(self) -> int:
        """Left in this period, however."""
        return sum(one.row.outcome in ("left", "lost", "appeal_upheld") for one in self.rows)


def sees(reader: Reader, path: str, tier: str) -> bool:
    """Whether the reader's tier on an area is this one or a higher."""
    return TIERS.index(reader.tier_at(path)) >= TIERS.index(tier)


def shown_lists(reader: Reader, assessment: Assessment, names: list[str]) -> list[ShownList]:
    """Every list of an assessment with the rows that are more than staying off, by code."""
    rows = ListOutcome.objects.visible_to(reader).filter(assessment=assessment).exclude(outcome__in=NOT_LISTED)
    found: dict[str, list[ShownOutcome]] = {name: [] for name in names}
    for one in with_areas(reader, list(rows.select_related("assessment__rule_set"))):
        found.setdefault(one.row.list_name, []).append(one)
    return [ShownList(name, rows) for name, rows in found.items()]


def with_areas(reader: Reader, rows: list[ListOutcome]) -> list[ShownOutcome]:
    """Rows that the reader's tier sees, with their areas."""
    rows = [one for one in rows if sees(reader, one.area_path, one.shown_from)]
    areas = visible_areas(reader).in_bulk({one.area_id for one in rows}) if rows else {}
    return [
        ShownOutcome(one, areas[one.area_id], sees(reader, one.area_path, one.evidence_from))
        for one in rows
        if one.area_id in areas
    ]


def of_area(reader: Reader, area: AreaNode, assessment: Assessment) -> list[ShownOutcome]:
    """Outcomes of one area on every list that speaks of it, as far as the tier sees."""
    rows = ListOutcome.objects.visible_to(reader).filter(assessment=assessment, area_id=area.pk)
    return with_areas(reader, list(rows.select_related("assessment__rule_set")))


def require_shown(reader: Reader, area_id: str, outcome_id: int) -> ListOutcome:
    """An outcome of an area that the reader may see.

    Raises
    ------
    NotVisible
        When it is not there, not the reader's, or withheld at their tier.
    """
    rows = ListOutcome.objects.visible_to(reader).filter(pk=outcome_id, area_id=area_id, assessment__state="confirmed")
    row: Any = rows.select_related("assessment__rule_set").first()
    if row is None or not sees(reader, row.area_path, row.shown_from):
        raise NotVisible(f"outcome {outcome_id} of {area_id}")
    return row  # type: ignore[no-any-return]


def past_of(reader: Reader, row: ListOutcome) -> list[ListOutcome]:
    """The confirmed outcomes of the same area on the same list, newest first."""
    rows = ListOutcome.objects.visible_to(reader).filter(area_id=row.area_id, list_name=row.list_name)
    mine = rows.filter(assessment__state="confirmed", assessment__rule_set__rule_set_id=row.assessment.rule_set.rule_set_id)
    newest = mine.select_related("assessment__rule_set").order_by("-assessment__period", "-assessment__pk")
    return [one for one in newest if sees(reader, one.area_path, one.shown_from)]
