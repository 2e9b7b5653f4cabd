"""Numbers of an mzML array that MS-Numpress packed.

    linear   y_i = 2 y_(i-1) - y_(i-2) + d_i,  m/z = y / f     whole numbers d_i, f and the first two y in front
    pic      whole numbers, a count each
    slof     exp(x / f) - 1,  x of 16 bits, f in front

A whole number of linear and pic is a half byte that says how many of its eight half bytes are left out, being all 0 (up to 8)
or all 1 (above 8), then the others, the lowest first. Where one ends is known only by reading it: the places of all of them
follow from each half byte's own step by doubling, 2^k numbers at a time.

Teleman et al. 2014, Mol Cell Proteomics 13:1537; layout as in the authors' reference code. The trap: a last half byte of 0 may
be a number's beginning or only fill the byte; it fills the byte where the count is complete without it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# f stands in the first eight bytes, the high byte first.
_FIXED_POINT = 8
_HALF_BYTES = 8
_FIRST_TWO = 8
# Nine half bytes.
_MOST_BYTES_A_NUMBER = 4.5
# Profiles of the finest instruments have a tenth of it; the places of half bytes take some fifty times the bytes.
MOST_NUMBERS = 2_000_000


class NumpressFault(ValueError):
    """Bytes that are no such numbers, in words."""


def decode_linear(raw: bytes, n: int) -> np.ndarray:
    """``n`` numbers packed by linear prediction.

    Raises
    ------
    NumpressFault
        When there are fewer or more.

    Examples
    --------
    f = 2, then 200 and 204, then d = 1: 2 x 204 - 200 + 1 = 209.

    >>> import struct
    >>> raw = struct.pack(">d", 2.0) + struct.pack("<II", 200, 204) + bytes([0x71])
    >>> decode_linear(raw, 3).tolist()
    [100.0, 102.0, 104.5]
    """
    fixed, body = _fixed_point(raw)
    in_front = 4 * min(n, 2)
    if len(body) < in_front:
        raise NumpressFault(f"{len(raw)} bytes for {n} numbers")
    whole = np.frombuffer(body[:in_front], "<u4").astype(np.int64)
    further = _whole_numbers(body[in_front:], max(n - 2, 0))
    if further.size:
        # Sums of sums of whole numbers: nothing is rounded before the division.
        steps = (whole[1] - whole[0]) + np.cumsum(further.astype(np.uint32).view(np.int32), dtype=np.int64)
        whole = np.concatenate((whole, whole[1] + np.cumsum(steps)))
    with np.errstate(over="ignore"):  # what is not finite is no peak
        found: np.ndarray = whole / fixed
    return found


def decode_pic(raw: bytes, n: int) -> np.ndarray:
    """``n`` counts.

    Raises
    ------
    NumpressFault
        When there are fewer or more.

    Examples
    --------
    The last half byte fills up.

    >>> decode_pic(bytes([0x75, 0x80]), 2).tolist()
    [5.0, 0.0]
    """
    return _whole_numbers(raw, n).astype(np.float64)


def decode_slof(raw: bytes, n: int) -> np.ndarray:
    """``n`` numbers kept as logarithms.

    Raises
    ------
    NumpressFault
        When there are fewer or more.

    Examples
    --------
    >>> import math, struct
    >>> raw = struct.pack(">d", 1000.0) + struct.pack("<H", round(1000 * math.log(8)))
    >>> round(decode_slof(raw, 1).item(), 2)
    7.0
    """
    fixed, body = _fixed_point(raw)
    if len(body) != 2 * n:
        raise NumpressFault(f"{len(raw)} bytes for {n} numbers")
    with np.errstate(over="ignore"):  # what is not finite is no peak
        found: np.ndarray = np.exp(np.frombuffer(body, "<u2") / fixed) - 1.0
    return found


DECODERS: dict[str, Callable[[bytes, int], np.ndarray]] = {
    "linear": decode_linear, "pic": decode_pic, "slof": decode_slof,
}  # fmt: skip


def most_bytes(n: int) -> int:
    """What ``n`` numbers take at most, packed in any of the three ways."""
    return _FIXED_POINT + _FIRST_TWO + int(_MOST_BYTES_A_NUMBER * n)


def _fixed_point(raw: bytes) -> tuple[float, bytes]:
    fixed = float(np.frombuffer(raw[:_FIXED_POINT], ">f8")[0]) if len(raw) >= _FIXED_POINT else 0.0
    if not (np.isfinite(fixed) and fixed > 0):
        raise NumpressFault(f"a fixed point of {fixed:g}")
    return fixed, raw[_FIXED_POINT:]


def _whole_numbers(raw: bytes, n: int) -> np.ndarray:
    """``n`` numbers of 32 bits without sign; the bytes hold no more of them."""
    data = np.frombuffer(raw, np.uint8)
    half = np.stack((data >> 4, data & 0xF), axis=1).ravel()
    n_left_out = np.where(half > _HALF_BYTES, half - _HALF_BYTES, half).astype(np.int32)
    # One past the end is a number that is cut off.
    after = np.minimum(np.arange(1, half.size + 1, dtype=np.int32) + (_HALF_BYTES - n_left_out), half.size + 1)
    begin = _beginnings(after, n)
    end = after[begin[-1]] if n else 0
    is_filled = end == half.size - 1 and half[-1] == 0
    if end != half.size and not is_filled:
        raise NumpressFault(f"{len(raw)} bytes that are not {n} numbers")
    # What is left out of a number above 8 is all 1.
    n_here = (_HALF_BYTES - n_left_out[begin]).astype(np.int64)
    value = np.where(half[begin] > _HALF_BYTES, (0xFFFFFFFF << (4 * n_here)) & 0xFFFFFFFF, 0)
    for place in range(_HALF_BYTES):
        has = n_here > place
        value[has] |= half[begin[has] + 1 + place].astype(np.int64) << (4 * place)
    return value


def _beginnings(after: np.ndarray, n: int) -> np.ndarray:
    """Where the first ``n`` numbers begin; ``after`` says where each half byte's number would end.

    Raises
    ------
    NumpressFault
        When there are fewer.
    """
    # Behind the end there is only the end.
    nowhere = after.size
    step = np.append(np.minimum(after, nowhere), np.int32(nowhere))
    begin = np.zeros(min(n, 1), dtype=np.int32)
    while begin.size < n:
        begin = np.concatenate((begin, step[begin]))
        step = step[step]
    begin = begin[:n]
    if n and begin[-1] >= nowhere:
        raise NumpressFault(f"fewer than {n} numbers")
    return begin
