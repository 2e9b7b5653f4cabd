"""Signals of a workspace: found and kept, explained, and a detector tried on its own history."""

from headworks.jobs.warning.explain import explain_signal
from headworks.jobs.warning.warn import Warned, WarnOrder, record_for, signals_for, warn

__all__ = ["WarnOrder", "Warned", "explain_signal", "record_for", "signals_for", "warn"]
