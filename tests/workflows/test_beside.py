from __future__ import annotations

import threading

import pytest

from headworks.workflows.beside import beside


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_task_gives_is_given_when_it_is_asked_for(at_once):
    with beside(at_once=at_once) as start:
        tasks = [start(lambda number=number: number**2) for number in range(4)]
        assert [wait() for wait in tasks] == [0, 1, 4, 9]


def test_a_task_runs_in_another_thread_only_when_that_is_wanted():
    for at_once in (True, False):
        with beside(at_once=at_once) as start:
            assert (start(threading.get_ident)() != threading.get_ident()) is at_once


@pytest.mark.parametrize("at_once", [True, False])
def test_what_goes_wrong_in_a_task_is_raised_here(at_once):
    def fail() -> None:
        raise ValueError("as foreseen")

    with pytest.raises(ValueError, match="as foreseen"), beside(at_once=at_once) as start:
        start(fail)()


def test_work_goes_on_beside_a_task():
    turn = threading.Event()
    with beside(at_once=True) as start:
        # Were it done on the spot, it would wait for what comes after it.
        waiting = start(lambda: turn.wait(timeout=30))
        turn.set()
        assert waiting()
