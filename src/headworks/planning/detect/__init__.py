"""What is seen at all: users, grams or an outbreak, with which probability; and what it proves when nothing is.

In: a :class:`Detection`, which holds a town, its sampler and its laboratory. Out: users, grams and probabilities.
"""

from headworks.planning.detect.one_day import Detection, probability_of_a_day, probability_poured
from headworks.planning.detect.simulate_detection import simulate_seen
from headworks.planning.detect.smallest import most_users_unseen, probability_seen, smallest_poured, smallest_users

__all__ = [
    "Detection",
    "most_users_unseen",
    "probability_of_a_day",
    "probability_poured",
    "probability_seen",
    "simulate_seen",
    "smallest_poured",
    "smallest_users",
]
