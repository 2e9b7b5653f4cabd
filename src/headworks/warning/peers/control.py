"""What a reader may set of each detector: R's names in snake case, R's defaults; what means nothing is refused.

The defaults are those of surveillance 1.20.3 as documented; none of them is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from headworks.core.errors import UsageError

_FARRINGTON: dict[str, Any] = {
    "b": 5, "w": 3, "reweight": True, "trend": True, "alpha": 0.05, "limit54": (5, 4), "power_trans": "2/3",
}  # fmt: skip
_FLEXIBLE = {
    "weights_threshold": 2.58, "p_threshold_trend": 0.05, "no_periods": 1, "past_weeks_not_included": None,
    "threshold_method": "delta",
}  # fmt: skip
_EARS: dict[str, Any] = {"baseline": 7, "min_sigma": 0.0, "alpha": 0.001}
DEFAULTS: dict[str, dict[str, Any]] = {
    "farrington": _FARRINGTON,
    "farrington_flexible": _FARRINGTON | _FLEXIBLE,
    "ears_c1": _EARS,
    "ears_c2": _EARS,
    "ears_c3": _EARS | {"alpha": 0.025, "present_week": False},
    "cusum": {"k": 1.04, "h": 2.26, "m": None, "trans": "standard", "reset": False},
    "rki": {"b": 2, "w": 4, "act_y": False},
    "bayes": {"b": 0, "w": 6, "act_y": True, "alpha": 0.05},
}
METHODS = tuple(DEFAULTS)


def _whole(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= least)


def _number(least: float, below: float = np.inf, *, open_: bool = False) -> Callable[[Any], bool]:
    def good(value: Any) -> bool:
        is_number = isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool)
        return is_number and (value > least if open_ else value >= least) and value < below

    return good


def _one_of(*options: Any) -> Callable[[Any], bool]:
    return lambda value: any(value is option or (isinstance(option, str) and value == option) for option in options)


def _limit54(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and _number(0)(value[0]) and _whole(1)(value[1])


# What a value must be, and how that is told.
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "b": (_whole(0), "years back, a whole number"),
    "w": (_whole(0), "steps on either side, a whole number"),
    "reweight": (_one_of(True, False), "True or False"),
    "trend": (_one_of(True, False), "True or False"),
    "alpha": (_number(0, 1, open_=True), "between 0 and 1"),
    "limit54": (_limit54, "(cases, steps)"),
    "power_trans": (_one_of("2/3", "1/2", "none"), "'2/3', '1/2' or 'none'"),
    "weights_threshold": (_number(0), "at least 0"),
    "p_threshold_trend": (_number(0, 1 + 1e-12), "between 0 and 1"),
    "no_periods": (_whole(1), "a whole number from 1"),
    "past_weeks_not_included": (lambda value: value is None or _whole(0)(value), "a whole number, or None for w"),
    "threshold_method": (_one_of("delta", "nbPlugin", "muan"), "'delta', 'nbPlugin' or 'muan'"),
    "baseline": (_whole(3), "steps, a whole number from 3"),
    "min_sigma": (_number(0), "at least 0"),
    "present_week": (_one_of(True, False), "True or False"),
    "k": (_number(0), "at least 0"),
    "h": (_number(0), "at least 0"),
    "m": (lambda value: value is None or value == "glm" or _number(0, open_=True)(value), "None, 'glm' or a number above 0"),
    "trans": (_one_of("standard", "rossi"), "'standard' or 'rossi'"),
    "reset": (_one_of(True, False), "True or False"),
    "act_y": (_one_of(True, False), "True or False"),
}


def control_of(method: str, freq: int, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a method: what was given, else the default.

    Parameters
    ----------
    method
        One of ``METHODS``.
    freq
        Steps a year.
    given
        Settings by name.

    Raises
    ------
    UsageError
        ``HW-U231`` for a method nobody knows, ``HW-U232`` for settings it does not have, ``HW-U233`` for values that mean
        nothing, all of them at once.

    Examples
    --------
    >>> control_of("ears_c1", 52, {"baseline": 28})
    {'baseline': 28, 'min_sigma': 0.0, 'alpha': 0.001}
    """
    if method not in DEFAULTS:
        raise UsageError("There is no such detector.", where="method", found=str(method), remedy=f"Give one of {', '.join(METHODS)}.", code="HW-U231")  # fmt: skip  # noqa: E501
    strange = sorted(given.keys() - DEFAULTS[method].keys())
    if strange:
        raise UsageError(
            "The detector has no such setting.", where=method, found=", ".join(strange),
            remedy=f"Give any of {', '.join(DEFAULTS[method])}.", code="HW-U232",
        )  # fmt: skip
    control = DEFAULTS[method] | dict(given)
    wrong = [f"{name} = {value!r} ({_RULES[name][1]})" for name, value in control.items() if not _RULES[name][0](value)]
    if not _whole(1)(freq):
        wrong.append(f"freq = {freq!r} (steps a year, a whole number from 1)")
    elif not wrong:
        wrong = _together(method, freq, control)
    if wrong:
        raise UsageError("A setting means nothing.", where=method, found="; ".join(wrong), remedy="Give what stands in brackets.", code="HW-U233")  # fmt: skip  # noqa: E501
    return control


def _together(method: str, freq: int, control: dict[str, Any]) -> list[str]:
    """Settings that are sound alone, but not beside each other."""
    wrong = []
    if "w" in control and control["b"] > 0 and 2 * control["w"] + 1 > freq:
        wrong.append(f"w = {control['w']} (a window shorter than a year of {freq} steps)")
    if method.startswith("farrington") and control["b"] < 1:
        wrong.append("b = 0 (at least one year back)")
    if method in ("rki", "bayes") and control["b"] == 0 and not (control["act_y"] and control["w"]):
        wrong.append("b = 0 (without act_y there is no baseline)")
    # One block a step at most: with more the reference's blocks are others, and no part of a year is meant.
    if control.get("no_periods", 1) > 1 and control["no_periods"] > freq - 2 * control["w"]:
        wrong.append(f"no_periods = {control['no_periods']} (at most {freq - 2 * control['w']} with {freq} steps a year)")
    past = control.get("past_weeks_not_included")
    if past is not None and past > freq - control["w"] - 1:
        wrong.append(f"past_weeks_not_included = {past} (less than a year and a window)")
    return wrong
