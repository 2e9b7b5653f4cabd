"""Rounds between laboratories: assigned values, scores, and whose data may be used for what.

In: results of a round with their limits; out: scores with their meaning, and a gate per laboratory, analyte and year.
Equations K22 to K26 are in ``docs/methods/calibration.md``.
"""

from headworks.lab.proficiency.gate import laboratory_gate
from headworks.lab.proficiency.last_rounds import ENTRY_SCHEMA, ROUND_SCHEMA, outcome_of, proficiency_findings
from headworks.lab.proficiency.robust_mean import RobustMean, algorithm_a, huber_proposal_2
from headworks.lab.proficiency.round_entries import ENTRY_NUMBERS, score_entries
from headworks.lab.proficiency.scores import OUTCOMES, Scores, en_scores, z_scores, zeta_scores

__all__ = [
    "ENTRY_NUMBERS", "ENTRY_SCHEMA", "OUTCOMES", "ROUND_SCHEMA", "RobustMean", "Scores", "algorithm_a", "en_scores",
    "huber_proposal_2", "laboratory_gate", "outcome_of", "proficiency_findings", "score_entries", "z_scores", "zeta_scores",
]  # fmt: skip
