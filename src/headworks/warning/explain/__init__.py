"""Why a signal speaks: what the past weighs, what single samples carry, what the load is made of, what would silence it."""

from headworks.warning.explain.appearance_sentence import appearance_sentence
from headworks.warning.explain.baseline_weights import baseline_weights
from headworks.warning.explain.cluster_sentence import cluster_sentence, often
from headworks.warning.explain.leave_one_out import leave_one_out
from headworks.warning.explain.parts_of_change import PartsOfChange, parts_of_change
from headworks.warning.explain.sentence import signal_sentence
from headworks.warning.explain.switch_off import switch_off

__all__ = [
    "PartsOfChange",
    "appearance_sentence",
    "baseline_weights",
    "cluster_sentence",
    "leave_one_out",
    "often",
    "parts_of_change",
    "signal_sentence",
    "switch_off",
]
