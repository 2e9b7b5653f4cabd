"""Mass spectra from foreign files: libraries (MSP, MGF, MassBank records), suspect lists (CSV), runs (mzML).

In: the bytes of a file and its name. Out: :class:`SpectraFile` with spectra as ``tables.screening.Spectra`` has them, or
:class:`SuspectFile`, or :class:`Run`; and what was left out, by file and line. A file of which nothing can be used is refused
(``HW-D662`` to ``HW-D669``).
"""

from headworks.intake.spectra.mzml import Run, read_mzml
from headworks.intake.spectra.read_spectra import SpectraFile, read_spectra
from headworks.intake.spectra.suspect_list import SuspectFile, read_suspects

__all__ = ["Run", "SpectraFile", "SuspectFile", "read_mzml", "read_spectra", "read_suspects"]
