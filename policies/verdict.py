"""MET / NOT_MET / UNKNOWN and how they combine: Kleene's strong three-valued logic (S. C. Kleene, 1952, §64)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """Whether a condition holds for an enterprise. UNKNOWN is its own answer and is never rounded."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


def from_bool(holds: bool) -> Verdict:
    return Verdict.MET if holds else Verdict.NOT_MET


def negate(verdict: Verdict) -> Verdict:
    if verdict is Verdict.UNKNOWN:
        return Verdict.UNKNOWN
    return from_bool(verdict is Verdict.NOT_MET)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Conjunction; an empty one is MET."""
    seen = set(verdicts)
    if Verdict.NOT_MET in seen:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in seen else Verdict.MET


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Disjunction; an empty one is NOT_MET."""
    return negate(all_of(negate(verdict) for verdict in verdicts))


def at_least(count: int, verdicts: Iterable[Verdict]) -> Verdict:
    """MET when `count` are MET whatever the unknown ones turn out to be, NOT_MET when they cannot suffice."""
    listed = list(verdicts)
    met = listed.count(Verdict.MET)
    if met >= count:
        return Verdict.MET
    possible = met + listed.count(Verdict.UNKNOWN)
    return Verdict.UNKNOWN if possible >= count else Verdict.NOT_MET
