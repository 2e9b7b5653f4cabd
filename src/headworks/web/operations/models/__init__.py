"""What the desk keeps: plans, samples with their custody, batches with their results and releases."""

from headworks.web.operations.models.custody import CustodyEvent, Deviation, Photo
from headworks.web.operations.models.laboratory import Batch, HitReview, InstrumentFile, MeasurementEntry, Release
from headworks.web.operations.models.samples import SampleRecord, SamplingPlan

__all__ = [
    "Batch", "CustodyEvent", "Deviation", "HitReview", "InstrumentFile", "MeasurementEntry", "Photo", "Release",
    "SampleRecord", "SamplingPlan",
]  # fmt: skip
