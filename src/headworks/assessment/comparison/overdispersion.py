r"""Which places lie outside once it is granted that all places differ by more than chance?

Each place stands at z = (y - target) / s. The most extreme tenth at each end is pulled in to the next value (winsorised), so
that true outliers do not widen the very limits they are held against: of k sorted values the floor(k q) lowest become the
next one up, and so at the top. Then, after Spiegelhalter (2005),

    phi = mean z_w^2                                                                                      (B2)

    multiplicative: limits target +- z_p s sqrt(phi), only where k phi > k - 1                            (B3)

    additive: tau^2 = (k phi - (k - 1)) / (sum w - sum w^2 / sum w), w = 1 / s^2, not below 0
              z_D = (y - target) / sqrt(s^2 + tau^2)                                                      (B4)

The additive form says that places truly differ with standard deviation tau. It is the one to take: the multiplicative form
lets large places differ hardly at all.

The trap: winsorising at *quantiles* gives other numbers (3.89 for 3.95 on the Scottish lip data). Order statistics are meant.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from headworks.assessment.comparison.equal_lists import equal_lists, refuse, require_all, require_one_of

Array = npt.NDArray[np.float64]
OverdispersionForm = Literal["additive", "multiplicative", "none"]
OVERDISPERSION_FORMS: tuple[OverdispersionForm, ...] = ("additive", "multiplicative", "none")
# Spiegelhalter's choice: outliers are few, a tenth at each end is surely enough to hold them.
_WINSORISED = 0.1
# Below this many places a variance between them is not worth its name.
LEAST_PLACES = 5


class Overdispersion(NamedTuple):
    """How much more places differ than by chance.

    ``phi`` of (B2) and ``phi_raw`` before winsorising; the two values at which ``z`` was cut; ``tau`` of (B4), unit of the
    figure; ``is_present`` where k phi > k - 1; ``z`` naive and ``z_additive``, ``z_multiplicative``, shape ``(n_places,)``.
    """

    phi: float
    phi_raw: float
    cut_lower: float
    cut_upper: float
    tau: float
    is_present: bool
    z: Array
    z_additive: Array
    z_multiplicative: Array


def overdispersion(
    figure: npt.ArrayLike, standard_error: npt.ArrayLike, target: float, winsorised: float = _WINSORISED
) -> Overdispersion:
    """How much more places differ than chance, and where each stands once that is granted (B2 to B4).

    Parameters
    ----------
    figure, standard_error
        Of each place, on a scale on which chance is about normal: the square root of a count, the log of a load.
    target
        The figure places are held against, on the same scale.
    winsorised
        Share pulled in at each end, 0 to below a half.

    Raises
    ------
    DataRefused
        ``HW-D761`` for fewer than five places, an error not above 0, or a share to pull in that is not 0 to below 0.5.

    Examples
    --------
    z = -2, -2, 0, 2, 2, errors 1: phi = 16/5 = 3.2, tau^2 = (16 - 4) / (5 - 1) = 3, so z_D = 2 / sqrt(1 + 3) = 1.

    >>> found = overdispersion([-2.0, -2.0, 0.0, 2.0, 2.0], 1.0, 0.0, winsorised=0.0)
    >>> round(found.phi, 6), round(found.tau**2, 6), found.z_additive.round(6).tolist()
    (3.2, 3.0, [-1.0, -1.0, 0.0, 1.0, 1.0])
    """
    y, s = equal_lists("HW-D761", figure=figure, standard_error=standard_error)
    require_all("HW-D761", s > 0, "standard_error", s, "A standard error is not above 0.", "Leave the place out")
    k = y.size
    if k < LEAST_PLACES or not 0 <= winsorised < 0.5:
        remedy = f"At least {LEAST_PLACES} places; a share from 0 to below 0.5"
        told = f"{k} places, share {winsorised:g}"
        refuse("HW-D761", "Too few places to say how much they differ.", found=told, remedy=remedy)
    z = (y - target) / s
    ordered, cut = np.sort(z), int(np.floor(k * winsorised))
    lower, upper = float(ordered[cut]), float(ordered[k - 1 - cut])
    phi = float(np.mean(np.clip(z, lower, upper) ** 2))
    is_present = k * phi > k - 1
    weight = 1 / s**2
    tau2 = (k * phi - (k - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()) if is_present else 0.0
    wide = np.sqrt(phi) if is_present else 1.0
    return Overdispersion(
        phi,
        float(np.mean(z**2)),
        lower,
        upper,
        float(np.sqrt(tau2)),
        is_present,
        z,
        (y - target) / np.sqrt(s**2 + tau2),
        z / wide,
    )


def root_of_counts(count: npt.ArrayLike, expected: npt.ArrayLike) -> tuple[Array, Array, float]:
    """Counts on the square-root scale: figure, standard error and target for :func:`overdispersion`.

    The root of the ratio of observed to expected has standard error 1 / (2 sqrt E), whatever the ratio is.

    Raises
    ------
    DataRefused
        ``HW-D760`` for a count below 0 or an expected count not above 0.

    Examples
    --------
    z = 2 (sqrt 9 - sqrt 4) = 2.

    >>> figure, error, target = root_of_counts([9], [4.0])
    >>> ((figure - target) / error).tolist()
    [2.0]
    """
    observed, e = equal_lists("HW-D760", count=count, expected=expected)
    require_all("HW-D760", observed >= 0, "count", observed, "A count is below 0.", "Leave the area out")
    require_all("HW-D760", e > 0, "expected", e, "An expected count is not above 0.", "Leave the area out")
    return np.sqrt(observed / e), 1 / (2 * np.sqrt(e)), 1.0


def overdispersed_limits(
    standard_error: npt.ArrayLike,
    target: float,
    found: Overdispersion,
    z: tuple[float, ...],
    form: OverdispersionForm = "additive",
) -> Array:
    """Limits of a funnel on the scale of the figure, widened for how places differ (B3, B4); shape ``(n_sizes, n_z)``.

    Parameters
    ----------
    standard_error
        Of each place, or along the axis of a funnel to draw.
    z
        Standard normal quantiles of the limits, such as -3.09, -1.96, 1.96, 3.09.

    Examples
    --------
    With tau^2 = 3: 0 + 1.96 x sqrt(1 + 3).

    >>> found = overdispersion([-2.0, -2.0, 0.0, 2.0, 2.0], 1.0, 0.0, winsorised=0.0)
    >>> overdispersed_limits([1.0], 0.0, found, (1.96,)).round(6).item()
    3.92
    """
    require_one_of("form", form, OVERDISPERSION_FORMS)
    (s,) = equal_lists("HW-D761", standard_error=standard_error)
    wide = {
        "additive": np.sqrt(s**2 + found.tau**2),
        "multiplicative": s * (np.sqrt(found.phi) if found.is_present else 1.0),
        "none": s,
    }[form]
    return target + wide[:, None] * np.asarray(z, dtype=np.float64)[None, :]
