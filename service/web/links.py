"""Which pages a company is offered a link to. A source is always named; a link is an invitation to follow it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

GOVERNMENT = "gov.cn"


def host_of(url: str) -> str:
    """The host of an address, in lower case and without a port; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_linked(url: str) -> bool:
    """Whether an address belongs to a government site or to a host we know."""
    host = host_of(url)
    labels = host.split(".")
    return any(".".join(labels[start:]) in _hosts() for start in range(len(labels)))


@cache
def _hosts() -> frozenset[str]:
    lines = (files("service.web") / "linked_hosts.txt").read_text(encoding="utf-8").splitlines()
    return frozenset({GOVERNMENT, *(line.strip() for line in lines if line.strip() and not line.startswith("#"))})
