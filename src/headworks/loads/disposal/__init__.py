"""Was a drug used, or poured away? Residue ratios, enantiomeric fractions, jumps of the load.

In: the table ``loads``, enantiomeric fractions with their samples. Out: the tables ``residue_ratios`` and ``disposal_events``,
and the days that are left out of means (:func:`kept_out_days`). The days stay visible.
"""

from headworks.loads.disposal.enantiomers import DisposedShare, disposed_share, fractions_of_days
from headworks.loads.disposal.events import disposal_events, kept_out_days
from headworks.loads.disposal.residue_ratios import residue_ratios

__all__ = ["DisposedShare", "disposal_events", "disposed_share", "fractions_of_days", "kept_out_days", "residue_ratios"]
