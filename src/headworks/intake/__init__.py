"""Foreign files become our tables; what cannot, is refused by file, row and column, with what would do.

In: the bytes of a file, its format, a mapping. Out: :class:`Parsed` — tables that keep their promise, refusals, findings.
Then :func:`compare_with_known` says which rows are new, amended or known already. Nothing here reads a disk or a clock.
"""

from headworks.intake.amendments import Novelty, compare_with_known
from headworks.intake.mapping import Mapping, read_mapping
from headworks.intake.parsed import Parsed
from headworks.intake.read_file import FORMATS, parse_file

__all__ = ["FORMATS", "Mapping", "Novelty", "Parsed", "compare_with_known", "parse_file", "read_mapping"]
