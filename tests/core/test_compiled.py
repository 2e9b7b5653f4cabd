import threading

import pytest

from headworks.core.compiled import in_chunks


@pytest.mark.parametrize(("n_rows", "threads"), [(0, 2), (1, 2), (7, 1), (50, 2), (3, 4), (1000, 3)])
def test_every_row_is_done_once_in_pieces_that_are_even(n_rows, threads):
    done, lock = [], threading.Lock()

    def note(first: int, last: int) -> None:
        with lock:
            done.append((first, last))

    in_chunks(note, n_rows, threads)
    assert [row for first, last in sorted(done) for row in range(first, last)] == list(range(n_rows))
    sizes = [last - first for first, last in done]
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_what_goes_wrong_in_a_piece_is_told():
    def fail(first: int, last: int) -> None:
        raise ValueError(f"rows {first} to {last}")

    with pytest.raises(ValueError, match="rows 0 to"):
        in_chunks(fail, 10, threads=2)
