"""What people ask of a trend: rises, doubling, turns, weekends, seasons, one beside another; and in plain words.

In: what ``trends.smoother`` found, as arrays. Out: probabilities, ratios with their bounds, and sentences as a key and its
numbers. Equations (S12) to (S16) are in ``docs/methods/smoother.md``.
"""

from headworks.trends.statements.comparison import Comparison, compare_levels
from headworks.trends.statements.rise import DoublingTime, Rise, doubling_time, p_rose_by, rise_over
from headworks.trends.statements.season import Season, seasonal_pattern
from headworks.trends.statements.sentence import Sentence, in_english, rise_sentence, turn_sentence
from headworks.trends.statements.turning_point import TurningPoints, turning_points
from headworks.trends.statements.weekend import Weekend, weekend_effect, weekend_of_sites

__all__ = [
    "Comparison",
    "DoublingTime",
    "Rise",
    "Season",
    "Sentence",
    "TurningPoints",
    "Weekend",
    "compare_levels",
    "doubling_time",
    "in_english",
    "p_rose_by",
    "rise_over",
    "rise_sentence",
    "seasonal_pattern",
    "turn_sentence",
    "turning_points",
    "weekend_effect",
    "weekend_of_sites",
]
