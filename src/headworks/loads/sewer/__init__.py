"""What the sewer takes from a residue, or adds to it, between the toilet and the site.

In: half-lives and sorption of the reference, the residence time of a site. Out: surviving fractions and the uncertainty that
stands for a loss that is not corrected. Nothing is corrected unless it is asked for.
"""

from headworks.loads.sewer.derive_stability import derive_stability
from headworks.loads.sewer.first_order import loss_rate, rate_of_half_life, surviving_fraction, surviving_parent_and_product
from headworks.loads.sewer.sorption import flag_sorption, sorbed_fraction
from headworks.loads.sewer.uncorrected_loss import stability_uncertainty

__all__ = [
    "derive_stability",
    "flag_sorption",
    "loss_rate",
    "rate_of_half_life",
    "sorbed_fraction",
    "stability_uncertainty",
    "surviving_fraction",
    "surviving_parent_and_product",
]
