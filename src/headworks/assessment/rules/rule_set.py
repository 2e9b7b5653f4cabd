"""A rule set in memory: what is asked of an area, and what follows from the answers.

A *criterion* is one statement about one figure ("the load is more than 1.25 times that of last year"); a *list* says which
criteria put an area on it, how probable, how often and by how many independent families of indicators, and what takes it off.
The trap: "enter" and "leave" are two questions. What lies between them (hysteresis) keeps an area where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["log_normal", "gamma_poisson", "crude"]
Combine = Literal["any", "all"]


@dataclass(frozen=True)
class Against:
    """The area's own past: ``periods`` periods, the newest of them ``first`` periods back; ``least`` of them must be there."""

    first: int
    periods: int
    least: int


@dataclass(frozen=True)
class Columns:
    """Where a criterion finds its figure in its table; empty where its kind of evidence needs none."""

    value: str = ""
    lower: str = ""
    upper: str = ""
    scatter: tuple[str, ...] = ()
    numerator: str = ""
    denominator: str = ""
    coverage: str = ""


@dataclass(frozen=True)
class Criterion:
    """One statement about one figure.

    Attributes
    ----------
    table, where
        Table of the shelf, and the values of its columns that choose one row per area and period.
    family
        Criteria of one family are no independent witnesses of one another.
    evidence
        How a probability comes from the figure; ``crude`` takes it as exact.
    is_above
        Whether the statement is "above the threshold".
    threshold, of_parent
        In the figure's unit; times the figure of the top area where ``of_parent``; a ratio where ``against`` is given.
    prior_shape, prior_mean
        Of the gamma prior of a rate, ``prior_mean`` in the threshold's unit, of a ratio in events per ``per`` people.
    prior_sd
        Of a load: log-scale spread of the prior about no change (or about the top area's load); 0 for none.
    per
        People a rate is told for.
    leave_times
        Hysteresis: to leave, the figure is held against the threshold times this (divided by it for "below").
    pool
        Periods of which counts are added.
    """

    name: str
    table: str
    family: str
    evidence: Evidence
    is_above: bool
    threshold: float
    columns: Columns
    where: tuple[tuple[str, str], ...] = ()
    of_parent: bool = False
    prior_shape: float = 0.5
    prior_mean: float = 1.0
    prior_sd: float = 0.0
    per: float = 1.0
    is_flow: bool = True
    against: Against | None = None
    leave_times: float = 1.0
    pool: int = 1
    min_coverage: float = 0.0
    meaning: str = ""


@dataclass(frozen=True)
class Entry:
    """``periods`` of the last ``of`` periods must show the criteria; then ``families`` must agree with ``agree_at``."""

    when: tuple[str, ...]
    how: Combine
    probability: float
    periods: int
    of: int
    agree: tuple[str, ...]
    agree_at: float
    families: int


@dataclass(frozen=True)
class Leave:
    """``periods`` of the last ``of`` periods must show the opposite of the criteria; none before ``min_dwell`` periods."""

    when: tuple[str, ...]
    how: Combine
    probability: float
    periods: int
    of: int
    min_dwell: int


@dataclass(frozen=True)
class Acceptance:
    """What ends a review: ``periods`` of it, criteria that hold now, and somebody's decision where ``by_decision``."""

    periods: int = 0
    when: tuple[str, ...] = ()
    probability: float = 0.8
    by_decision: bool = False


@dataclass(frozen=True)
class ListRule:
    """A list: who comes on it, who leaves it.

    Attributes
    ----------
    is_merit
        A list of merit is lost at a red line; any other is entered there at once.
    levels
        Levels of areas it speaks of; empty for all.
    requires
        A list the area must be on already.
    red_lines
        Criteria that suffer no probability: one of them that holds decides.
    share_of_children
        Staged promotion: share of the areas one level down that are on the list; those of the lowest level need none.
    """

    name: str
    is_merit: bool
    enter: Entry
    leave: Leave
    acceptance: Acceptance = Acceptance()
    levels: tuple[int, ...] = ()
    requires: str = ""
    red_lines: tuple[str, ...] = ()
    share_of_children: float = 0.0

    @property
    def criteria(self) -> tuple[str, ...]:
        """Every criterion it asks, once, in order."""
        named = (*self.enter.when, *self.enter.agree, *self.leave.when, *self.acceptance.when, *self.red_lines)
        return tuple(dict.fromkeys(named))

    @property
    def window(self) -> int:
        """Periods it looks back, the present one included."""
        return max(self.enter.of, self.leave.of)


@dataclass(frozen=True)
class RuleSet:
    """A dated set of lists over one kind of period; ``digest`` is SHA-256 of its text as read, line ends aside."""

    rule_set_id: str
    version: str
    title: str
    valid_from: str
    valid_to: str
    period: str
    status: str
    criteria: tuple[Criterion, ...]
    lists: tuple[ListRule, ...]
    digest: str

    def criterion(self, name: str) -> Criterion:
        """One of its criteria."""
        return next(one for one in self.criteria if one.name == name)

    def place(self, name: str) -> int:
        """Place of a criterion among ``criteria``."""
        return next(place for place, one in enumerate(self.criteria) if one.name == name)
