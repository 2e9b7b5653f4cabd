"""A budget of false alarms in a reader's words: how many may be false, and how many may come.

    at most 1 in 10 false; at most 5 a week per city

The trap: the share is promised of the list of a year at each level, not of a week; and a cap hides true signals too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from headworks.core.errors import UsageError
from headworks.warning.budget.units import LEVELS

_NUMBER = r"(\d+(?:\.\d+)?)"
_IN = re.compile(rf"at most {_NUMBER} in {_NUMBER} (?:is |are )?false")
_PERCENT = re.compile(rf"at most {_NUMBER} ?(?:%|percent|per cent) (?:is |are )?false")
_CAP = re.compile(r"at most (\d+) (?:signals? )?(?:a|per|each) week(?: (?:per|in each|for each) (\w+))?")
_EXAMPLE = "Write: at most 1 in 10 false; at most 5 a week per city"


@dataclass(frozen=True)
class Budget:
    """``share_false`` of what is shown, at each level; ``most_per_week`` new signals of each unit of a level, by level.

    The level 0 stands for all units together.
    """

    share_false: float
    most_per_week: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.share_false < 1:
            raise UsageError(
                "The share of false signals lies between none and all.", where="budget", found=f"{self.share_false:g}",
                remedy="Give 1 in 10, or 10 %. A share of 0 would show nothing", code="HW-U281",
            )  # fmt: skip
        if any(most < 1 for _, most in self.most_per_week):
            raise UsageError(
                "At least one signal a week must be allowed.", where="budget", found="0 a week",
                remedy="Give 1 or more, or leave the cap out", code="HW-U282",
            )  # fmt: skip

    def in_words(self) -> str:
        """The budget as a sentence that :func:`parse_budget` reads.

        Examples
        --------
        >>> Budget(0.1, ((2, 5),)).in_words()
        'at most 10 % false; at most 5 a week per city'
        """
        names = {number: f" per {name}" for name, number in LEVELS.items()} | {0: ""}
        caps = [f"at most {most} a week{names[level]}" for level, most in self.most_per_week]
        return "; ".join([f"at most {100 * self.share_false:.12g} % false", *caps])


def parse_budget(words: str) -> Budget:
    """What a reader wants, as numbers.

    Parameters
    ----------
    words
        Parts separated by ``;``, ``,`` or "and": one share, any number of caps.

    Returns
    -------
    Budget
        Caps in the order of levels.

    Raises
    ------
    UsageError
        ``HW-U280`` for words that are no budget, or one without a share; ``HW-U281`` for a share of 0 or all;
        ``HW-U282`` for a cap of 0; ``HW-U283`` for the same thing said twice; ``HW-U284`` for a level that is none.

    Examples
    --------
    >>> parse_budget("at most 1 in 10 false; at most 5 a week per city")
    Budget(share_false=0.1, most_per_week=((2, 5),))
    """
    shares: list[float] = []
    caps: dict[int, int] = {}
    for part in re.split(r"\s*(?:;|,|\band\b)\s*", words.strip().lower().rstrip(".")):
        if not part:
            continue
        if found := _IN.fullmatch(part):
            of = float(found[2])
            shares.append(float(found[1]) / of if of else float("inf"))
        elif found := _PERCENT.fullmatch(part):
            shares.append(float(found[1]) / 100)
        elif found := _CAP.fullmatch(part):
            level = _level_named(found[2])
            if level in caps:
                raise _twice(part)
            caps[level] = int(found[1])
        else:
            raise UsageError(
                "A part of the budget was not understood.", where="budget", found=part, remedy=_EXAMPLE, code="HW-U280"
            )
    if not shares:
        raise UsageError(
            "The budget does not say how many may be false.", where="budget", found=words, remedy=_EXAMPLE, code="HW-U280"
        )
    if len(shares) > 1:
        raise _twice(words)
    return Budget(shares[0], tuple(sorted(caps.items())))


def _level_named(name: str | None) -> int:
    """Number of a level, 0 without a name."""
    if name is None:
        return 0
    if name not in LEVELS:
        raise UsageError(
            "There is no such level.", where="budget", found=name, remedy=f"One of {', '.join(LEVELS)}", code="HW-U284"
        )
    return LEVELS[name]


def _twice(found: str) -> UsageError:
    return UsageError(
        "The budget says one thing twice.", where="budget", found=found,
        remedy="One share, and one cap for each level", code="HW-U283",
    )  # fmt: skip
