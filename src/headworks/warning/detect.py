"""Which weeks of which series lie above what a detector of the field allows?

One door to all of them: a table of counts in, a table of thresholds, alarms and reasons out. The equations are in
``docs/methods/warning_peers.md``.

The trap: a week that was not assessed is not a quiet week. ``alarm`` is missing there, and ``reason`` says why.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from headworks.warning import peers


def detect(
    observed: pl.DataFrame,
    method: str = "farrington_flexible",
    freq: int = 52,
    evaluate: tuple[int, int] | None = None,
    *,
    threads: int | None = None,
    **control: Any,
) -> pl.DataFrame:
    """Thresholds, alarms and reasons of a detector for every series and step assessed.

    Parameters
    ----------
    observed
        ``series, t, observed``: a row a series and step; ``t`` numbers weeks or months one by one, ``observed`` is at least
        0 and missing where nobody reported, as is a step without a row.
    method
        ``farrington``, ``farrington_flexible``, ``ears_c1``, ``ears_c2``, ``ears_c3``, ``cusum``, ``rki`` or ``bayes``.
    freq
        Steps a year.
    evaluate
        First and last step to assess; all of the table without.
    threads
        Threads at most; results do not depend on it.
    **control
        Settings by R's names in snake case; R's defaults without (``peers.control``).

    Returns
    -------
    pl.DataFrame
        ``series, t, threshold, alarm, assessable, reason`` in order of series and step. Where ``assessable`` is false
        ``reason`` says why and ``alarm`` is missing; after the rule of few cases it is false, since the method then raises
        none. Some methods add ``expected, mu0, phi, trend_coefficient`` (per step), ``score`` (1 at the threshold; the sum
        of ``cusum``), ``p_value`` (of a count at least as high), ``n_baseline``.

    Raises
    ------
    DataRefused
        ``HW-D700`` to ``HW-D703`` and ``HW-D745``, see :func:`headworks.warning.peers.counts_of`.
    UsageError
        ``HW-U230`` to ``HW-U233``: a range, method or setting that means nothing.

    References
    ----------
    Farrington et al. 1996, J. R. Statist. Soc. A 159, 547–563; Noufaily et al. 2013, Stat. Med. 32,
    1206–1222; Fricker et al. 2008, Stat. Med. 27, 3407–3429; Rossi et al. 1999, Stat. Med. 18, 2111–2122; Riebler 2004.

    Examples
    --------
    Seven weeks 2, 4, 2, 4, 2, 4, 3: mean 3, variance 6/6 = 1, so C1 allows 3 + 3.0902 x 1.

    >>> weeks = pl.DataFrame({"series": "a", "t": range(1, 9), "observed": [2, 4, 2, 4, 2, 4, 3, 7]})
    >>> found = detect(weeks, "ears_c1", evaluate=(7, 8))
    >>> found["threshold"].round(4).to_list(), found["alarm"].to_list(), found["reason"].to_list()
    ([None, 6.0902], [None, True], ['the history is too short', None])
    """
    settings = peers.control_of(method, freq, control)
    counts = peers.counts_of(observed, evaluate)
    if method == "farrington":
        answers = peers.farrington(counts, freq, settings, threads)
    elif method == "farrington_flexible":
        answers = peers.farrington_flexible(counts, freq, settings, threads)
    elif method.startswith("ears"):
        answers = peers.ears(counts, settings, method.removeprefix("ears_"))
    elif method == "cusum":
        answers = peers.cusum(counts, freq, settings)
    elif method == "rki":
        answers = peers.rki(counts, freq, settings)
    else:
        answers = peers.bayes(counts, freq, settings)
    return peers.answer_rows(counts, answers)
