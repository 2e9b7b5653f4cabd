"""Which sites cover the most people for a budget and a laboratory capacity, and how coverage grows with the budget.

In: a table of sites with people, cost and samples, and :class:`ChoiceRules`. Out: a :class:`SiteSelection`, the frontier.
"""

from headworks.planning.site_choice.choose_sites import SiteSelection, choose_sites
from headworks.planning.site_choice.frontier import coverage_frontier
from headworks.planning.site_choice.nesting import Nesting, nesting
from headworks.planning.site_choice.rules import ChoiceRules

__all__ = ["ChoiceRules", "Nesting", "SiteSelection", "choose_sites", "coverage_frontier", "nesting"]
