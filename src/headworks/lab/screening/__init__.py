"""What is in a sample that nobody asked for: spectra against libraries, ions against suspect lists.

In: spectra (``tables.screening.Spectra``), suspects, the rules of a profile. Out: candidates with scores, the level of
identification and the rule that gave it, or why there is no hit; flags of library records that contradict themselves.
Equations are in ``docs/methods/screening.md``.
"""

from headworks.lab.screening.features import derive_features
from headworks.lab.screening.identification_level import Evidence, Level, identification_level
from headworks.lab.screening.isomers import library_isomers
from headworks.lab.screening.judge_search import THRESHOLD, judge_search
from headworks.lab.screening.record_checks import flag_library_records
from headworks.lab.screening.screen_sample import Archived, Library, Screening, screen_sample
from headworks.lab.screening.search_library import Candidates, search_library
from headworks.lab.screening.spectrum_index import SpectrumIndex, index_library
from headworks.lab.screening.suspect_ions import suspect_ions

__all__ = [
    "THRESHOLD", "Archived", "Candidates", "Evidence", "Level", "Library", "Screening", "SpectrumIndex", "derive_features",
    "flag_library_records", "identification_level", "index_library", "judge_search", "library_isomers", "screen_sample",
    "search_library", "suspect_ions",
]  # fmt: skip
