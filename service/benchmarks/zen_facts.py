"""What is known of an enterprise, as zen-engine takes it: JSON, one piece for each value that expressions name.

An unknown fact is absent (null). A code comes with the chain of all codes that contain it, a day is its ordinal, a
level its rank, a derived choice the set of choices still possible. Derived facts and growth are computed by Huiqi, so
that zen compares values and need not derive them. Numbers stay exact: zen reads JSON as decimals, but rounds floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from policies.derived import Resolved, Subject, growth
from policies.profile import Qualification
from policies.regions import NOT_IN_A_ZONE
from policies.vocabulary import Fact, FactType


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A value that an expression names: a fact, of a year when annual, or its growth over `span` years up to it."""

    fact: str
    year: int | None = None
    span: int | None = None

    @property
    def name(self) -> str:
        year = "" if self.year is None else f"__{self.year}"
        return f"{self.fact}{year}" + ("" if self.span is None else f"__growth_{self.span}")


def known_pieces(subject: Subject, needs: Iterable[Need]) -> Mapping[Need, bytes]:
    """JSON members (``"name":value,…``) for what is known; nothing for what is not."""
    pieces = {need: orjson.dumps(dict(_members(need, subject)))[1:-1] for need in needs}
    return {need: piece for need, piece in pieces.items() if piece}


def joined(pieces: Mapping[Need, bytes], needs: Iterable[Need]) -> bytes:
    """The facts needed as one JSON object."""
    return b"{" + b",".join(pieces[need] for need in needs if need in pieces) + b"}"


def _members(need: Need, subject: Subject) -> Iterator[tuple[str, Any]]:
    fact = subject.reference.fact(need.fact)
    if need.span is not None:
        assert need.year is not None
        found = growth(subject, need.fact, need.year, need.span)
    else:
        found = subject.resolve(need.fact, need.year)
    if fact.type is FactType.CHOICE and fact.derived is not None:
        yield from _choices_left(need.name, found)
    elif found.known is not None:
        yield from _value(need.name, fact, found.known.value, subject)


def _choices_left(name: str, found: Resolved) -> Iterator[tuple[str, Any]]:
    if found.known is not None:
        yield name, [found.known.value]
    elif found.possible:
        yield name, sorted(found.possible)


def _value(name: str, fact: Fact, value: object, subject: Subject) -> Iterator[tuple[str, Any]]:
    match value:
        case Decimal():
            yield name, orjson.Fragment(f"{value:f}")
        case date():
            yield name, value.toordinal()
        case frozenset():
            yield name, sorted(value)
        case Qualification():
            yield from _qualification(name, fact, value)
        case str() if fact.type in (FactType.REGION, FactType.ZONE, FactType.INDUSTRY):
            tree = subject.reference.industries if fact.type is FactType.INDUSTRY else subject.reference.regions
            yield name, value
            yield f"{name}__chain", () if value == NOT_IN_A_ZONE else tree.chain(value)
        case _:
            yield name, value


def _qualification(name: str, fact: Fact, value: Qualification) -> Iterator[tuple[str, Any]]:
    yield name, value.held
    if value.obtained is not None:
        yield f"{name}__obtained", value.obtained.toordinal()
    if value.valid_until is not None:
        yield f"{name}__until", value.valid_until.toordinal()
    if value.level is not None:
        yield f"{name}__level", fact.level_rank(value.level)
    if value.first_time is not None:
        yield f"{name}__first", value.first_time
