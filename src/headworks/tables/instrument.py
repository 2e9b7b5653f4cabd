"""What an instrument's software exported: one row per injection, analyte and transition, as read, nothing computed.

The trap is the vendor's own result: its concentration, response and ion ratio stand in ``vendor_…`` columns, to be compared
with ours and never taken for ours.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from headworks.core.schema import Table, about

# blank: matrix or procedure with internal standard; double_blank: without internal standard; solvent_blank: neither.
SAMPLE_TYPES = [
    "sample", "calibrator", "continuing_calibration", "qc", "blank", "double_blank", "solvent_blank", "matrix_spike",
    "duplicate", "system_suitability", "other",
]  # fmt: skip
ROLES = ["target", "internal_standard"]
IONS = ["quantifier", "qualifier"]


class InjectionResults(Table):
    """Peaks of a batch as the instrument's software exported them, ready for quantification."""

    batch_id = dy.String(primary_key=True, min_length=1, description="Batch; the file's own, or the file's name.", metadata=about("-"))
    injection = dy.Int32(primary_key=True, min=1, description="Place of the injection in the batch: by time where every time is known, else by the file.", metadata=about("1"))
    analyte = dy.String(primary_key=True, min_length=1, description="Compound, in our name where the profile gives one, without the mark of an internal standard.", metadata=about("-"))
    transition = dy.String(primary_key=True, description="347.3 -> 121.1, or the trace's name; empty where the export does not say it.", metadata=about("-"))
    sample_name = dy.String(min_length=1, description="Name of the sample as written.", metadata=about("-"))
    data_file = dy.String(nullable=True, description="Raw data file.", metadata=about("-"))
    sample_type = dy.Enum(SAMPLE_TYPES, nullable=True, description="What was injected; empty while nobody has said what the word means.", metadata=about("-"))
    sample_type_as_written = dy.String(nullable=True, description="The export's own word.", metadata=about("-"))
    level = dy.String(nullable=True, description="Calibration or control level as written.", metadata=about("-"))
    acquired_at = dy.Datetime(time_unit="us", nullable=True, description="When it was injected, by the instrument's clock.", metadata=about("local instant"))
    utc_offset_min = dy.Int16(min=-840, max=840, nullable=True, description="Offset of that clock from UTC, where said.", metadata=about("min"))
    vial = dy.String(nullable=True, description="Position in the sampler.", metadata=about("-"))
    injection_volume_ul = dy.Float64(nullable=True, min=0, description="Volume injected.", metadata=about("uL"))
    dilution_factor = dy.Float64(nullable=True, min_exclusive=0, description="Dilution as the export states it; not applied.", metadata=about("1"))
    compound_as_written = dy.String(min_length=1, description="The export's own name of the compound.", metadata=about("-"))
    role = dy.Enum(ROLES, nullable=True, description="Target or internal standard; empty while open.", metadata=about("-"))
    internal_standard = dy.String(nullable=True, description="The target's internal standard, named as in analyte; empty where none or open.", metadata=about("-"))
    ion = dy.Enum(IONS, nullable=True, description="Quantifier or qualifier; empty while open.", metadata=about("-"))
    precursor_mz = dy.Float64(nullable=True, min_exclusive=0, description="Precursor ion.", metadata=about("m/z"))
    product_mz = dy.Float64(nullable=True, min_exclusive=0, description="Product ion.", metadata=about("m/z"))
    expected_concentration = dy.Float64(nullable=True, min=0, description="Nominal concentration of a calibrator or control.", metadata=about("as concentration_unit"))
    concentration_unit = dy.String(nullable=True, description="Unit of every concentration of the row; empty while open.", metadata=about("-"))
    internal_standard_concentration = dy.Float64(nullable=True, min=0, description="Concentration of the internal standard, where stated.", metadata=about("as concentration_unit"))
    area = dy.Float64(nullable=True, min=0, description="Peak area; empty when no peak was found.", metadata=about("counts x min or s"))
    height = dy.Float64(nullable=True, min=0, description="Peak height.", metadata=about("counts"))
    retention_time_min = dy.Float64(nullable=True, min=0, description="Retention time found.", metadata=about("min"))
    expected_retention_time_min = dy.Float64(nullable=True, min=0, description="Retention time of the method.", metadata=about("min"))
    signal_to_noise = dy.Float64(nullable=True, min=0, description="As the vendor defines it.", metadata=about("1"))
    peak_width_min = dy.Float64(nullable=True, min=0, description="Width at half height.", metadata=about("min"))
    symmetry = dy.Float64(nullable=True, description="As the vendor defines it.", metadata=about("1"))
    is_manual_integration = dy.Bool(nullable=True, description="The peak was integrated by hand; empty where the export does not say.", metadata=about("-"))
    is_excluded_by_vendor = dy.Bool(nullable=True, description="The vendor's calibration left this point out; never obeyed unseen.", metadata=about("-"))
    vendor_internal_standard_area = dy.Float64(nullable=True, min=0, description="Area of the internal standard as written beside the target.", metadata=about("counts x min or s"))
    vendor_ion_ratio_percent = dy.Float64(nullable=True, min=0, description="Qualifier over quantifier, as the vendor computed it.", metadata=about("%"))
    vendor_response = dy.Float64(nullable=True, description="Response or response ratio, as the vendor computed it.", metadata=about("1"))
    vendor_concentration = dy.Float64(nullable=True, description="The vendor's own result; never ours.", metadata=about("as concentration_unit"))
    vendor_accuracy_percent = dy.Float64(nullable=True, description="The vendor's own accuracy.", metadata=about("%"))
    fault_code = dy.String(nullable=True, description="First fault found in the row; the cell at fault is empty.", metadata=about("-"))

    @dy.rule()
    def an_internal_standard_names_none(cls) -> pl.Expr:
        return (pl.col("role").cast(pl.String) != "internal_standard").fill_null(True) | pl.col("internal_standard").is_null()
