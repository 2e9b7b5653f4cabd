from __future__ import annotations

import threading

from headworks.workflows import Steps


def test_steps_of_two_threads_are_timed_apart():
    told: list[str] = []
    steps = Steps(told.append)
    steps.begin("one")
    other = threading.Thread(target=lambda: (steps.begin("two"), steps.begin("")))
    other.start()
    other.join()
    steps.end()
    assert set(steps.seconds) == {"one", "two"}
    assert told == ["one", "two"]


def test_a_step_that_comes_again_adds_to_its_seconds():
    steps = Steps()
    for _ in range(2):
        steps.begin("one")
        threading.Event().wait(0.002)
    steps.end()
    assert steps.seconds["one"] >= 0.003
    steps.end()
    assert list(steps.seconds) == ["one"]
