"""Exports of instruments whose samples are those of a batch. Not a test."""

from tests.web.operations.desk import planned, taken, who
from tests.workflows.laboratory.builders import SHEET, as_bytes, export_lines

from headworks.web.operations.laboratory.batches import add_samples, make_batch

# A sheet of duplicates and spikes alone; whose samples they are, the names of the export say.
_SHEET = SHEET.replace(b"S1,G-1", b"S1,").replace(b"S2,G-2", b"S2,").replace(b"S3,G-3", b"S3,").replace(b"S4,G-4", b"S4,")


def prepared(name="X1", path="", n=4, site=None):
    """A batch of an area with samples prepared into it, and their codes."""
    samples = [taken(planned(number=number, site=site)) for number in range(1, n + 1)]
    analyst = who("analyst", path, username="ana")
    batch = make_batch(analyst, name, "LC-MS/MS 1", path)
    codes = [sample.sample_id for sample in samples]
    added, refused = add_samples(analyst, batch, codes)
    assert len(added) == n, refused
    return batch, codes


def _renamed(text, codes):
    for place, code in enumerate(codes, 1):
        text = text.replace(f"S{place}", f"01_{code}.d")
    return text


def export_of(codes, rows=None):
    """The bytes of an export in which samples S1, S2 … are called by their codes; further ones keep their names."""
    return _renamed(as_bytes(export_lines() if rows is None else rows).decode(), codes).encode()


def sheet_of(codes):
    """Its batch sheet."""
    return _renamed(_SHEET.decode().replace("S1 dup,G-1", f"S1 dup,{codes[0]}"), codes).encode()
