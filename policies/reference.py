"""The tables that conditions are read and evaluated against, as one value so that other tables can stand in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType

import yaml

from policies.enterprise_size import ScaleBranch, SizeStandard, read_scale_branches, read_size_standard
from policies.problems import InvalidData, Problem
from policies.regions import Regions, read_regions
from policies.trees import CodeTree, read_csv_tree
from policies.vocabulary import Fact, FactType, Vocabulary, read_vocabulary

# In this order they make the fingerprint.
_TABLES = ("facts.yaml", "regions.csv", "zones.yaml", "industries.csv", "enterprise_size.yaml", "scale_limits.yaml")


@dataclass(frozen=True)
class Reference:
    """Vocabulary, places, industries and size thresholds. `fingerprint` tells a stored verdict which tables it used.

    `texts` are the tables it was built from, by name; empty for one that was put together by hand.
    """

    vocabulary: Vocabulary
    regions: Regions
    industries: CodeTree
    sizes: SizeStandard
    scale: tuple[ScaleBranch, ...]
    fingerprint: str
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def fact(self, key: str) -> Fact:
        return self.vocabulary.fact(key)

    def code_name(self, fact: Fact, code: str) -> str:
        """The name of a place or industry code as people know it."""
        return self.industries.name(code) if fact.type is FactType.INDUSTRY else self.regions.name(code)

    @cached_property
    def zone_names(self) -> Mapping[str, str]:
        return {code: zone.name for code, zone in self.regions.zones.items()}


def reference_texts() -> Mapping[str, str]:
    """The shipped tables as they stand in their files, by name."""
    folder = files("policies.data")
    return MappingProxyType({name: folder.joinpath(name).read_bytes().decode("utf-8") for name in _TABLES})


def fingerprint_of(texts: Mapping[str, str]) -> str:
    """The same for the same texts, in every process and for ever. Raises KeyError when a table is not among them."""
    digest = hashlib.sha256()
    for name in _TABLES:
        digest.update(texts[name].encode("utf-8"))
    return digest.hexdigest()[:12]


def build_reference(texts: Mapping[str, str]) -> Reference:
    """The tables as one value. `texts` may have been kept long ago: whatever shape they had must still be read.

    Raises KeyError when a table is not among them, and InvalidData for a vocabulary that contradicts itself.
    """
    vocabulary, industries = (
        read_vocabulary(yaml.safe_load(texts["facts.yaml"])),
        read_csv_tree(texts["industries.csv"]),
    )
    _check_trades(vocabulary, industries)
    return Reference(
        vocabulary,
        read_regions(read_csv_tree(texts["regions.csv"]), yaml.safe_load(texts["zones.yaml"])),
        industries,
        read_size_standard(yaml.safe_load(texts["enterprise_size.yaml"])),
        read_scale_branches(yaml.safe_load(texts["scale_limits.yaml"])),
        fingerprint_of(texts),
        MappingProxyType({name: texts[name] for name in _TABLES}),
    )


def _check_trades(vocabulary: Vocabulary, industries: CodeTree) -> None:
    """Raises InvalidData for a fact that is asked of an industry that does not exist."""
    unknown = [
        (fact.key, code) for fact in vocabulary.facts.values() for code in fact.asked_of if code not in industries
    ]
    if unknown:
        raise InvalidData([Problem(f"{key}.asked_of", code, "应为国民经济行业代码") for key, code in unknown])


@cache
def load_reference() -> Reference:
    """The shipped tables; read once."""
    return build_reference(reference_texts())
