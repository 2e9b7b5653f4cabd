"""The period bar: which period is shown, the ones before and after, and the same moment in weeks, months … years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.core.errors import UsageError
from headworks.core.periods import KINDS, Period

KIND_WORDS: Final = {
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "half_year": gettext_lazy("half-year"),
    "year": gettext_lazy("year"),
}


class PeriodBar(NamedTuple):
    """``before`` and ``after`` are labels or empty; ``kinds`` are words, label and whether it is the one shown."""

    period: Period
    before: str
    after: str
    kinds: tuple[tuple[Any, str, bool], ...]
    labels: tuple[str, ...]


def newest_label(known: Mapping[str, Sequence[str]]) -> str:
    """The newest week, else the newest of the next longer kind; empty where nothing is known."""
    return next((known[kind][-1] for kind in KINDS[1:] if known.get(kind)), "")


def period_bar(known: Mapping[str, Sequence[str]], asked: str = "") -> PeriodBar | None:
    """What the bar shows; None where there is no figure at all.

    Parameters
    ----------
    known
        Labels of which there are figures, by kind.
    asked
        Label from the address; the newest week when empty.

    Raises
    ------
    UsageError
        ``HW-U130`` for a label that is no period of a page.
    """
    label = asked or newest_label(known)
    if not label:
        return None
    try:
        period = Period.parse(label)
    except UsageError as problem:
        raise _refused(label) from problem
    if period.kind not in KIND_WORDS:
        raise _refused(label)
    labels = tuple(known.get(period.kind, ()))
    before = max((one for one in labels if one < period.label), default="")
    after = min((one for one in labels if one > period.label), default="")
    kinds = tuple((KIND_WORDS[kind], _same_moment(period, kind, known), kind == period.kind) for kind in KIND_WORDS)
    return PeriodBar(period, before, after, tuple(one for one in kinds if one[1]), labels)


def _same_moment(period: Period, kind: Any, known: Mapping[str, Sequence[str]]) -> str:
    """The period of a kind in which the shown one begins, or the newest before it; empty where none is known."""
    if kind == period.kind:
        return period.label
    labels = known.get(kind, ())
    # The newest of what is shown: from a year one comes back to its last week, not its first.
    wanted = Period.containing(period.last if period.kind != "week" else period.first, kind).label
    return wanted if wanted in labels else max((one for one in labels if one <= wanted), default="")


def _refused(label: str) -> UsageError:
    return UsageError(
        _("This is not a period of a page."), found=label[:40],
        remedy=_("Give a week (2025-W14), month (2025-03), quarter (2025-Q1), half-year (2025-H1) or year (2025)"),
        code="HW-U130",
    )  # fmt: skip
