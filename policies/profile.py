"""What is known about one enterprise. An absent fact is unknown: never 0, never False."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from policies.receipts import Receipt
from policies.vocabulary import FactRef, Source


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification as far as it is known. `held` False means it is known not to be held; None dates are unknown."""

    held: bool
    level: str | None = None
    obtained: date | None = None
    valid_until: date | None = None
    first_time: bool | None = None


Value: TypeAlias = bool | Decimal | date | str | frozenset[str] | Qualification | tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A value with where it comes from and the day it was true."""

    value: Value
    source: Source = Source.ENTERPRISE
    as_of: date | None = None


FactKey: TypeAlias = tuple[str, int | None]

# Stands in the name of every fictional enterprise, so that no page can show one as real.
SAMPLE_MARK = "（示例）"


@dataclass(frozen=True)
class EnterpriseProfile:
    """The facts of one enterprise, keyed by (fact, year); the year is None unless the fact is annual."""

    code: str | None = None
    name: str | None = None
    facts: Mapping[FactKey, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    @property
    def is_sample(self) -> bool:
        return SAMPLE_MARK in (self.name or "")

    def known(self, key: str, year: int | None = None) -> Known | None:
        return self.facts.get((key, year))

    def with_known(self, ref: FactRef, known: Known) -> EnterpriseProfile:
        """The profile as it would be with one fact more or changed."""
        return replace(self, facts={**self.facts, (ref.key, ref.year): known})
