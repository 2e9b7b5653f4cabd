"""Areas with residents, sites, and who drains to which of them.

In: a plan. Out: a :class:`Network`, the part of a simulation that does not change from week to week.
"""

from headworks.planning.network.build_network import Network, build_network, plants_of

__all__ = ["Network", "build_network", "plants_of"]
