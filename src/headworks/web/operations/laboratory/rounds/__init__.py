"""Rounds between laboratories on the desk: sent, shown with the trend of their scores, asked before anything is released.

In: files of scores or results of a round. Out: what the last of them say of each analyte, and which analytes they hold back.
"""

from headworks.web.operations.laboratory.rounds.gate import Held, held_by_rounds
from headworks.web.operations.laboratory.rounds.kept import keep_round, rounds_of

__all__ = ["Held", "held_by_rounds", "keep_round", "rounds_of"]
