"""What became of signals: how many came true, how long each step took, what is late. Over what a reader sees, nothing else."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from headworks.web.access.reader import Reader
from headworks.web.signals.models import Signal, SignalDecision
from headworks.web.signals.states import KINDS, OPEN_STATES, OUTCOMES, STATE_WORDS


@dataclass
class KindCounts:
    """Signals of a kind: how many, how many open and late, and how they ended."""

    kind: str
    words: Any
    total: int = 0
    open: int = 0
    late: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))

    @property
    def closed(self) -> int:
        """All that ended."""
        return sum(self.outcomes.values())

    @property
    def verified_share(self) -> float | None:
        """Confirmed of those that were closed; None before any was."""
        return self.outcomes["true"] / self.closed if self.closed else None


@dataclass(frozen=True)
class StepCounts:
    """A step: how many are in it now and late, how many went through, and how long that took."""

    state: str
    words: Any
    now_in: int
    late: int
    passed: int
    median_hours: float | None
    longest_hours: float | None
    in_time_share: float | None


@dataclass(frozen=True)
class Counts:
    """Everything of the page of counts."""

    kinds: list[KindCounts]
    steps: list[StepCounts]
    all: KindCounts


def count_signals(reader: Reader, since: dt.datetime | None = None) -> Counts:
    """Counts over the signals that a reader sees.

    Parameters
    ----------
    since
        Only those raised from then on.
    """
    signals = Signal.objects.visible_to(reader)
    if since is not None:
        signals = signals.filter(raised_at__gte=since)
    now = timezone.now()
    whole = KindCounts("all", "")
    kinds = {kind: KindCounts(kind, words) for kind, words in KINDS.items()}
    in_step: Counter[str] = Counter()
    late_in: Counter[str] = Counter()
    for kind, state, outcome, due_at in signals.values_list("kind", "state", "outcome", "due_at"):
        is_late = due_at is not None and due_at < now
        in_step[state] += 1
        late_in[state] += is_late
        for one in (kinds[kind], whole):
            one.total += 1
            one.open += state != "closed"
            one.late += is_late
            if outcome:
                one.outcomes[outcome] += 1
    return Counts([one for one in kinds.values() if one.total], _steps(signals, in_step, late_in), whole)


def _steps(signals: Any, in_step: Counter[str], late_in: Counter[str]) -> list[StepCounts]:
    took: dict[str, list[float]] = defaultdict(list)
    in_time: Counter[str] = Counter()
    decisions = SignalDecision.objects.filter(signal__in=signals.values("pk"))
    for state, began, ended, due in decisions.values_list("from_state", "step_began_at", "decided_at", "was_due_at"):
        took[state].append((ended - began).total_seconds() / 3600)
        in_time[state] += due is None or ended <= due
    return [_step(state, in_step[state], late_in[state], took[state], in_time[state]) for state in OPEN_STATES]


def _step(state: str, now_in: int, late: int, took: list[float], in_time: int) -> StepCounts:
    if not took:
        return StepCounts(state, STATE_WORDS[state], now_in, late, 0, None, None, None)
    passed = len(took)
    return StepCounts(state, STATE_WORDS[state], now_in, late, passed, statistics.median(took), max(took), in_time / passed)
