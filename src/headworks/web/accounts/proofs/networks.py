"""Where a request comes from, as far as it is kept: for counting attempts, and coarsely for the owner of a session."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl", "python")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "python": "Python"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def network_of(request: HttpRequest) -> str:
    """The network a request comes from: one IPv4 host, or a /64 of IPv6, of which one subscriber has all.

    Behind a proxy it is the last entry of ``X-Forwarded-For``, the one the proxy itself wrote.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.SERVER.behind_tls:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() or said
    try:
        host = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    return str(host) if host.version == 4 else str(ipaddress.ip_network((host, 64), strict=False))


def coarse_network(request: HttpRequest) -> str:
    """What a list of sessions says: enough to see that one is not mine, too little to find anybody."""
    network = network_of(request)
    if network == "unknown" or "/" in network:
        return network
    return str(ipaddress.ip_network((network, 24), strict=False))


def browser_of(request: HttpRequest) -> str:
    """Kind of browser and system, in two words.

    Examples
    --------
    >>> request = HttpRequest()
    >>> request.META["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    >>> browser_of(request)
    'Firefox, Linux'
    """
    said = request.META.get("HTTP_USER_AGENT", "")
    found = next((name for name in _BROWSERS if name in said), "")
    system = next((name for name in _SYSTEMS if name in said), "")
    return ", ".join(filter(None, (_NAMES.get(found, found), system)))
