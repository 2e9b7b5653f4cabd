"""Small mzML files: MS1 and MS2 scans as given, zlib and 64-bit floats unless other arrays are given."""

import base64
import zlib

import numpy as np

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<mzML xmlns="http://psi.hupo.org/ms/mzml" id="made" version="1.1.0"><run id="made" startTimeStamp="{started}"><spectrumList count="{n}">
"""


def scan(mz, intensity, minutes, precursor=None, polarity="positive", seconds=False, profile=False):
    """One scan: MS2 where a precursor is given."""
    return {
        "mz": np.asarray(mz, float), "intensity": np.asarray(intensity, float), "minutes": minutes, "precursor": precursor,
        "polarity": polarity, "seconds": seconds, "profile": profile,
    }  # fmt: skip


def packed_array(raw, name, *kinds):
    """An array of bytes as they are packed, with the accessions that say how."""
    packed = base64.b64encode(raw).decode()
    said = "".join(f'<cvParam accession="{kind}"/>' for kind in (*kinds, name))
    return f'<binaryDataArray encodedLength="{len(packed)}">{said}<binary>{packed}</binary></binaryDataArray>'


def _array(values, name):
    return packed_array(zlib.compress(np.asarray(values, "<f8").tobytes()), name, "MS:1000523", "MS:1000574")


def _spectrum(number, one):
    time = one["minutes"] * 60 if one["seconds"] else one["minutes"]
    unit = "UO:0000010" if one["seconds"] else "UO:0000031"
    sign = "MS:1000130" if one["polarity"] == "positive" else "MS:1000129"
    level = 1 if one["precursor"] is None else 2
    ion = "" if one["precursor"] is None else (
        '<precursorList count="1"><precursor><selectedIonList count="1"><selectedIon>'
        f'<cvParam accession="MS:1000744" value="{one["precursor"]}"/></selectedIon></selectedIonList></precursor></precursorList>'
    )  # fmt: skip
    return (
        f'<spectrum index="{number}" id="scan={number + 1}" defaultArrayLength="{one["mz"].size}">'
        f'<cvParam accession="MS:1000511" value="{level}"/><cvParam accession="{sign}"/>'
        f'<cvParam accession="{"MS:1000128" if one["profile"] else "MS:1000127"}"/>'
        f'<scanList count="1"><scan><cvParam accession="MS:1000016" value="{time}" unitAccession="{unit}"/></scan></scanList>{ion}'
        f'<binaryDataArrayList count="2">{_array(one["mz"], "MS:1000514")}{_array(one["intensity"], "MS:1000515")}'
        "</binaryDataArrayList></spectrum>\n"
    )


def mzml(*scans, started="2026-03-02T08:00:00Z"):
    """Bytes of an mzML."""
    body = "".join(_spectrum(number, one) for number, one in enumerate(scans))
    return (HEAD.format(started=started, n=len(scans)) + body + "</spectrumList></run></mzML>\n").encode()


def dda(compounds, *, n_scans=30, noise=0, seed=0, **options):
    """A DDA run: each compound (precursor, fragments, heights, minutes, isotopes) elutes as a Gaussian and is fragmented at its top."""
    rng = np.random.default_rng(seed)
    times = np.linspace(0.1, 3.0, n_scans)
    scans = []
    for k, time in enumerate(times):
        mz, height = list(rng.uniform(80, 600, noise)), list(rng.uniform(1, 50, noise))
        for one in compounds:
            shape = 1e6 * np.exp(-0.5 * ((time - one["minutes"]) / 0.15) ** 2)
            for apart, share in zip(*one.get("isotopes", ((0.0,), (1.0,))), strict=True):
                if shape * share > 100:
                    mz.append(one["precursor"] + apart)
                    height.append(shape * share)
        order = np.argsort(mz)
        scans.append(scan(np.array(mz)[order], np.array(height)[order], time))
        scans += [
            scan(one["mz"], one["intensity"], time + 0.01, one["precursor"])
            for one in compounds
            if np.argmin(np.abs(times - one["minutes"])) == k
        ]
    return mzml(*scans, **options)
