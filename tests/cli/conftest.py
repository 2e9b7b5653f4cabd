from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from headworks.cli.app import run_app


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def headworks(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command line in this process; the paths in it may be paths."""

    def run(*words: object) -> Answer:
        capsys.readouterr()
        code = run_app([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(code, out, err)

    return run
