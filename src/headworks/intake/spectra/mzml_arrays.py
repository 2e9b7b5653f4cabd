"""Parameters and binary arrays of an mzML element: no array may unpack to more than it announced."""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from headworks.intake.spectra.numpress import DECODERS, MOST_NUMBERS, NumpressFault, most_bytes

_TYPES = {"MS:1000523": "<f8", "MS:1000521": "<f4", "MS:1000522": "<i8", "MS:1000519": "<i4"}
_NAMES = {"MS:1000514": "mz", "MS:1000515": "intensity", "MS:1000595": "time"}
_ZLIB, _NO_COMPRESSION, _SECOND = "MS:1000574", "MS:1000576", "UO:0000010"
# Kind of numpress, and whether zlib packed it once more.
_NUMPRESS = {
    "MS:1002312": ("linear", False), "MS:1002313": ("pic", False), "MS:1002314": ("slof", False),
    "MS:1002746": ("linear", True), "MS:1002747": ("pic", True), "MS:1002748": ("slof", True),
}  # fmt: skip
# An array of more is no spectrum.
_MOST_POINTS = 20_000_000
Group = Mapping[str, tuple[str, str]]


class ArrayFault(Exception):
    """An array that cannot be unpacked, in words."""


class Parameters(NamedTuple):
    """Value and unit by accession, those of referenced groups included."""

    found: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, element: Any, groups: Mapping[str, Group]) -> Parameters:
        """Those of the element itself, not of what is in it."""
        found: dict[str, tuple[str, str]] = {}
        for child in element if element is not None else ():
            name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
            if name == "referenceableParamGroupRef":
                found.update(groups.get(child.get("ref", ""), {}))
            elif name == "cvParam":
                found[child.get("accession", "")] = (child.get("value", ""), child.get("unitAccession", ""))
        return cls(found)

    @classmethod
    def first(cls, element: Any, path: str, groups: Mapping[str, Group]) -> Parameters:
        """Those of the first element at a path below, none where there is none."""
        return cls.of(element.find(path) if element is not None else None, groups)

    def has(self, accession: str) -> bool:
        """Whether it is there."""
        return accession in self.found

    def text(self, accession: str) -> str | None:
        """Its value as written."""
        return self.found.get(accession, ("", ""))[0] or None

    def unit(self, accession: str) -> str:
        """Its unit's accession."""
        return self.found.get(accession, ("", ""))[1]

    def number(self, accession: str) -> float | None:
        """Its value, where it is a finite number."""
        try:
            value = float(self.text(accession) or "nan")
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    def positive(self, accession: str) -> float | None:
        """Its value, where it is above 0."""
        value = self.number(accession)
        return value if value is not None and value > 0 else None


def read_arrays(element: Any, space: str, groups: Mapping[str, Group]) -> dict[str, np.ndarray]:
    """Arrays of a spectrum or chromatogram: ``mz``, ``intensity``, ``time`` in minutes.

    Raises
    ------
    ArrayFault
        When one cannot be unpacked, or holds more than it announced.
    """
    announced = int(_digits(element.get("defaultArrayLength")) or 0)
    found: dict[str, np.ndarray] = {}
    for array in element.iterfind(f"{space}binaryDataArrayList/{space}binaryDataArray"):
        what = Parameters.of(array, groups)
        name = next((name for accession, name in _NAMES.items() if what.has(accession)), None)
        if name is None:
            continue
        length = int(_digits(array.get("arrayLength")) or announced)
        values = _unpack(array.findtext(f"{space}binary") or "", what, length)
        in_seconds = name == "time" and what.unit("MS:1000595") == _SECOND
        found[name] = values / 60.0 if in_seconds else values
    if not found and announced == 0:
        return {"mz": np.zeros(0), "intensity": np.zeros(0)}
    return found


def _unpack(text: str, what: Parameters, length: int) -> np.ndarray:
    named = next((kind for accession, kind in _NUMPRESS.items() if what.has(accession)), None)
    if named is not None:
        return _unpack_numpress(text, *named, length)
    kind = next((kind for accession, kind in _TYPES.items() if what.has(accession)), None)
    is_packed = what.has(_ZLIB)
    if kind is None or (not is_packed and not what.has(_NO_COMPRESSION)):
        raise ArrayFault("a kind of number or of compression that is not read here")
    _require_length(length, _MOST_POINTS)
    size = np.dtype(kind).itemsize * length
    raw = _bytes(text, size, is_packed=is_packed)
    if len(raw) != size:
        raise ArrayFault(f"{len(raw)} bytes or more where {size} were announced")
    return np.frombuffer(raw, kind).astype(np.float64)


def _unpack_numpress(text: str, kind: str, is_packed: bool, length: int) -> np.ndarray:
    _require_length(length, MOST_NUMBERS)
    most = most_bytes(length)
    raw = _bytes(text, most, is_packed=is_packed)
    if len(raw) > most:
        raise ArrayFault(f"more than {most} bytes where {length} numbers were announced")
    try:
        # Nothing is packed into nothing, not even a fixed point.
        return DECODERS[kind](raw, length) if length or raw else np.zeros(0)
    except NumpressFault as problem:
        raise ArrayFault(f"numpress {kind}: {problem}") from problem


def _require_length(length: int, most: int) -> None:
    if length > most:
        raise ArrayFault(f"{length:,} points announced")


def _bytes(text: str, most: int, *, is_packed: bool) -> bytes:
    """Bytes of an array; of what zlib packed one more than ``most``, not all that it would grow to."""
    try:
        raw = base64.b64decode(text, validate=False)
        return zlib.decompressobj().decompress(raw, most + 1) if is_packed and raw else raw
    except (binascii.Error, zlib.error, ValueError) as problem:
        raise ArrayFault(str(problem)) from problem


def _digits(text: str | None) -> str:
    return text if text and text.isascii() and text.isdigit() and len(text) < 12 else ""


def clean_peaks(mz: np.ndarray, intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Peaks above zero by ascending m/z, and how many were no peaks at all.

    Examples
    --------
    >>> mz, intensity, bad = clean_peaks(np.array([90.0, 50.0, 60.0]), np.array([1.0, 3.0, -2.0]))
    >>> mz.tolist(), intensity.tolist(), bad
    ([50.0, 90.0], [3.0, 1.0], 1)
    """
    is_good = np.isfinite(mz) & np.isfinite(intensity) & (mz > 0) & (intensity >= 0)
    bad = int(mz.size - is_good.sum())
    is_kept = is_good & (intensity > 0)
    mz, intensity = mz[is_kept], intensity[is_kept]
    if np.all(mz[1:] >= mz[:-1]):
        return mz, intensity, bad
    order = np.argsort(mz, kind="stable")
    return mz[order], intensity[order], bad


def centroided(mz: np.ndarray, intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Local maxima of a profile, each at the top of the parabola through the logarithms of its three highest points.

    That is the centre itself of a Gaussian peak; a mean of the three would lean to the grid. Where a flank is missing, the
    highest point stands.

    Examples
    --------
    >>> mz, height = centroided(np.array([1.0, 1.05, 1.1, 1.15]), np.array([2.0, 4.0, 2.0, 1.0]))
    >>> mz.round(3).tolist(), height.tolist()
    ([1.05], [4.0])
    """
    if mz.size < 3:
        return mz, intensity
    padded = np.concatenate(([0.0], intensity, [0.0]))
    at = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    left, right = np.maximum(at - 1, 0), np.minimum(at + 1, mz.size - 1)
    below, above = mz[left] - mz[at], mz[right] - mz[at]
    # Zeros are not written out, so a neighbour may be the flank of another peak.
    has_flanks = (left < at) & (right > at) & (below > -_WIDEST_STEP) & (above < _WIDEST_STEP) & (below < 0) & (above > 0)
    fall_left = np.log(intensity[at] / np.where(has_flanks, intensity[left], 1.0))
    fall_right = np.log(intensity[at] / np.where(has_flanks, intensity[right], 1.0))
    curve = below * fall_right - above * fall_left
    shift = np.zeros(at.size)
    is_curved = has_flanks & (curve < 0)
    np.divide(below**2 * fall_right - above**2 * fall_left, 2.0 * curve, out=shift, where=is_curved)
    return mz[at] + np.clip(shift, np.minimum(below, 0.0), np.maximum(above, 0.0)), intensity[at]


# Da between two points of one profile peak; instruments that need centroiding here step by less.
_WIDEST_STEP = 0.1
