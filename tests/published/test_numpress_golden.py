"""MS-Numpress as the authors' own code packs and unpacks it.

Bytes and numbers: the reference C++ library of MS-Numpress through pynumpress 0.1.5 (Apache-2.0), 22 November 2026, fixed points
as its ``optimal_*_fixed_point`` chose them but for the second row. Linear and pic are whole numbers: equal to the last bit; the
logarithms of slof to 1e-14.
"""

import pytest

from headworks.intake.spectra.numpress import DECODERS

GOLDEN = [
    (
        "linear",
        "41334393000000008c10da06e068860711bc4913914b6a3c13d1074b956ee8b402babcef70",
        [float.fromhex(x) for x in (
            "0x1.6c37804ad42f2p+6", "0x1.9000b78e205d3p+6", "0x1.2c4161e2dd33bp+7", "0x1.2c431267560f6p+7",
            "0x1.2c00000000000p+8", "0x1.2c00068a6c035p+8", "0x1.f3fffe5d64ff3p+10",
        )],
        0.0,
    ),
    ("linear", "408f400000000000a0860100888a010080", [100.0, 101.0, 102.0], 0.0),
    ("pic", "8717f6016ff5fff300001000aca9b38770", [0, 1, 15, 16, 255, 4095, 65_536, 1e9, 0, 7], 0.0),
    (
        "slof",
        "40afc2000000000000008d0e48499995f0ff",
        [0.0, 1.5001710851474606, 99.98844961574704, 12_345.849540305258, 9_999_854.299581788],
        1e-14,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "packed", "numbers", "tolerance"), GOLDEN)
def test_the_authors_bytes_are_the_authors_numbers(kind, packed, numbers, tolerance):
    found = DECODERS[kind](bytes.fromhex(packed), len(numbers))
    assert found.tolist() == pytest.approx(numbers, rel=tolerance, abs=0.0)


def test_what_was_packed_comes_back_within_half_a_step():
    kind, packed, _, _ = GOLDEN[0]
    # Its fixed point is 1,262,483: half a step is 4e-7 m/z.
    asked = [91.0542, 100.0007, 150.1277, 150.1310, 300.0, 300.0001, 1999.9999]
    assert DECODERS[kind](bytes.fromhex(packed), 7).tolist() == pytest.approx(asked, rel=0.0, abs=4.0e-7)
