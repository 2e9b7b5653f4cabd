"""A province with one assessment of it: computed once a test, by the recommended rule set."""

import pytest
from tests.web.lists.seed import assessed, confirmed


@pytest.fixture
def in_use(own_province):
    """The confirmed assessment of the newest quarter."""
    return confirmed(assessed(own_province))
