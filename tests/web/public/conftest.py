"""A province with an edition that is out."""

import pytest

from headworks.store import latest_run
from headworks.web.public.editions import approve, propose
from headworks.web.public.pages.memory import forget_pages


@pytest.fixture(autouse=True)
def _pages_are_made_anew():
    forget_pages()


@pytest.fixture
def editors(account):
    """Two readers: who proposes, and who approves."""
    from headworks.web.access.reader import reader_of

    return reader_of(account("steward", username="editor")), reader_of(account("director", username="second"))


@pytest.fixture
def edition(own_province, editors):
    """The run of the province, published."""
    made = propose(editors[0], "Figures of the first quarter.")
    assert made.run_id == latest_run(own_province).run_id
    return approve(editors[1], made.pk)
