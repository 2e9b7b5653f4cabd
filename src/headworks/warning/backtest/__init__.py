"""How well does a detector do? Outbreaks of known size laid on a history, and what became of them.

In: days of a history, or alarms of units, weeks and known outbreaks. Out: days with outbreaks, and scores.
"""

from headworks.warning.backtest.inject import SHAPES, Outbreak, injected, outbreak_factors, parse_injection
from headworks.warning.backtest.score import Scores, score

__all__ = ["SHAPES", "Outbreak", "Scores", "injected", "outbreak_factors", "parse_injection", "score"]
