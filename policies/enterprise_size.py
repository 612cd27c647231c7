"""大中小微 by the statistical method of 2017, from whatever is known: a set of classes that are still possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from policies.trees import CodeTree

CLASSES = ("micro", "small", "medium", "large")


@dataclass(frozen=True, slots=True)
class Metric:
    """Inclusive lower limits of one metric; the fact is annual (employees in persons, money in yuan)."""

    fact: str
    small: Decimal
    medium: Decimal
    large: Decimal

    def class_of(self, value: Decimal) -> int:
        return sum(value >= limit for limit in (self.small, self.medium, self.large))


@dataclass(frozen=True, slots=True)
class SizeCategory:
    key: str
    label: str
    industries: tuple[str, ...]
    metrics: tuple[Metric, ...]

    def possible(self, values: Mapping[str, Decimal]) -> frozenset[str]:
        """The classes left open by the metrics known: the class is the lowest among all metrics of the category."""
        known = [metric.class_of(values[metric.fact]) for metric in self.metrics if metric.fact in values]
        highest = min(known, default=len(CLASSES) - 1)
        if len(known) == len(self.metrics):
            return frozenset({CLASSES[highest]})
        return frozenset(CLASSES[: highest + 1])


@dataclass(frozen=True, eq=False)
class SizeStandard:
    """The table of categories, each covering some branches of the industry tree."""

    categories: tuple[SizeCategory, ...]

    @lru_cache(maxsize=4_096)  # noqa: B019 - a table lives as long as its program
    def categories_for(self, industry: str, tree: CodeTree) -> tuple[tuple[SizeCategory, ...], bool]:
        """The categories that `industry` falls or may still fall under, and whether it may also be uncovered.

        An industry known only coarsely (``K``) may belong to several categories.
        """
        above = [c for c in self.categories if any(tree.is_within(industry, code) for code in c.industries)]
        if above:
            return tuple(above), False
        below = tuple(
            c for c in self.categories if any(code in tree and tree.is_within(code, industry) for code in c.industries)
        )
        return below, not self._covers_all(industry, tree)

    def _covers_all(self, industry: str, tree: CodeTree) -> bool:
        """Whether every narrowest industry within `industry` falls under some category."""
        within = [node.code for node in tree if tree.is_within(node.code, industry)]
        parents = {tree.node(code).parent for code in within}
        listed = {code for category in self.categories for code in category.industries}
        return all(listed.intersection(tree.chain(code)) for code in within if code not in parents)


def read_size_standard(data: Mapping[str, Any]) -> SizeStandard:
    """The table from its data (data/enterprise_size.yaml)."""
    return SizeStandard(
        tuple(
            SizeCategory(
                row["key"],
                row["label"],
                tuple(row["industries"]),
                tuple(
                    Metric(m["fact"], Decimal(m["small"]), Decimal(m["medium"]), Decimal(m["large"]))
                    for m in row["metrics"]
                ),
            )
            for row in data["categories"]
        )
    )


@dataclass(frozen=True, slots=True)
class ScaleBranch:
    """A branch of 规上/限上: the yearly revenue limit (inclusive), or a fact that must hold, or neither (every unit)."""

    label: str
    industries: tuple[str, ...]
    limit: Decimal | None
    needs: str | None


def read_scale_branches(data: Mapping[str, Any]) -> tuple[ScaleBranch, ...]:
    """The limits of 规上/限上 from their data (data/scale_limits.yaml)."""
    return tuple(
        ScaleBranch(
            row["label"],
            tuple(row["industries"]),
            Decimal(row["limit"]) if "limit" in row else None,
            row.get("needs"),
        )
        for row in data["branches"]
    )
