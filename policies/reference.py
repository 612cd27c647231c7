"""The tables that conditions are read and evaluated against, as one value so that other tables can stand in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from policies.enterprise_size import ScaleBranch, SizeStandard, load_scale_branches, load_size_standard
from policies.industries import load_industries
from policies.regions import Regions, load_regions
from policies.trees import CodeTree
from policies.vocabulary import Fact, FactType, Vocabulary, load_vocabulary

_TABLES = ("facts.yaml", "regions.csv", "zones.yaml", "industries.csv", "enterprise_size.yaml", "scale_limits.yaml")


@dataclass(frozen=True)
class Reference:
    """Vocabulary, places, industries and size thresholds. `fingerprint` tells a stored verdict which tables it used."""

    vocabulary: Vocabulary
    regions: Regions
    industries: CodeTree
    sizes: SizeStandard
    scale: tuple[ScaleBranch, ...]
    fingerprint: str

    def fact(self, key: str) -> Fact:
        return self.vocabulary.fact(key)

    def code_name(self, fact: Fact, code: str) -> str:
        """The name of a place or industry code as people know it."""
        return self.industries.name(code) if fact.type is FactType.INDUSTRY else self.regions.name(code)

    @cached_property
    def zone_names(self) -> Mapping[str, str]:
        return {code: zone.name for code, zone in self.regions.zones.items()}


@cache
def load_reference() -> Reference:
    """The shipped tables; read once."""
    digest = hashlib.sha256()
    for name in _TABLES:
        digest.update(files("policies.data").joinpath(name).read_bytes())
    return Reference(
        load_vocabulary(),
        load_regions(),
        load_industries(),
        load_size_standard(),
        load_scale_branches(),
        digest.hexdigest()[:12],
    )
