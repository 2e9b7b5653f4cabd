"""MS-Numpress: what a slow obvious reader finds, whole files, and bytes that lie."""

import contextlib
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.spectra.mzml_builder import mzml, packed_array, scan

from headworks.intake.spectra import read_mzml
from headworks.intake.spectra.numpress import DECODERS, NumpressFault, decode_linear, decode_pic, most_bytes

WHOLE = st.lists(st.integers(0, 2**32 - 1), max_size=40)


def half_bytes(values):
    """Whole numbers of 32 bits as half bytes, one by one."""
    out = []
    for value in values:
        digits = [(value >> (4 * place)) & 0xF for place in range(8)]
        zeros = next((k for k, digit in enumerate(reversed(digits)) if digit), 8)
        ones = next((k for k, digit in enumerate(reversed(digits)) if digit != 0xF), 7)
        head, kept = (zeros, 8 - zeros) if zeros or not ones else (8 + min(ones, 7), 8 - min(ones, 7))
        out += [head, *digits[:kept]]
    return out


def as_bytes(halves):
    filled = halves + [0] * (len(halves) % 2)
    return bytes(16 * high + low for high, low in zip(filled[::2], filled[1::2], strict=True))


@given(WHOLE)
def test_whole_numbers_come_back_as_they_were(values):
    raw = as_bytes(half_bytes(values))
    assert decode_pic(raw, len(values)).tolist() == values
    assert len(raw) <= most_bytes(len(values))


@given(st.lists(st.integers(0, 2**30), min_size=2, max_size=40))
def test_linear_prediction_is_undone_step_by_step(values):
    residues = [c - 2 * b + a for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    raw = struct.pack(">d", 8.0) + struct.pack("<II", *values[:2]) + as_bytes(half_bytes([d % 2**32 for d in residues]))
    assert decode_linear(raw, len(values)).tolist() == [value / 8.0 for value in values]


def test_one_number_and_none_are_read():
    # 1500 / 1000 by hand.
    assert decode_linear(struct.pack(">d", 1000.0) + struct.pack("<I", 1500), 1).tolist() == [1.5]
    assert [len(DECODERS[kind](struct.pack(">d", 1.0) if kind != "pic" else b"", 0)) for kind in DECODERS] == [0, 0, 0]


@pytest.mark.parametrize(
    ("kind", "raw", "n", "problem"),
    [
        ("linear", b"", 2, "a fixed point of 0"),
        ("slof", struct.pack(">d", float("nan")), 0, "a fixed point of nan"),
        ("linear", struct.pack(">d", 1.0) + b"abc", 1, "11 bytes for 1 numbers"),
        ("slof", struct.pack(">d", 1.0) + b"abc", 1, "11 bytes for 1 numbers"),
        ("pic", bytes([0x75]), 2, "fewer than 2"),
        ("pic", bytes([0x71, 0x71]), 1, "not 1 numbers"),
        ("pic", bytes([0x01]), 1, "not 1 numbers"),
    ],
)
def test_bytes_that_are_no_such_numbers_are_said(kind, raw, n, problem):
    with pytest.raises(NumpressFault, match=problem):
        DECODERS[kind](raw, n)


@given(st.binary(max_size=60), st.integers(0, 40), st.sampled_from(sorted(DECODERS)), st.booleans())
def test_any_bytes_are_read_or_refused(raw, n, kind, has_fixed_point):
    with contextlib.suppress(NumpressFault):
        assert DECODERS[kind](struct.pack(">d", 1e3) + raw if has_fixed_point else raw, n).size == n


LINEAR = struct.pack(">d", 1000.0) + struct.pack("<II", 60_000, 91_000) + bytes([0x71])  # 60, 91, 122.001
SLOF = struct.pack(">d", 1000.0) + struct.pack("<HHH", 1000, 2000, 0)


def _file(linear, counts, n=3):
    plain = mzml(scan([1.0] * n, [1.0] * n, 1.0), scan([50.0], [3.0], 1.01, precursor=91.0)).decode()
    begin, end = plain.index("<binaryDataArray encoded"), plain.index("</binaryDataArrayList>")
    return (plain[:begin] + linear + counts + plain[end:]).encode()


@pytest.mark.parametrize("is_zipped", [False, True])
def test_a_file_with_numpress_is_read_with_and_without_zlib(is_zipped):
    pack = zlib.compress if is_zipped else bytes
    linear = packed_array(pack(LINEAR), "MS:1000514", "MS:1000523", "MS:1002746" if is_zipped else "MS:1002312")
    slof = packed_array(pack(SLOF), "MS:1000515", "MS:1000521", "MS:1002748" if is_zipped else "MS:1002314")
    pic = packed_array(pack(bytes([0x75, 0x77, 0x78])), "MS:1000515", "MS:1002747" if is_zipped else "MS:1002313")
    run = read_mzml(_file(linear, slof), "a.mzML")
    # exp(1) - 1, exp(2) - 1, and a 0 that is no peak.
    assert run.spectra["mz"].to_list()[0] == [60.0, 91.0]
    assert run.spectra["intensity"].to_list()[0] == pytest.approx([np.e - 1, np.e**2 - 1])
    counts = read_mzml(_file(linear, pic), "a.mzML").spectra
    assert (counts["mz"].to_list()[0], counts["intensity"].to_list()[0]) == ([60.0, 91.0, 122.001], [5.0, 7.0, 8.0])


def test_an_array_that_grows_beyond_what_it_announced_is_left_out():
    bomb = packed_array(zlib.compress(bytes(10_000_000)), "MS:1000514", "MS:1002746")
    intensity = packed_array(SLOF, "MS:1000515", "MS:1002314")
    run = read_mzml(_file(bomb, intensity), "a.mzML")
    assert run.spectra["spectrum_id"].to_list() == ["scan=2"]
    [found] = run.faults["found"].to_list()
    assert "where 3 numbers were announced" in found
    many = _file(bomb, intensity).replace(b'defaultArrayLength="3"', b'defaultArrayLength="3000000"')
    assert "3,000,000 points announced" in read_mzml(many, "a.mzML").faults["found"].item()
