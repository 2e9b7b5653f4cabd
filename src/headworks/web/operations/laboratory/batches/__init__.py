"""Batches of samples, and the results that a laboratory enters of them.

In: samples that were received, files or forms of results. Out: entries by version, a verdict on the batch's quality control.
"""

from headworks.web.operations.laboratory.batches.batch import (
    add_samples,
    batches_of,
    give_verdict,
    make_batch,
    no_such_sample,
    samples_of,
)

__all__ = ["add_samples", "batches_of", "give_verdict", "make_batch", "no_such_sample", "samples_of"]
