"""A picture with nothing in it but the picture: place, camera, thumbnails and notes are taken out, whatever the sender meant.

JPEG, PNG and WebP are told by their first bytes, not by their name. Segments that only describe are left out, and so is
whatever follows the end of the picture; a file that does not hold together is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from headworks.core.errors import UsageError

MOST_BYTES = 8 * 1024 * 1024
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"}
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
_WEBP_DESCRIBES = 0b0010_1100  # ICC, EXIF and XMP flags
_JPEG_STANDALONE = {0x01, *range(0xD0, 0xD8)}
# Of the application segments only the colour transform says how to show the picture.
_JPEG_DROPPED = ({0xFE} | set(range(0xE0, 0xF0))) - {0xEE}
_SOS, _EOI = 0xDA, 0xD9


def plain_picture(content: bytes) -> tuple[bytes, str]:
    """The picture alone, and its media type.

    Raises
    ------
    UsageError
        ``HW-U147`` for another kind of file, one that is broken, or one above 8 MB.
    """
    if len(content) > MOST_BYTES:
        raise _refused("The picture is too large.", f"{len(content) // 1024} kB", "Send at most 8 MB")
    for media_type, (is_such, strip) in PICTURE_TYPES.items():
        if is_such(content):
            try:
                return strip(content), media_type
            except (ValueError, IndexError, struct.error) as problem:
                raise _refused("The picture is broken.", str(problem), "Take it again") from problem
    raise _refused("This is no picture that can be kept.", content[:8].hex(" "), "Send JPEG, PNG or WebP")


def _refused(what: str, found: str, remedy: str) -> UsageError:
    return UsageError(what, where="picture", found=found, remedy=remedy, code="HW-U147")


def _jpeg(content: bytes) -> bytes:
    kept, at = [content[:2]], 2
    while True:
        if content[at] != 0xFF:
            raise ValueError(f"no marker at byte {at}")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _EOI:
            return b"".join([*kept, b"\xff\xd9"])
        if marker in _JPEG_STANDALONE:
            kept.append(content[at : at + 2])
            at += 2
            continue
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if end > len(content):
            raise ValueError(f"a segment at byte {at} goes on after the end")
        if marker == _SOS:
            end = _end_of_scan(content, end)
        if marker not in _JPEG_DROPPED:
            kept.append(content[at:end])
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands; stuffed zeros and restarts belong to the scan."""
    while True:
        at = content.index(b"\xff", at)
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError(f"a chunk at byte {at} goes on after the end")
        if kind in _PNG_KEPT:
            kept.append(content[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    end_of_all = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= end_of_all:
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        if end > len(content):
            raise ValueError(f"a chunk at byte {at} goes on after the end")
        if kind in (b"ANIM", b"ANMF"):
            raise ValueError("a film")
        if kind == b"VP8X":
            kept.append(content[at : at + 8] + bytes([content[at + 8] & ~_WEBP_DESCRIBES]) + content[at + 9 : end])
        elif kind in _WEBP_KEPT:
            kept.append(content[at:end])
        at = end
    body = b"".join(kept)
    if not body:
        raise ValueError("no picture in it")
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


PICTURE_TYPES: dict[str, tuple[Callable[[bytes], bool], Callable[[bytes], bytes]]] = {
    "image/jpeg": (lambda content: content.startswith(b"\xff\xd8\xff"), _jpeg),
    "image/png": (lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    "image/webp": (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", _webp),
}
