"""Which pages a company is offered a link to. A source is always named; a link is an invitation to follow it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

GOVERNMENT = "gov.cn"
_HOST = re.compile(r"[a-z0-9.-]+")


def host_of(url: str) -> str:
    """The host of an address, in lower case and without a port; empty where there is none or it is no plain name.

    Browsers read a backslash as a slash, and what stands before an @ as a user: an address with either names no host.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) and not set("\\@") & set(parts.netloc) else ""


def is_linked(url: str) -> bool:
    """Whether an address belongs to a government site or to a host we know."""
    host = host_of(url)
    labels = host.split(".")
    return any(".".join(labels[start:]) in _hosts() for start in range(len(labels)))


@cache
def _hosts() -> frozenset[str]:
    lines = (files("service.web") / "linked_hosts.txt").read_text(encoding="utf-8").splitlines()
    return frozenset({GOVERNMENT, *(line.strip() for line in lines if line.strip() and not line.startswith("#"))})
