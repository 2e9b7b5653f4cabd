"""Exports of instrument software become one table of peaks, ready for quantification; what they leave open is asked.

In: a file of MassHunter, Skyline, SCIEX OS, TargetLynx, TraceFinder, or a long table of any kind, and perhaps a profile.
Out: :class:`InstrumentExport` with rows, questions with the nearest guess, and faults by file, row and column.
"""

from headworks.intake.instrument.profile import Profile, load_profile, profile_of, write_profile
from headworks.intake.instrument.propose import ProfileProposal, propose_profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.read_export import InstrumentExport, read_instrument_export

__all__ = [
    "InstrumentExport",
    "Profile",
    "ProfileProposal",
    "Question",
    "load_profile",
    "profile_of",
    "propose_profile",
    "read_instrument_export",
    "write_profile",
]
