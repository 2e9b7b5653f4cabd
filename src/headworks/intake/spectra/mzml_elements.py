"""The elements of an mzML file that are read here, one by one.

Read with lxml. The file is not trusted: it may declare no document type (an mzML has none, and entities are how a small XML
grows without end), and text nodes keep libxml2's limits. What ends early is refused whole, since nobody knows what the rest
would have shown.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import Any

from headworks.core.errors import DataRefused

SPACE = "{http://psi.hupo.org/ms/mzml}"
_ROOTS = (b"<mzML", b"<indexedmzML")
# Comments before the root are short; beyond this there is no mzML.
_HEAD = 1_000_000
_MOST_BYTES = 4_000_000_000
_WANTED = tuple(SPACE + name for name in ("referenceableParamGroup", "spectrum", "chromatogram", "run"))


def unpacked(content: bytes, file: str) -> bytes:
    """The XML of a file, gzipped or not.

    Raises
    ------
    DataRefused
        ``HW-D667`` for a broken gzip.
    """
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            return packed.read(_MOST_BYTES)
    except (OSError, EOFError, zlib.error) as problem:
        raise _broken(file, str(problem), 0) from problem


def finished_elements(data: bytes, file: str) -> Iterator[Any]:
    """Groups of parameters, spectra and chromatograms in their order, each freed when the next is asked for.

    Between them comes the run when it begins, for its attributes alone.

    Raises
    ------
    DataRefused
        ``HW-D666`` for what is no mzML or declares a document type, ``HW-D667`` for what ends early or is broken.
    """
    from lxml import etree

    _require_mzml(data, file)
    n_read = 0
    try:
        for event, element in etree.iterparse(
            io.BytesIO(data), events=("start", "end"), tag=_WANTED, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        ):  # fmt: skip
            is_run = element.tag == SPACE + "run"
            if is_run == (event == "start"):
                n_read += element.tag == SPACE + "spectrum"
                yield element
            if event == "end":
                element.clear(keep_tail=False)
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as problem:
        raise _broken(file, str(problem), n_read) from problem


def _require_mzml(data: bytes, file: str) -> None:
    head = data[:_HEAD]
    places = [place for root in _ROOTS if (place := head.find(root)) >= 0]
    before = head[: min(places)] if places else head
    is_declaring = b"<!DOCTYPE" in before or b"<!ENTITY" in before
    if places and not is_declaring:
        return
    raise DataRefused(
        "An mzML declares no document type; entities are not read." if is_declaring else "This is no mzML.",
        where=file,
        found=repr(before[:80].decode("utf-8", "replace")),
        remedy="Convert the run to mzML anew, with msconvert for example",
        code="HW-D666",
    )


def _broken(file: str, found: str, n_read: int) -> DataRefused:
    return DataRefused(
        "The mzML ends early or is broken; nothing of it was kept.",
        where=f"{file}, after {n_read} spectra",
        found=found[:200],
        remedy="Copy the file again, or convert the run anew",
        code="HW-D667",
    )
