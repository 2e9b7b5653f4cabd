"""Encodings: told by their bytes, or refused."""

import pytest

from headworks.core.errors import DataRefused
from headworks.intake.files.text_encoding import decode_text

CHINESE = "站点,浓度\n广州市猎德污水处理厂,12.5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_is_read_in_every_usual_encoding(encoding):
    assert decode_text(CHINESE.encode(encoding), "x.csv")[0] == CHINESE


@pytest.mark.parametrize("text", ["Zürich;é", "Jyväskylä;Sääksmäki", "ÅÄÖ åäö", "ää;ää"])
def test_latin_1_is_not_taken_for_chinese(text):
    with pytest.raises(DataRefused, match=r"neither UTF-8 nor GB18030.*x.csv, line 2"):
        decode_text(b"a;b\n" + text.encode("latin-1"), "x.csv")


def test_latin_1_is_read_when_it_is_said():
    assert decode_text("Zürich".encode("latin-1"), "x.csv", "cp1252") == ("Zürich", "encoding cp1252")


@pytest.mark.parametrize("encoding", ["klingon", "undefined", "rot13", "utf-8", "utf-16"])
def test_an_encoding_that_does_not_fit_is_refused(encoding):
    with pytest.raises(DataRefused, match=rf"encoding stated.*Found: {encoding}"):
        decode_text("Zürich!".encode("latin-1"), "x.csv", encoding)


@pytest.mark.parametrize(("magic", "kind"), [(b"\x89PNG\r\n\x1a\n", "PNG"), (b"%PDF-1.7", "PDF"), (b"\x1f\x8b\x08", "gzip")])
def test_a_picture_with_the_name_of_a_table_is_called_a_picture(magic, kind):
    with pytest.raises(DataRefused, match=rf"not a text table.*{kind}"):
        decode_text(magic, "x.csv")


def test_utf_32_is_refused_for_its_nul_characters():
    with pytest.raises(DataRefused, match=r"not a text table.*line 1"):
        decode_text("a,b".encode("utf-32"), "x.csv")
