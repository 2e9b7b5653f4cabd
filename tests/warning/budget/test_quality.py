import numpy as np
import pytest

from headworks.warning.budget import Budget
from headworks.warning.budget.quality import select_causes

BUDGET = Budget(0.1)


@pytest.mark.parametrize(("before", "told"), [(0, False), (1, True)])
def test_causes_pay_from_their_own_list(before, told):
    # 0.1/(1 x 2) = 0.05 for the first: |z| of 1.96; two-sided p of -1.7 is 0.089, for which a second is needed.
    found = select_causes([-1.7, 0.0], BUDGET, shown_before=before, budget_weeks=1)
    assert found.tolist() == [told, False]


def test_causes_that_cannot_be_judged_are_not_told():
    assert not select_causes([np.nan, np.nan], BUDGET).any()
    assert select_causes([np.nan, 4.0], BUDGET).tolist() == [False, True]
