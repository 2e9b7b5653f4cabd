import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vl_convert import svg_to_jpeg, svg_to_png

from headworks.core.errors import UsageError
from headworks.jobs.desk import plain_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="20" height="30" fill="teal"/></svg>'
SECRET = b"Exif\0\0GPS 23.1N 113.2E by somebody"


def jpeg(with_place=True):
    plain = svg_to_jpeg(SVG)
    segment = b"\xff\xe1" + struct.pack(">H", len(SECRET) + 2) + SECRET
    return plain[:2] + segment + plain[2:] + b"trailing " + SECRET if with_place else plain


def png(with_place=True):
    plain = svg_to_png(SVG)
    body = b"eXIf" + SECRET
    chunk = struct.pack(">I", len(SECRET)) + body + struct.pack(">I", zlib.crc32(body))
    return plain[:33] + chunk + plain[33:] + SECRET if with_place else plain


def webp():
    picture = b"VP8 " + struct.pack("<I", 10) + b"0123456789"
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([0x0C]) + b"\0" * 9
    place = b"EXIF" + struct.pack("<I", len(SECRET)) + SECRET + b"\0" * (len(SECRET) % 2)
    body = b"WEBP" + extended + picture + place
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("content", "kind"), [(jpeg(), "image/jpeg"), (png(), "image/png"), (webp(), "image/webp")])
def test_place_and_camera_are_taken_out(content, kind):
    assert SECRET in content
    plain, media_type = plain_picture(content)
    assert media_type == kind
    assert b"GPS" not in plain
    assert b"Exif" not in plain
    assert plain_picture(plain) == (plain, kind)


def test_the_picture_itself_stays():
    assert plain_picture(png())[0] == plain_picture(png(with_place=False))[0]
    scan = jpeg(with_place=False)
    assert plain_picture(jpeg())[0].endswith(scan[scan.index(b"\xff\xda") :])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a....",
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"\x89PNG\r\n\x1a\n\0\0",
        jpeg()[:300],
        b"x" * (8 * 1024 * 1024 + 1),
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises(UsageError) as refused:
        plain_picture(content)
    assert refused.value.code == "HW-U147"


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP"]))
def test_no_bytes_break_the_reader(rest, head):
    # Another kind of exception would fail the test.
    with suppress(UsageError):
        assert plain_picture(head + rest)[1].startswith("image/")
