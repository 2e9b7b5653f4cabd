"""Whether a peak is the substance: retention time, ion ratios and noise against a named profile.

In: a table of peaks and one of their qualifiers, as an instrument's export has them, and the rules of a profile
(``reference.laboratory_rules.identification_rules``). Out: *identified*, *indicated* or *not identified* per injection and
analyte, with a sentence for each criterion.
"""

from headworks.lab.identification.identify import Identification, identify_peaks
from headworks.lab.identification.reference_peaks import REFERENCE_COLUMNS, derive_reference, with_stored_reference
from headworks.lab.identification.split_injections import split_injections

__all__ = [
    "REFERENCE_COLUMNS",
    "Identification",
    "derive_reference",
    "identify_peaks",
    "split_injections",
    "with_stored_reference",
]
