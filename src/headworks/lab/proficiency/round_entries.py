"""What a laboratory reported in a round, with the score that the round allows (K24 to K26).

A standard deviation for the assessment gives z or z'; without one expanded uncertainties on both sides give En, and standard
ones zeta. The trap: which of them a round means is the organiser's choice, so the first that its report has numbers for is
taken, in this order, and is named with the score.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.lab.proficiency.scores import en_scores, outcome_words, z_scores, zeta_scores

ENTRY_NUMBERS = ("result", "loq", "u", "expanded_u", "assigned", "u_assigned", "expanded_u_assigned", "sigma")
SCORE_KINDS = ("z", "z'", "zeta", "En")


def score_entries(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries with ``z`` (the score), ``kind`` (of ``SCORE_KINDS``) and ``outcome``.

    Parameters
    ----------
    entries
        ``ENTRY_NUMBERS``, all in one unit a row: the result (null where it was below its limit) with its limit, standard and
        expanded uncertainty, the same of the assigned value, and the standard deviation for the assessment; null where the
        round has none.

    Returns
    -------
    pl.DataFrame
        In their order. A censored entry has no score and no kind, and the outcome that its limit gives it; an entry whose
        round has numbers for no score has none of the three.

    Raises
    ------
    DataRefused
        ``HW-D619`` for a standard deviation or an uncertainty that cannot be.

    Examples
    --------
    (12 - 10) / 1 by the round's standard deviation; (12 - 10) / sqrt(6^2 + 8^2) by expanded uncertainties.

    >>> one = {"result": [12.0, 12.0], "assigned": [10.0, 10.0], "sigma": [1.0, None]}
    >>> more = {"expanded_u": [None, 6.0], "expanded_u_assigned": [None, 8.0], "loq": [None] * 2}
    >>> rows = pl.DataFrame(one | more).with_columns(u=pl.lit(None), u_assigned=pl.lit(None))
    >>> score_entries(rows).select("z", "kind", "outcome").rows()
    [(2.0, 'z', 'satisfactory'), (0.2, 'En', 'satisfactory')]
    """
    numbers = entries.select(pl.col(ENTRY_NUMBERS).cast(pl.Float64).fill_null(np.nan))
    value, loq, u, expanded, assigned, u_assigned, expanded_assigned, sigma = numbers.to_numpy().T
    by_z = np.isfinite(sigma)
    by_en = ~by_z & np.isfinite(expanded) & np.isfinite(expanded_assigned)
    by_zeta = ~by_z & ~by_en & np.isfinite(u) & np.isfinite(u_assigned)
    score = np.full(value.size, np.nan)
    kind = np.full(value.size, None, dtype=object)
    of_z = z_scores(value[by_z], assigned[by_z], sigma[by_z], np.nan_to_num(u_assigned[by_z]))
    score[by_z], kind[by_z] = of_z.score, of_z.kind
    score[by_en] = en_scores(value[by_en], expanded[by_en], assigned[by_en], expanded_assigned[by_en])
    score[by_zeta] = zeta_scores(value[by_zeta], u[by_zeta], assigned[by_zeta], u_assigned[by_zeta])
    kind[by_en], kind[by_zeta] = "En", "zeta"
    kind[np.isnan(value)] = None
    outcome = outcome_words(score, assigned, loq, by_en)
    outcome[~np.isnan(value) & ~(by_z | by_en | by_zeta)] = None
    return entries.with_columns(
        pl.Series("z", score).fill_nan(None), pl.Series("kind", kind.tolist(), pl.String),
        pl.Series("outcome", outcome.tolist(), pl.String),
    )  # fmt: skip
